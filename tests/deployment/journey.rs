//! The unmodified better-auth client against gatepost, and gatepost beside better-auth on one database.

use std::time::Duration;

use crate::support::{
    node::{self, Reference},
    postgres::Database,
    service::Service,
};

const MINUTE: Duration = Duration::from_secs(60);

#[test]
fn the_real_client_signs_up_signs_in_reads_its_session_and_signs_out() {
    let database = Database::new();
    let service = Service::new(&database.url);
    let said = node::run("journey.mjs", &["--url", &service.url], MINUTE);
    assert!(said.contains(" passed, 0 failed"), "{said}");
}

#[test]
fn sessions_and_passwords_made_by_better_auth_are_honoured_and_the_reverse() {
    let database = Database::empty();
    // better-auth makes the schema: gatepost serves its database as it is.
    let reference = Reference::new(&database.url, "{}");
    let service = Service::new(&database.url);
    let said = node::run("interchange.mjs", &["--a", &reference.url, "--b", &service.url], MINUTE);
    assert!(said.contains(" passed, 0 failed"), "{said}");
}
