//! The configuration of the statements that the files below `tests/statements` show.

/// Additional fields with and without a default, with columns of other names, and left out of answers.
pub const ADDITIONAL_FIELDS: &str = r#"
[user.additional_fields]
plan = { type = "string", required = false, field_name = "the \"plan\"" }
tags = { type = "string[]", required = false }
note = { type = "json", required = false, returned = false }
[session.additional_fields]
device = { type = "string", required = false, default_value = "unknown", field_name = "the device" }
place = { type = "string", required = false }
[account.additional_fields]
origin = { type = "string", required = false, default_value = "here", field_name = "its origin" }
hidden = { type = "number", required = false, returned = false }
[username]
enabled = true
[two_factor]
enabled = true
[phone_number]
enabled = true
[admin]
enabled = true
[sign_up]
enabled = true
invitation_only = true
create_organization = true
[api_key]
enabled = true
[passkey]
enabled = true
[organization]
enabled = true
[organization.teams]
enabled = true
[organization.dynamic_access_control]
enabled = true
"#;
