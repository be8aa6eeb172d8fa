//! Lists fit into the memory of an instance, however large their rows are, and clients do not make rows of any size.

use serde_json::{Value, json};

use super::organizations::{Club, SECTION, TOML};
use crate::support::http::{Answer, refused};

/// The most bytes of a list, and the room for the rest of the answer.
const MOST: usize = 8 * 1024 * 1024 + 4_096;

fn club(more: &str) -> Club {
    Club::with(&format!("{TOML}{SECTION}[admin]\nenabled = true\n[user]\n{more}"), &[])
}

#[track_caller]
fn fits(answer: &Answer, list: impl Fn(&Value) -> usize) -> usize {
    assert_eq!(answer.status, 200, "{}", &answer.text()[..200]);
    assert!(answer.text().len() <= MOST, "{}", answer.text().len());
    list(&answer.json())
}

#[test]
fn attack_a_list_of_large_rows_does_not_fill_the_memory() {
    let club = club("");
    let large = "repeat('x', 1000000)";
    club.database.query("update \"user\" set role = 'admin' where email = 'ada@example.com'");
    for number in 0..11 {
        club.member(&format!("m{number}@example.com"), "member");
        club.done(&club.ada, "create", &json!({ "name": "N", "slug": format!("n{number}") }));
    }
    club.database.query(&format!("update organization set name = {large}"));
    club.database.query(&format!("update \"user\" set image = {large} where email <> 'ada@example.com'"));
    let id = &club.id;
    let count = |name: &'static str| move |body: &Value| body[name].as_array().unwrap().len();
    assert_eq!(fits(&club.get(&club.ada, "list"), |body| body.as_array().unwrap().len()), 8);
    let members = club.get(&club.ada, &format!("list-members?organizationId={id}"));
    assert_eq!((fits(&members, count("members")), &members.json()["total"]), (9, &json!(12)));
    // The client reads the others behind those that it got.
    let others = club.get(&club.ada, &format!("list-members?organizationId={id}&offset=9"));
    assert_eq!(fits(&others, count("members")), 3);
    let users = club.service.get("/admin/list-users?limit=1000", &club.ada);
    assert_eq!((fits(&users, count("users")), &users.json()["total"]), (9, &json!(12)));
    // A list has its first row even if that row is larger than the bound, and the connection stays usable.
    club.database.query("update organization set name = repeat('x', 9000000) where slug = 'club'");
    let list = club.get(&club.ada, "list");
    assert_eq!((list.status, list.json().as_array().unwrap().len()), (200, 1));
    club.database.query("update organization set name = 'Club'");
    assert_eq!(club.get(&club.ada, "list").json().as_array().unwrap().len(), 12);
}

#[test]
fn attack_a_picture_has_a_largest_size() {
    let all = club("maximum_image_bytes = 2000\n");
    all.database.query("update \"user\" set role = 'admin' where email = 'ada@example.com'");
    let picture = |bytes: usize| format!("data:image/png;base64,{}", "A".repeat(bytes - 22));
    let post = |path: &str, body: Value| all.service.post(path, &all.ada, &body.to_string());
    let (fine, large) = (picture(2_000), picture(2_001));
    let up = |email: &str, image: &str| json!({ "email": email, "password": "correct horse battery", "name": "New", "image": image });
    let eve = all.service.post("/sign-up/email", "", &up("eve@example.com", &fine).to_string());
    let eve = eve.json()["user"]["id"].clone();
    let new = |image: &str| json!({ "email": "new@example.com", "name": "New", "data": { "image": image } });
    for (path, body, place) in [
        ("/sign-up/email", up("mallory@example.com", &large), "body.image"),
        ("/update-user", json!({ "image": large }), "body.image"),
        ("/admin/update-user", json!({ "userId": eve, "data": { "image": large } }), "body.data.image"),
        ("/admin/create-user", new(&large), "body.data.image"),
    ] {
        let answer = post(path, body);
        refused(&answer, 400, "VALIDATION_ERROR", "invalid_input");
        assert_eq!(answer.json()["message"], format!("[{place}] Too big: expected at most 2000 bytes"), "{path}");
    }
    for (path, body) in [
        ("/update-user", json!({ "image": fine })),
        ("/update-user", json!({ "image": null })),
        ("/admin/update-user", json!({ "userId": eve, "data": { "image": fine } })),
        ("/admin/create-user", new(&fine)),
    ] {
        let answer = post(path, body);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    }
    assert_eq!(all.database.value("select count(*) from \"user\" where octet_length(image) > 2000"), "0");
    // A picture of most of a megabyte is fine without the option.
    let usual = club("");
    let body = json!({ "image": picture(1_000_000) }).to_string();
    assert_eq!(usual.service.post("/update-user", &usual.ada, &body).status, 200);
}

#[test]
fn attack_roles_and_reasons_of_bans_have_a_largest_size() {
    let club = club("");
    club.database.query("update \"user\" set role = 'admin' where email = 'ada@example.com'");
    club.person("eve@example.com");
    let eve = club.database.value("select id from \"user\" where email = 'eve@example.com'");
    let (fine, large) = ("r".repeat(4_000), "r".repeat(4_001));
    let post = |path: &str, more: Value| {
        let mut body = json!({ "userId": eve });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        club.service.post(&format!("/admin/{path}"), &club.ada, &body.to_string())
    };
    let new = json!({ "email": "new@example.com", "name": "New" });
    let with = |more: Value| {
        let mut body = new.clone();
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    for (path, body) in [
        ("set-role", json!({ "role": large })),
        ("set-role", json!({ "role": [fine, "x"] })),
        ("update-user", json!({ "data": { "role": large } })),
        ("update-user", json!({ "data": { "banReason": large } })),
        ("ban-user", json!({ "banReason": large })),
        ("create-user", with(json!({ "role": large }))),
        ("create-user", with(json!({ "data": { "role": large } }))),
        ("create-user", with(json!({ "data": { "banReason": large } }))),
    ] {
        refused(&post(path, body), 400, "VALIDATION_ERROR", "invalid_input");
    }
    for (path, body) in [("set-role", json!({ "role": fine })), ("ban-user", json!({ "banReason": fine }))] {
        let answer = post(path, body);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    }
}
