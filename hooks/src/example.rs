//! An example, which you may replace.

use gatepost_core::hooks::{HookResult, Input, Verdict};

/// Refuses users whose address is not at `example.com`. For `before = "user.create"`.
///
/// # Errors
/// The hook is configured for an event without a user.
pub async fn company_addresses(input: Input) -> HookResult {
    let user = input.data.user.ok_or("the event has no user")?;
    match user.email.is_some_and(|email| email.ends_with("@example.com")) {
        true => Ok(Verdict::Continue),
        false => Ok(Verdict::refuse(400, "COMPANY_ADDRESS", "Use your address at example.com")),
    }
}
