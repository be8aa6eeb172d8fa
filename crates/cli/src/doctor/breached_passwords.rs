//! Whether new passwords can be checked: the range API answers with a list.

use gatepost_core::{
    Config,
    features::have_i_been_pwned::{self, declaration::OnFailure},
};

use crate::report::Finding;

const CHECK: &str = "breached-passwords";

/// Nothing where the feature is off.
pub(super) async fn check(config: &Config) -> Option<Finding> {
    let config = &config.features.have_i_been_pwned;
    if !config.enabled {
        return None;
    }
    let fix = "let the service reach the range API, and compare `have_i_been_pwned.range_url`";
    let judged = match (have_i_been_pwned::examine(config).await, config.on_failure) {
        (Ok(()), _) => Finding::ok(CHECK, "the range API answers"),
        (Err(cause), OnFailure::Refuse) => {
            let evidence = format!("the range API cannot be asked: {cause}; users cannot sign up or set a password");
            Finding::fail(CHECK, evidence, fix)
        }
        (Err(cause), OnFailure::Continue) => {
            let evidence = format!("the range API cannot be asked: {cause}; new passwords are accepted unchecked");
            Finding::warn(CHECK, evidence, fix)
        }
    };
    Some(judged)
}
