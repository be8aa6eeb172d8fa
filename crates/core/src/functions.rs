//! The functions of a deployment and their endpoints: the only list of routes. The deployment's files, the documentation and
//! the test of coverage all come from it.

use crate::{
    config::{Config, FunctionLayout},
    context::places::Places,
    declaration::{Operation, Resource},
    endpoint::Endpoint,
    endpoints,
    features::{self, captcha, have_i_been_pwned, last_login_method, two_factor, username},
    routes,
};

/// What all features do on a request's way, in the order in which they are called.
pub static PLACES: Places = Places {
    request: &[captcha::request],
    new_user: &[username::new_user],
    user_change: &[username::user_change],
    new_password: &[have_i_been_pwned::new_password],
    user_values: &[last_login_method::user_values],
    proven: &[two_factor::proven],
    before_session: &[two_factor::before_session],
    waiting: &[last_login_method::waiting],
    after_session: &[two_factor::after_session, last_login_method::after_session],
    others_ended: &[two_factor::others_ended],
};

/// A deployed function: one binary, one file below `api/auth/`, and the endpoints that it serves.
pub struct Function {
    /// The name of the binary and of the file.
    pub name: &'static str,
    /// What it does, for its file.
    pub about: &'static str,
    /// What it serves.
    pub tables: &'static [Table],
}

/// A table of endpoints that is linked as a whole, or not at all.
#[derive(Clone, Copy)]
pub struct Table {
    /// The path of its constant in this crate, as a function's file names it.
    pub constant: &'static str,
    /// Its rows.
    pub endpoints: &'static [Endpoint],
    /// What the description of the API says of them and of others of their module.
    pub operations: &'static [Operation],
}

macro_rules! table {
    ($floor:ident::$module:ident::$name:ident) => {
        Table {
            constant: concat!(stringify!($floor), "::", stringify!($module), "::", stringify!($name)),
            endpoints: $floor::$module::$name,
            operations: $floor::$module::OPERATIONS,
        }
    };
}

/// Every function, grouped by what its endpoints are linked with: what needs the same code is one binary. Only the CLI and the
/// tests look at this list; a function names its own tables and is linked with nothing else. The last function also answers
/// for paths that no function serves.
pub const FUNCTIONS: &[Function] = &[
    Function {
        name: "get-session",
        about: "Reads the session of a request.",
        tables: &[table!(endpoints::get_session::ENDPOINTS)],
    },
    Function {
        name: "sign-in",
        about: "Signs users in with a password.",
        tables: &[table!(endpoints::sign_in::ENDPOINTS), table!(features::username::ENDPOINTS)],
    },
    Function {
        name: "sign-up",
        about: "Creates users with a password.",
        tables: &[table!(endpoints::sign_up::ENDPOINTS)],
    },
    Function {
        name: "user",
        about: "What users do with their own sessions, profile, address and password.",
        tables: &[
            table!(endpoints::sign_out::ENDPOINTS),
            table!(endpoints::sessions::ENDPOINTS),
            table!(endpoints::user::ENDPOINTS),
            table!(endpoints::email::ENDPOINTS),
            table!(endpoints::password::ENDPOINTS),
        ],
    },
    Function {
        name: "two-factor",
        about: "Asks for second factors, and sets them up.",
        tables: &[table!(features::two_factor::ENDPOINTS)],
    },
    Function { name: "social", about: "Signs users in with a provider.", tables: &[table!(features::social::SIGN_IN)] },
    Function {
        name: "accounts",
        about: "Lists and removes a user's accounts, and returns the tokens of their providers.",
        tables: &[table!(endpoints::account::ENDPOINTS), table!(features::social::TOKENS)],
    },
    Function {
        name: "token",
        about: "Issues tokens for other services, and publishes the keys that verify them.",
        tables: &[table!(features::tokens::ENDPOINTS)],
    },
    Function {
        name: "status",
        about: "Reports that the service runs, and answers for paths that no other function serves.",
        tables: &[table!(endpoints::status::ENDPOINTS), table!(endpoints::status::OPEN_API)],
    },
];

/// The function that serves everything where a configuration merges the functions.
const MERGED: (&str, &str) = ("all", "Serves every endpoint of this deployment.");

impl Function {
    /// Its endpoints.
    pub fn endpoints(&self) -> impl Iterator<Item = &'static Endpoint> + Clone + use<> {
        self.tables.iter().flat_map(|table| table.endpoints)
    }

    /// What the description of the API says of an endpoint.
    pub fn operation(&self, endpoint: &Endpoint) -> Option<&'static Operation> {
        let mut operations = self.tables.iter().flat_map(|table| table.operations);
        operations.find(|operation| operation.endpoint == endpoint.id)
    }

    /// What its endpoints use: it reads the variables of these.
    pub fn uses(&self) -> impl Iterator<Item = Resource> + Clone + use<> {
        self.endpoints().flat_map(|endpoint| endpoint.uses.iter().copied())
    }
}

/// A function as one deployment has it: without the tables of which the deployment serves nothing.
pub struct Deployed {
    /// The name of the binary and of the file.
    pub name: &'static str,
    /// What it does, for its file.
    pub about: &'static str,
    /// What it is linked with.
    pub tables: Vec<Table>,
}

/// The functions that a deployment with this configuration needs; the last one answers for all paths that are left.
pub fn deployed(config: &Config) -> Vec<Deployed> {
    let is_served = |table: &&Table| table.endpoints.iter().any(|row| routes::served(config, row).is_some());
    let needed = |tables: &[Table]| tables.iter().filter(is_served).copied().collect::<Vec<_>>();
    let mut functions: Vec<_> = FUNCTIONS
        .iter()
        .map(|function| Deployed { name: function.name, about: function.about, tables: needed(function.tables) })
        .collect();
    if config.deployment.functions == FunctionLayout::Merged {
        let (name, about) = MERGED;
        return vec![Deployed { name, about, tables: functions.into_iter().flat_map(|one| one.tables).collect() }];
    }
    let fallback = functions.pop();
    functions.retain(|function| !function.tables.is_empty());
    functions.extend(fallback);
    functions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_endpoints_answer_to_one_method_and_path() {
        let mut seen = std::collections::BTreeSet::new();
        for endpoint in FUNCTIONS.iter().flat_map(Function::endpoints) {
            assert!(seen.insert((endpoint.path, endpoint.method.as_str())), "{} {}", endpoint.method, endpoint.path);
            assert!(endpoint.path.starts_with('/') && !endpoint.path.contains("//") && !endpoint.path.ends_with('/'));
        }
    }

    #[test]
    fn a_deployment_stays_within_the_platforms_twelve_functions() {
        assert!(FUNCTIONS.len() <= 12);
        assert!(FUNCTIONS.iter().any(|function| function.name == "get-session"));
    }
}
