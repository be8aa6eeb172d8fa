//! The rows of a new user and of a new session. Every statement that inserts one has the values of [`user`] or [`session`] among
//! its own, and `{session.columns $5}` and `{session.row $5}` in its text, where `$5` is the first of them (`store::template`).

use super::{Param, values::Values};
use crate::model::{Session, User};

/// The fields of [`user`], after the identifier.
const USER: [&str; 6] = ["name", "email", "emailVerified", "image", "createdAt", "updatedAt"];
/// The fields of [`session`], after the identifier.
const SESSION: [&str; 7] = ["token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent"];

/// Returns the values of a new user.
pub(crate) fn user<'a>(user: &'a User, additional: &'a Values) -> [Param<'a>; 8] {
    [
        (&user.id).into(),
        (&user.name).into(),
        (&user.email).into(),
        user.email_verified.into(),
        (&user.image).into(),
        user.created_at.into(),
        user.updated_at.into(),
        additional.into(),
    ]
}

/// Returns the values of a new session. Without values of its own, its additional fields get their defaults, which the schema
/// knows.
pub(crate) fn session(session: &Session) -> [Param<'_>; 9] {
    [
        (&session.id).into(),
        (&session.token).into(),
        (&session.user_id).into(),
        session.expires_at.into(),
        session.created_at.into(),
        session.updated_at.into(),
        session.ip_address.as_deref().map_or(Param::Null, Param::Address),
        (&session.user_agent).into(),
        (&session.values).into(),
    ]
}

/// Returns the template that `{model.columns parameter}` or `{model.row parameter}` stands for; `None` for another model or
/// parameter.
///
/// The parameter is the first value, for example `$5`. A session's user is among the values, unless an alias of the user follows:
/// `$5 u`. With `founded` at the end, the session is the first one of a user with an organization (`store::founded`).
pub(super) fn template(model: &str, what: &str, parameter: &str) -> Option<String> {
    let fields: &[&str] = match model {
        "user" => &USER,
        "session" => &SESSION,
        _ => return None,
    };
    let (parameter, founded) = match parameter.strip_suffix(" founded") {
        Some(parameter) => (parameter, " founded"),
        None => (parameter, ""),
    };
    let (first, owner) = parameter.split_once(' ').unwrap_or((parameter, ""));
    let first: usize = first.strip_prefix('$')?.parse().ok()?;
    let additional = first + 1 + fields.len();
    let all = |part: &dyn Fn(usize, &str) -> String| {
        fields.iter().enumerate().map(|(at, field)| part(first + 1 + at, field)).collect::<Vec<_>>().join(", ")
    };
    if what == "columns" {
        let columns = all(&|_, field| format!("{{{model}.{field}}}"));
        return Some(format!("{{{model}.new}}{columns}{{{model}.names ${additional}{founded}}}"));
    }
    let values = all(&|value, field| match field {
        "userId" if !owner.is_empty() => format!("{owner}.{{user.id}}"),
        _ => format!("${value}"),
    });
    Some(format!("{{new ${first}}}{values}{{{model}.values ${additional}{founded}}}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_begins_at_its_first_value() {
        assert_eq!(
            template("session", "row", "$5 u").unwrap(),
            "{new $5}$6, u.{user.id}, $8, $9, $10, $11, $12{session.values $13}"
        );
        assert_eq!(template("user", "row", "$1").unwrap(), "{new $1}$2, $3, $4, $5, $6, $7{user.values $8}");
        assert_eq!(
            template("user", "columns", "$1").unwrap(),
            "{user.new}{user.name}, {user.email}, {user.emailVerified}, {user.image}, {user.createdAt}, \
             {user.updatedAt}{user.names $8}"
        );
        assert_eq!((template("account", "row", "$1"), template("user", "row", "1")), (None, None));
    }
}
