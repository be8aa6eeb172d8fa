//! The deployed functions and their endpoints: the only list of routes. The deployment's files, the documentation and the
//! test of coverage all come from it.

use crate::{
    context::places::Places,
    endpoint::Endpoint,
    endpoints,
    features::{last_login_method, username},
};

/// What all features do on a request's way, in the order in which they are called.
pub static PLACES: Places = Places {
    new_user: &[username::new_user],
    user_change: &[username::user_change],
    user_values: &[last_login_method::user_values],
    before_session: &[],
    after_session: &[last_login_method::after_session],
};

/// A deployed function: one binary, one file below `api/auth/`, and the endpoints that it serves.
pub struct Function {
    /// The name of the binary and of the file.
    pub name: &'static str,
    /// The constant that its file names, below `endpoints`.
    pub module: &'static str,
    /// What it serves.
    pub endpoints: &'static [Endpoint],
}

/// Every function. Only the CLI and the tests look at this list; a function names its own table and is linked with
/// nothing else. The last one also answers for paths that nobody serves.
pub const FUNCTIONS: &[Function] = &[
    Function { name: "get-session", module: "get_session", endpoints: endpoints::get_session::ENDPOINTS },
    Function { name: "sign-in", module: "sign_in", endpoints: endpoints::sign_in::ENDPOINTS },
    Function { name: "sign-up", module: "sign_up", endpoints: endpoints::sign_up::ENDPOINTS },
    Function { name: "sign-out", module: "sign_out", endpoints: endpoints::sign_out::ENDPOINTS },
    Function { name: "sessions", module: "sessions", endpoints: endpoints::sessions::ENDPOINTS },
    Function { name: "user", module: "user", endpoints: endpoints::user::ENDPOINTS },
    Function { name: "email", module: "email", endpoints: endpoints::email::ENDPOINTS },
    Function { name: "password", module: "password", endpoints: endpoints::password::ENDPOINTS },
    Function { name: "account", module: "account", endpoints: endpoints::account::ENDPOINTS },
    Function { name: "token", module: "token", endpoints: endpoints::token::ENDPOINTS },
    Function { name: "status", module: "status", endpoints: endpoints::status::ENDPOINTS },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_endpoints_answer_to_one_method_and_path() {
        let mut seen = std::collections::BTreeSet::new();
        for endpoint in FUNCTIONS.iter().flat_map(|function| function.endpoints) {
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
