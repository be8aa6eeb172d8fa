//! The statements that are measured, with values for their parameters.

use super::statements;
use crate::rows;

/// A statement of the service.
pub struct Case {
    pub what: &'static str,
    /// The file below `tests/statements`.
    file: &'static str,
    /// The function of the store that sends it.
    pub by: &'static str,
    /// A part of its text, if the function sends several statements.
    with: &'static str,
    /// A part that its text does not have.
    without: &'static str,
    /// The values of its parameters, with places for those of the user in the middle of the table, separated by `; `.
    values: &'static str,
}

const fn case(what: &'static str, file: &'static str, by: &'static str, values: &'static str) -> Case {
    Case { what, file, by, with: "", without: "E'…'", values }
}

const DEFAULT: &str = "default";
const MORE: &str = "additional-fields";

pub const CASES: [Case; 46] = [
    case("a session and its user", DEFAULT, "session::with_user", "{token}"),
    case("the sessions of a user", DEFAULT, "session::list", "{user}; now; 100"),
    case("a session's new expiry", DEFAULT, "session::extend", "tomorrow; now; {token}"),
    case("sign-in: the user by address", DEFAULT, "user::with_password", "{email}"),
    case(
        "sign-in: the new session",
        DEFAULT,
        "session::open",
        "new; new; {user}; tomorrow; now; now; 203.0.113.7; agent",
    ),
    Case {
        with: "select $12, $13, u.\"id\"",
        ..case(
            "sign-up: user, account and session",
            DEFAULT,
            "user::insert",
            "new; New; new@example.com; false; null; now; now; new; hash; now; now; new; new; tomorrow; now; now; 203.0.113.7; agent",
        )
    },
    case("a user by address", DEFAULT, "user::by_email", "{email}"),
    case("sign-out of a session", DEFAULT, "session::delete", "{token}"),
    case("revoking a session", DEFAULT, "session::delete_own", "{token}; {user}"),
    case("revoking the other sessions", DEFAULT, "session::delete_others", "{user}; other; now"),
    case("revoking all sessions", DEFAULT, "session::delete_all", "{user}"),
    Case {
        with: "cleaned",
        ..case(
            "a secret, which removes expired ones",
            DEFAULT,
            "verification::insert",
            "true; now; new; new; value; tomorrow; now; now",
        )
    },
    Case {
        with: "cleaned",
        ..case(
            "a secret, with `disable_cleanup`",
            DEFAULT,
            "verification::insert",
            "false; now; new; new; value; tomorrow; now; now",
        )
    },
    case("a secret, looked at", DEFAULT, "verification::peek", "{{secret}}"),
    case("a secret, taken", DEFAULT, "verification::take", "{{secret}}"),
    Case {
        with: "on conflict",
        ..case(
            "a request, counted",
            DEFAULT,
            "limit::take",
            "null; {client}; new; {client}; {now}; {now}; {now}; 60000; {now}; 60000; 100; {client}",
        )
    },
    Case {
        with: "on conflict",
        ..case(
            "a request, counted, which removes old counts (one of 64)",
            DEFAULT,
            "limit::take",
            "1000; {client}; new; {client}; {now}; {now}; {now}; 60000; {now}; 60000; 100; {client}",
        )
    },
    case("the accounts of a user", DEFAULT, "account::list", "{user}; 100"),
    case("the password of a user", DEFAULT, "account::password", "{user}; {user}"),
    case("an account of a provider", DEFAULT, "social::known", "google; {google}; {email}"),
    Case {
        with: "sessions as (delete",
        without: "",
        ..case(
            "deleting a user",
            DEFAULT,
            "user::delete",
            "{user}; {user}; {user}; null; token; null; {user}; {user}; hash; {user}; {user}; {user}",
        )
    },
    Case {
        with: "from \"session\"",
        ..case("cleanup: a page of sessions", DEFAULT, "cleanup::remove", "yesterday; false; {session}; 1000")
    },
    Case {
        with: "from \"verification\"",
        ..case("cleanup: a page of secrets", DEFAULT, "cleanup::remove", "yesterday; false; {session}; 1000")
    },
    case("the keys that sign tokens", DEFAULT, "jwk::all", ""),
    case("sign-in: the user by name", MORE, "username::with_password", "{name}"),
    case("sign-in: the second factor", MORE, "two_factor::enrolled", "{user}"),
    case(
        "verifying an API key",
        MORE,
        "api_key::verify",
        "{key}; {now}; {}; {}; {now}; null; null; {now}; null; null; now; now; now; {now}",
    ),
    case("a page of a user's API keys", MORE, "api_key::page", "{user}; null; null; {user}; null; null; 100; 0"),
    case(
        "a new API key, which removes expired ones",
        MORE,
        "api_key::insert",
        "now; new; default; n; start; {user}; null; key; null; null; true; 86400000; 10; null; null; now; now; null; null; null; null",
    ),
    case("deleting an API key", MORE, "api_key::delete", "{key id}"),
    case("the passkeys of a user", MORE, "passkey::of_user", "{user}; 100"),
    case("sign-in with a passkey", MORE, "passkey::by_credential", "{credential}; 2"),
    case("the organizations of a user", MORE, "organization::of_user", "{user}; 100"),
    case("an organization and a membership", MORE, "organization::find", "{user}; {organization}"),
    case(
        "the first page of an organization's members",
        MORE,
        "members::search",
        "{organization}; {user}; {organization}; {organization}; 100; 0",
    ),
    case("the oldest membership of a user", MORE, "founder::oldest", "{user}"),
    case("the invitations of an address", MORE, "invitations::for_address", "{invited}; 100"),
    case("the invitations of an organization", MORE, "invitations::of_organization", "{organization}; 100"),
    Case { with: "from \"user\" u)", ..case("`list-users`: the first page", MORE, "admin::search", "100; 0") },
    Case { with: "from \"user\" u)", ..case("`list-users`: the last page", MORE, "admin::search", "100; {last}") },
    Case {
        with: "overtaken",
        without: "",
        ..case(
            "a new password, which ends sessions",
            DEFAULT,
            "account::change_password",
            "{user}; {user}; hash; now; {user}; {user}; {hash}; null; null; {user}; new; new; {user}; tomorrow; now; now; 203.0.113.7; agent",
        )
    },
    case("ending the impersonations of an administrator", MORE, "admin::end_impersonations", "{user}"),
    case("whether a user name is taken", MORE, "username::owner", "{name}"),
    case(
        "the audit of one user",
        "audited",
        "audit::list",
        "{user}; {user}; null; null; null; null; null; null; null; null; null; null; null; null; null; 100; 0",
    ),
    case(
        "the newest audit of all users",
        "audited",
        "audit::list",
        "null; null; null; null; null; null; null; null; null; null; null; null; null; null; null; 100; 0",
    ),
    case("whether there is any user", MORE, "sign_up::has_no_user", ""),
];

