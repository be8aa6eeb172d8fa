//! Tests of the names, attributes and signatures of cookies.

use super::*;

fn jar(header: &str) -> Jar {
    Jar::new(Some(header.to_owned()))
}

#[test]
fn the_first_of_two_cookies_of_one_name_wins() {
    assert_eq!(jar("a=1; b=2; a=3").get("a").as_deref(), Some("1"));
}

#[test]
fn broken_escapes_stay_as_they_are() {
    assert_eq!(jar("a=%2F").get("a").as_deref(), Some("/"));
    assert_eq!(jar("a=%2F%zz").get("a").as_deref(), Some("%2F%zz"));
    assert_eq!(jar("a=%ff").get("a").as_deref(), Some("%ff"));
    assert_eq!(jar("a=%").get("a").as_deref(), Some("%"));
}

#[test]
fn a_leading_quote_takes_the_last_character_with_it() {
    assert_eq!(jar("a=\"xy\"").get("a").as_deref(), Some("xy"));
    assert_eq!(jar("a=\"xyz").get("a").as_deref(), Some("xy"));
    assert_eq!(jar("a=\"").get("a").as_deref(), Some(""));
}
