//! The codes of refusals and the reasons for them.

use crate::{code::codes, reason::reasons};

codes! {
    /// The user may not read the audit log. Only gatepost has this code.
    YOU_ARE_NOT_ALLOWED_TO_LIST_AUDIT = "You are not allowed to list the audit log";
}

reasons! {
    AuditNotPermitted = "audit_not_permitted":
        "the roles of the user do not permit to read the record of changes",
        "permit it: write `audit = [\"list\"]` in the role below `[access.roles]`, or use a user with the role `admin` if the section is \
         not there";
}
