//! The texts of errors for the operator: the database's own words, unless they may quote a row, which holds personal data and
//! tokens.

use tokio_postgres::error::DbError;

use super::advice;

/// Returns the text of a statement's error: its words and, after a semicolon, advice if there is any.
pub(super) fn of_statement(error: &tokio_postgres::Error) -> String {
    let text = match error.as_db_error() {
        Some(answer) if !is_without_values(answer) => without_values(answer),
        _ => whole(error),
    };
    advised(error, text)
}

/// Returns the text of a failed attempt to connect, without the `unsaid` name. It cannot quote a row.
pub(super) fn of_connecting(error: &tokio_postgres::Error, unsaid: Option<&str>) -> String {
    advised(error, unsaid.map_or_else(|| whole(error), |name| without(&whole(error), name)))
}

/// Returns the user of a URL without a password: the name may be a password or a token in the wrong place.
pub(super) fn unsaid(config: &tokio_postgres::Config) -> Option<&str> {
    config.get_user().filter(|user| !user.is_empty() && config.get_password().is_none())
}

/// Removes a name from a text: in quotes, as a server writes it, and everywhere if the name is too long to be part of another word.
fn without(text: &str, name: &str) -> String {
    const LEAST: usize = 8;
    let text = text.replace(&format!("\"{name}\""), "\"…\"");
    if name.len() < LEAST { text } else { text.replace(name, "…") }
}

fn advised(error: &tokio_postgres::Error, text: String) -> String {
    advice::of(error).map(|advice| format!("{text}; {advice}")).unwrap_or(text)
}

fn whole(error: &tokio_postgres::Error) -> String {
    match (error.as_db_error(), std::error::Error::source(error)) {
        (Some(answer), _) => format!("{} (SQLSTATE {})", answer.message(), answer.code().code()),
        (None, Some(cause)) => format!("{error}: {cause}"),
        (None, None) => error.to_string(),
    }
}

/// Classes of SQLSTATE whose messages name tables, columns, functions and settings, and quote no value.
const WITHOUT_VALUES: [&str; 16] =
    ["08", "0A", "25", "27", "28", "3D", "3F", "42", "44", "53", "54", "55", "57", "58", "F0", "XX"];

/// Whether the message quotes no value. The author of a function chooses the text and SQLSTATE of its errors, and its context may
/// quote SQL that it has built.
fn is_without_values(answer: &DbError) -> bool {
    answer.where_().is_none() && WITHOUT_VALUES.iter().any(|class| answer.code().code().starts_with(class))
}

/// Whether a function raised the error itself: then its author chooses what is named as table, column, type or constraint, and it
/// may be from a row.
pub(super) fn is_raised(answer: &DbError) -> bool {
    answer.where_().is_some_and(is_raise)
}

/// Whether the innermost place of a context, which comes first, is a `RAISE`.
fn is_raise(context: &str) -> bool {
    context.lines().next().is_some_and(|line| line.trim_end().ends_with("RAISE"))
}

fn without_values(answer: &DbError) -> String {
    let table = answer.table().filter(|_| !is_raised(answer)).map(|name| format!(", table `{name}`"));
    let place = answer.where_().and_then(place).map(|place| format!(", in {place}"));
    format!(
        "an error whose text is left out because it may quote a row{}{} (SQLSTATE {})",
        table.unwrap_or_default(),
        place.unwrap_or_default(),
        answer.code().code()
    )
}

/// Returns the outermost function in an error's context with its line: for a trigger, the trigger's function. Other lines of a
/// context quote statements.
pub(super) fn place(context: &str) -> Option<&str> {
    let is_place = |line: &&str| line.starts_with("PL/") && line.contains(" function ");
    context.lines().rfind(is_place)
}

/// Returns the type that the server's own words name. No part of the value comes before it, and the value after it is cut off.
pub(super) fn named_type(message: &str) -> Option<&str> {
    const WORDS: [&str; 3] =
        ["invalid input syntax for type ", "invalid input value for enum ", "value too long for type "];
    let behind = WORDS.into_iter().find_map(|words| message.strip_prefix(words))?;
    behind.split(':').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_left_out_in_quotes_and_where_it_is_long() {
        assert_eq!(without("role \"or\" does not exist or", "or"), "role \"…\" does not exist or");
        assert_eq!(without("no such user: npg_Secret1", "npg_Secret1"), "no such user: …");
    }

    #[test]
    fn a_type_is_named_without_the_value() {
        assert_eq!(named_type("invalid input value for enum role: \"ada@example.com: x\""), Some("role"));
        assert_eq!(named_type("value too long for type character varying(20)"), Some("character varying(20)"));
        assert_eq!(named_type("ada says: invalid input syntax for type uuid: \"x\""), None);
    }

    #[test]
    fn what_a_function_raises_is_told_from_what_the_database_refuses_in_it() {
        assert!(is_raise("PL/pgSQL function telling() line 3 at RAISE"));
        assert!(is_raise("PL/pgSQL function inner() line 1 at RAISE\nSQL statement \"select inner()\""));
        assert!(!is_raise(
            "SQL statement \"insert into audit values (1)\"\nPL/pgSQL function audited() line 3 at SQL statement"
        ));
    }

    #[test]
    fn a_function_is_named_without_the_statements_of_its_context() {
        let context = "SQL statement \"insert into audit values ('ada@example.com')\"\n\
            PL/pgSQL function audited() line 3 at EXECUTE";
        assert_eq!(place(context), Some("PL/pgSQL function audited() line 3 at EXECUTE"));
        assert_eq!(place("SQL statement \"select 1\""), None);
    }
}
