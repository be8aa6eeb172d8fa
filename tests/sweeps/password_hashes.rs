//! Password hashes that the programs of other systems made (`tests/passwords/vectors.json`), all of them.

use std::collections::BTreeSet;

use gatepost_core::crypto::hashes::scheme::SchemeName;
use serde_json::json;

use crate::support::{
    factors::Browser,
    http::Answer,
    node::Reference,
    passwords::{is_own, store, stored, vectors},
    postgres::Database,
    service::Service,
};

fn sign_in(service: &Service, password: &str) -> Answer {
    let body = json!({ "email": "ada@example.com", "password": password });
    service.post("/sign-in/email", "", &body.to_string())
}

#[test]
fn a_hash_of_every_program_signs_in_once_and_is_replaced_by_better_auths() {
    let (signer_key, vectors) = vectors();
    let database = Database::new();
    Service::new(&database.url).user("ada@example.com");
    let mut seen = BTreeSet::new();
    for name in SchemeName::ALL {
        let scheme = name.text();
        let more = if name == SchemeName::Scrypt { "scrypt_parameters = \"N=16384,r=8,p=1\"\n" } else { "" };
        let toml = format!("[email_and_password]\nenabled = true\naccept_hashes = [\"{scheme}\"]\n{more}");
        let service = Service::with(&toml, &[("DATABASE_URL", &database.url), ("FIREBASE_SIGNER_KEY", &signer_key)]);
        for vector in vectors.iter().filter(|vector| vector["scheme"] == scheme) {
            let [by, password, hash] = ["made_by", "password", "stored"].map(|key| vector[key].as_str().unwrap());
            store(&database, hash);
            assert_eq!(sign_in(&service, "wrong horse battery").status, 401, "{by}");
            assert_eq!(stored(&database), hash, "{by}");
            let answer = sign_in(&service, password);
            assert_eq!(answer.status, 200, "{by}: {}", answer.text());
            assert!(is_own(&stored(&database)), "{by}: {}", stored(&database));
            assert_eq!(sign_in(&service, password).status, 200, "{by}");
            seen.insert(scheme);
        }
    }
    assert_eq!(seen.len(), SchemeName::ALL.len());
    // better-auth reads the last one that was written.
    let reference = Reference::new(&database.direct, "{}");
    let mut browser = Browser::new(&reference.url);
    assert_eq!(browser.sign_in().status, 200);
}
