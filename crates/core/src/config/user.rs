//! `[user]`: what users may do with their own row (spec core §§3.11–3.13).

use super::{Problems, Schema};
use crate::options::Section;

/// What users may do with their own row.
#[derive(Debug, Clone)]
pub struct User {
    /// `[user.delete_user]`.
    pub delete_user: DeleteUser,
    /// `[user.change_email]`.
    pub change_email: ChangeEmail,
}

/// Users who delete themselves.
#[derive(Debug, Clone)]
pub struct DeleteUser {
    /// Whether `/delete-user` answers. Default off.
    pub enabled: bool,
    /// Whether a mailed link must confirm it. Default off.
    pub send_delete_account_verification: bool,
    /// Seconds for which the link works. Default 1 day.
    pub delete_token_expires_in: u32,
}

/// Users who change their address.
#[derive(Debug, Clone)]
pub struct ChangeEmail {
    /// Whether `/change-email` answers. Default off.
    pub enabled: bool,
    /// Whether an address that was never confirmed changes at once. Default off.
    pub update_email_without_verification: bool,
    /// Whether the old address is asked first. Default off.
    pub send_change_email_confirmation: bool,
}

impl User {
    pub(super) fn read(mut section: Section<'_>, schema: &mut Schema, problems: &mut Problems) -> Self {
        schema.read_additional("user", section.section("additional_fields", problems), problems);
        let mut delete = section.section("delete_user", problems);
        let mut change = section.section("change_email", problems);
        let read = Self {
            delete_user: DeleteUser {
                enabled: delete.boolean("enabled", problems).unwrap_or(false),
                send_delete_account_verification: delete
                    .boolean("send_delete_account_verification", problems)
                    .unwrap_or(false),
                delete_token_expires_in: delete
                    .seconds("delete_token_expires_in", problems)
                    .filter(|seconds| *seconds > 0)
                    .unwrap_or(86_400),
            },
            change_email: ChangeEmail {
                enabled: change.boolean("enabled", problems).unwrap_or(false),
                update_email_without_verification: change
                    .boolean("update_email_without_verification", problems)
                    .unwrap_or(false),
                send_change_email_confirmation: change
                    .boolean("send_change_email_confirmation", problems)
                    .unwrap_or(false),
            },
        };
        delete.finish(problems);
        change.finish(problems);
        section.finish(problems);
        read
    }
}