impl Case {
    /// Its statements for the user in the middle of so many.
    pub fn statement(&self, url: &str, size: u64) -> Vec<String> {
        let matches = |block: &&statements::Block| {
            let text = block.parts.join(";");
            block.by.iter().any(|by| by == self.by)
                && text.contains(self.with)
                && (self.without.is_empty() || !text.contains(self.without))
        };
        let block = statements::of(self.file).into_iter().find(|block| matches(&block));
        let block = block.unwrap_or_else(|| panic!("{}.sql shows no such statement of {}", self.file, self.by));
        // A multiple of a hundred has rows in every table.
        let middle = size / 200 * 100;
        let digest = |text: String| rows::run(url, &format!("select md5('{text}')")).remove(0).remove(0).unwrap();
        let now = rows::count(url, "select (extract(epoch from now()) * 1000)::bigint").to_string();
        let places = [
            ("{user}", digest(format!("u{middle}"))),
            ("{token}", digest(format!("t{}", middle * 10))),
            ("{session}", digest(format!("s{}", middle * 10))),
            ("{email}", format!("u{middle}@example.com")),
            ("{name}", format!("name{middle}")),
            ("{secret}", digest(format!("secret{}", middle / 10))),
            ("{client}", format!("client{}|/sign-in/email", middle / 10)),
            ("{google}", digest(format!("google{}", middle / 10))),
            ("{key}", digest(format!("key{}", middle / 10))),
            ("{key id}", digest(format!("k{}", middle / 10))),
            ("{credential}", digest(format!("credential{}", middle / 10))),
            ("{organization}", digest(format!("o{}", middle / 100))),
            ("{invited}", format!("u{}@example.com", middle / 100)),
            ("{hash}", digest(format!("p{middle}")).repeat(5)),
            ("{now}", now),
            ("{last}", (size - 100).to_string()),
        ];
        let mut values = self.values.to_owned();
        places.iter().for_each(|(place, value)| values = values.replace(place, value));
        let mut values = values.split("; ").filter(|value| !value.is_empty());
        let mut literal = || match values.next().unwrap_or_else(|| panic!("{}: too few values", self.by)) {
            "null" => "null".to_owned(),
            value => format!("'{value}'"),
        };
        let filled = block.parts.iter().map(|part| {
            let mut sql = part.clone();
            while sql.contains("E'…'") {
                sql = sql.replacen("E'…'", &literal(), 1);
            }
            // From the last: $1 is the beginning of $10.
            let own: Vec<_> = (0..statements::parameters(part)).map(|_| literal()).collect();
            let numbered = own.iter().enumerate().rev();
            numbered.fold(sql, |sql, (at, value)| sql.replace(&format!("${}", at + 1), value))
        });
        let filled = filled.collect();
        assert_eq!(values.count(), 0, "{}: too many values", self.by);
        filled
    }
}
