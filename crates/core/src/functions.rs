//! The functions of a deployment and their endpoints: the only list of routes. The deployment's files, the documentation and the
//! test of coverage are made from it.

use crate::{
    config::{Config, FunctionLayout},
    context::places::Places,
    declaration::{Operation, Resource},
    endpoint::Endpoint,
    endpoints, features, routes,
    store::{self, stored::StoredStatement},
};

/// Names the places of all features.
macro_rules! places {
    ($($name:ident: $options:ident,)*) => { &[$(&features::$name::PLACES),*] };
}

/// The places of all features.
pub static PLACES: &[&Places] = crate::features!(places);

/// The statements that the database may keep as functions: those that most requests send.
pub static STORED: [&StoredStatement; 5] = [
    &store::session::WITH_USER,
    &store::limit::COUNT,
    &features::api_key::rows::uses::USE,
    &features::organization::rows::FIND_BY_ID,
    &features::organization::rows::FIND_BY_SLUG,
];

/// A deployed function: one binary, one file below `api/auth/`, and the endpoints that it serves.
pub struct Function {
    /// The name of the binary and of the file.
    pub name: &'static str,
    /// A sentence about the function, for its file.
    pub about: &'static str,
    /// The tables of its endpoints.
    pub tables: &'static [Table],
}

/// A table of endpoints, which a binary contains as a whole or not at all.
#[derive(Clone, Copy)]
pub struct Table {
    /// The path of its constant in this crate, as a function's file names it.
    pub constant: &'static str,
    /// The endpoints.
    pub endpoints: &'static [Endpoint],
    /// The operations of the endpoints, and of others in their module, in the API description.
    pub operations: &'static [Operation],
}

macro_rules! table {
    ($floor:ident::$module:ident::$part:ident::$name:ident) => {
        Table {
            constant: concat!(
                stringify!($floor),
                "::",
                stringify!($module),
                "::",
                stringify!($part),
                "::",
                stringify!($name)
            ),
            endpoints: $floor::$module::$part::$name,
            operations: $floor::$module::$part::OPERATIONS,
        }
    };
    ($floor:ident::$module:ident::$name:ident) => {
        Table {
            constant: concat!(stringify!($floor), "::", stringify!($module), "::", stringify!($name)),
            endpoints: $floor::$module::$name,
            operations: $floor::$module::OPERATIONS,
        }
    };
}

/// Every function. Endpoints that need the same code share a binary. Only the CLI and the tests use this list; a function names its
/// own tables and contains nothing else. The last function also answers for paths that no function serves.
pub const FUNCTIONS: &[Function] = &[
    Function {
        name: "get-session",
        about: "Reads the session of a request.",
        tables: &[table!(endpoints::get_session::ENDPOINTS)],
    },
    Function {
        name: "sign-in",
        about: "Signs users in with a password, or without credentials.",
        tables: &[
            table!(endpoints::sign_in::ENDPOINTS),
            table!(features::username::ENDPOINTS),
            table!(features::anonymous::ENDPOINTS),
        ],
    },
    Function {
        name: "sign-up",
        about: "Creates users with a password.",
        tables: &[table!(endpoints::sign_up::ENDPOINTS)],
    },
    Function {
        name: "user",
        about: "Requests of users about their own sessions, profile, address and password.",
        tables: &[
            table!(endpoints::sign_out::ENDPOINTS),
            table!(endpoints::sessions::ENDPOINTS),
            table!(features::multi_session::ENDPOINTS),
            table!(endpoints::user::ENDPOINTS),
            table!(endpoints::email::ENDPOINTS),
            table!(endpoints::email::PAGE),
            table!(endpoints::password::ENDPOINTS),
        ],
    },
    Function {
        name: "admin",
        about: "Administers users and API keys, and lists the audit log.",
        tables: &[
            table!(features::admin::ENDPOINTS),
            table!(features::audit::ENDPOINTS),
            table!(features::api_key::ENDPOINTS),
        ],
    },
    Function {
        name: "organization",
        about: "Organizations with their members, invitations, teams and roles.",
        tables: &[
            table!(features::organization::ENDPOINTS),
            table!(features::organization::teams::ENDPOINTS),
            table!(features::organization::roles::ENDPOINTS),
        ],
    },
    Function {
        name: "two-factor",
        about: "Asks for second factors, and sets them up.",
        tables: &[table!(features::two_factor::ENDPOINTS)],
    },
    Function {
        name: "mailed",
        about: "Signs users in with a mailed link, a code, a passkey, or a token of another session.",
        tables: &[
            table!(features::magic_link::ENDPOINTS),
            table!(features::email_otp::ENDPOINTS),
            table!(features::phone_number::ENDPOINTS),
            table!(features::passkey::ENDPOINTS),
            table!(features::one_time_token::ENDPOINTS),
        ],
    },
    Function {
        name: "social",
        about: "Signs users in with a provider.",
        tables: &[table!(features::social::SIGN_IN), table!(features::social::ONE_TAP)],
    },
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
        tables: &[
            table!(endpoints::status::ENDPOINTS),
            table!(endpoints::status::OPEN_API),
            table!(features::cleanup::ENDPOINTS),
        ],
    },
];

/// The name and description of the function that serves everything if the configuration merges the functions.
const MERGED: (&str, &str) = ("all", "Serves every endpoint of this deployment.");

impl Function {
    /// Returns the endpoints of the function.
    pub fn endpoints(&self) -> impl Iterator<Item = &'static Endpoint> + Clone + use<> {
        self.tables.iter().flat_map(|table| table.endpoints)
    }

    /// Returns the operation of an endpoint in the API description.
    pub fn operation(&self, endpoint: &Endpoint) -> Option<&'static Operation> {
        let mut operations = self.tables.iter().flat_map(|table| table.operations);
        operations.find(|operation| operation.endpoint == endpoint.id)
    }

    /// Returns the resources that the endpoints use: the function reads their variables.
    pub fn uses(&self) -> impl Iterator<Item = Resource> + Clone + use<> {
        self.endpoints().flat_map(|endpoint| endpoint.uses.iter().copied())
    }
}

/// A function of one deployment: without the tables of which the deployment serves nothing.
pub struct DeployedFunction {
    /// The name of the binary and of the file.
    pub name: &'static str,
    /// A sentence about the function, for its file.
    pub about: &'static str,
    /// The tables in its binary.
    pub tables: Vec<Table>,
}

/// Returns the functions that a deployment with this configuration needs; the last one answers for all other paths.
pub fn deployed(config: &Config) -> Vec<DeployedFunction> {
    let is_served = |table: &&Table| table.endpoints.iter().any(|row| routes::served(config, row).is_some());
    let needed = |tables: &[Table]| tables.iter().filter(is_served).copied().collect::<Vec<_>>();
    let mut functions: Vec<_> = FUNCTIONS
        .iter()
        .map(|function| DeployedFunction {
            name: function.name,
            about: function.about,
            tables: needed(function.tables),
        })
        .collect();
    if config.deployment.functions == FunctionLayout::Merged {
        let (name, about) = MERGED;
        return vec![DeployedFunction {
            name,
            about,
            tables: functions.into_iter().flat_map(|one| one.tables).collect(),
        }];
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
