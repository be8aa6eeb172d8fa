//! Decides who reads the record of changes.

use super::declaration::{LIST, RESOURCE};
use crate::{
    config::{Config, Statements},
    model::User,
    rules::access::{self, WantedActions},
};

/// Whether a user may read the record. A configuration that lists no roles permits it to the role `admin`.
pub(super) fn may_list(config: &Config, user: &User) -> bool {
    let options = &config.features.admin;
    if options.admin_user_ids.contains(&user.id) {
        return true;
    }
    let listed = &config.access.roles;
    let of_admin = Statements::from_iter([(RESOURCE.to_owned(), vec![LIST.to_owned()])]);
    let of_admin = (!listed.are_listed).then(|| ("admin".to_owned(), of_admin));
    let role = user.additional.text("role").filter(|role| !role.is_empty()).unwrap_or(&options.default_role);
    access::permits(&listed.with(of_admin), role.split(','), &[WantedActions::all(RESOURCE, [LIST])])
}
