//! Sends the same requests to better-auth on Node and to gatepost, each on a database of its own: statuses, headers, cookies,
//! bodies and rows are the same.

use std::{fs, time::Duration};

use crate::support::{
    SECRET,
    checks::Checks,
    node::{self, Reference},
    postgres::Database,
    provider::Provider,
    redis::Redis,
    schema, server,
    service::Service,
};

/// Compares all scenarios of one configuration.
fn same(configuration: &str) {
    let folder = node::client().join("scenarios").join(configuration);
    let read = |file: &str| fs::read_to_string(folder.join(file)).unwrap();
    let mails = tempfile::tempdir().unwrap();
    let file = |side: &str| mails.path().join(side).to_str().unwrap().to_owned();
    let (their_mails, our_mails) = (file("theirs"), file("ours"));
    let email_url = format!("file:{our_mails}");
    // Mails exist where a configuration is about them, and so does a store.
    let with_store = configuration.starts_with("secondary-storage");
    let with_mails = configuration.starts_with("mails") || with_store;
    let stores = if with_store { [Redis::start(), Redis::start()] } else { [None, None] };
    if with_store && stores.iter().any(Option::is_none) {
        return;
    }
    let [their_store, our_store] = stores.map(|store| store.map(|store| (store.url(), store)));
    // What is in the store alone has no table.
    let (theirs, ours) = (Database::empty(), if with_store { Database::empty() } else { Database::new() });
    let (mut their_variables, mut our_variables) = (Vec::new(), vec![("DATABASE_URL", ours.url.as_str())]);
    if with_mails {
        their_variables.push(("MAIL_FILE", their_mails.as_str()));
        our_variables.extend([("EMAIL_URL", email_url.as_str()), ("SMS_URL", email_url.as_str())]);
    }
    if let (Some((their_url, _)), Some((our_url, _))) = (&their_store, &our_store) {
        their_variables.push(("SECONDARY_STORAGE", their_url));
        our_variables.push(("REDIS_URL", our_url));
    }
    // So do the APIs that are asked about captchas and breached passwords.
    let checks = configuration.contains("captcha") || configuration.contains("have-i-been-pwned");
    let checks = checks.then(Checks::new);
    let checks_url = checks.as_ref().map_or("", |checks| &checks.url);
    let read = |file: &str| read(file).replace("{checks}", checks_url);
    let pwned = format!(r#"{{"https://api.pwnedpasswords.com":"{checks_url}/theirs"}}"#);
    if checks.is_some() {
        their_variables.push(("FETCH_REWRITE", &pwned));
        our_variables.push(("CAPTCHA_SECRET_KEY", "captcha-secret"));
    }
    // So do providers, with the variables that their options name.
    let options: serde_json::Value = serde_json::from_str(&read("options.json")).unwrap();
    let clients = clients(&options);
    let taps = options.get("oneTap").is_some();
    let provider = (!clients.is_empty() || taps).then(Provider::new);
    if let Some(provider) = &provider {
        their_variables.push(("FETCH_REWRITE", provider.rewrites.as_str()));
        our_variables.push(("GATEPOST_FETCH_REWRITE", provider.rewrites.as_str()));
        our_variables.extend(clients.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    }
    let reference = Reference::with(&theirs.direct, &read("options.json"), &their_variables);
    let toml = read("gatepost.toml");
    let wanted = schema::of(&toml);
    server::migrated_to(&ours.direct, &wanted);
    theirs.change(&schema::shown(&wanted));
    let service = Service::with(&toml, &our_variables);
    let (their_rows, our_rows) = (schema::shown_at(&theirs.direct), schema::shown_at(&ours.direct));
    let mut arguments = vec![
        ("--reference", reference.url.as_str()),
        ("--reference-db", &their_rows),
        ("--target", &service.url),
        ("--target-db", &our_rows),
        ("--secret", SECRET),
        ("--ids", schema::ids()),
        ("--scenarios", folder.to_str().unwrap()),
    ];
    if let (Some((their_url, _)), Some((our_url, _))) = (&their_store, &our_store) {
        arguments.extend([("--reference-store", their_url.as_str()), ("--target-store", our_url.as_str())]);
    }
    if let Some(provider) = &provider {
        arguments.push(("--provider", &provider.url));
    }
    if checks.is_some() {
        arguments.push(("--checks", checks_url));
    }
    if schema::ids() != "text" && configuration == "default" {
        // The rest is about addresses, cookies, origins, routes and what a body may be. With other names it is compared whole.
        arguments.extend(["default / session", "default / user", "default / journey"].map(|part| ("--only", part)));
    }
    if with_mails {
        arguments.extend([("--reference-mails", their_mails.as_str()), ("--target-mails", our_mails.as_str())]);
    }
    let arguments: Vec<&str> = arguments.iter().flat_map(|(name, value)| [*name, *value]).collect();
    let said = node::run("compare.mjs", &arguments, Duration::from_secs(900));
    assert!(said.contains(" passed, 0 failed"), "{said}");
}

/// The variables of the providers in the reference's options.
fn clients(options: &serde_json::Value) -> Vec<(String, String)> {
    let named = options["socialProviders"].as_object().into_iter().flatten();
    let discovered = options["genericOAuth"].as_array().into_iter().flatten();
    let discovered = discovered.map(|client| (client["providerId"].as_str().unwrap(), client));
    let members = |(id, client): (&str, &serde_json::Value)| {
        // TikTok has another name for the identifier.
        let pairs = [("ID", "clientId"), ("ID", "clientKey"), ("SECRET", "clientSecret")].into_iter();
        // A public client has no secret.
        let given = pairs.filter_map(|(suffix, member)| Some((suffix, client[member].as_str()?.to_owned())));
        given.map(|(suffix, value)| (format!("{}_CLIENT_{suffix}", id.to_uppercase()), value)).collect::<Vec<_>>()
    };
    named.map(|(id, client)| (id.as_str(), client)).chain(discovered).flat_map(members).collect()
}

macro_rules! configurations {
    ($($(#[$attribute:meta])* $test:ident: $folder:literal,)*) => {
        $(#[test] $(#[$attribute])* fn $test() { same($folder); })*

        #[test]
        fn every_configuration_with_scenarios_is_compared() {
            let compared = [$($folder),*];
            for entry in fs::read_dir(node::client().join("scenarios")).unwrap().filter_map(Result::ok) {
                let name = entry.file_name().into_string().unwrap();
                assert!(!entry.path().is_dir() || compared.contains(&name.as_str()), "{name} has no test");
            }
        }
    };
}

configurations! {
    the_default_configuration_is_the_same_as_better_auth: "default",
    protected_sign_up_is_the_same_as_better_auth: "protected",
    required_verification_is_the_same_as_better_auth: "verification-required",
    secure_cookies_are_the_same_as_better_auths: "https",
    deferred_refresh_is_the_same_as_better_auths: "defer-refresh",
    configured_cookies_are_the_same_as_better_auths: "cookies",
    cookies_with_other_names_are_the_same_as_better_auths: "cookie-names",
    configured_lengths_are_the_same_as_better_auths: "lengths",
    trusted_origins_are_the_same_as_better_auths: "origins",
    another_base_path_is_the_same_as_better_auths: "base-path",
    short_sessions_are_the_same_as_better_auths: "short-sessions",
    sessions_without_refresh_are_the_same_as_better_auths: "no-refresh",
    disabled_passwords_are_the_same_as_better_auths: "disabled",
    mails_and_their_links_are_the_same_as_better_auths: "mails",
    mails_asked_for_are_the_same_as_better_auths: "mails-confirmed",
    users_who_act_without_mails_are_the_same_as_better_auths: "user-without-mails",
    columns_of_ones_own_are_the_same_as_better_auths: "additional-fields",
    last_login_methods_are_the_same_as_better_auths: "last-login-method",
    last_login_methods_with_options_are_the_same_as_better_auths: "last-login-method-options",
    rate_limits_are_the_same_as_better_auths: "rate-limit",
    rate_limits_in_the_table_are_the_same_as_better_auths: "rate-limit-database",
    sessions_in_a_signed_cookie_are_the_same_as_better_auths: "cache-compact",
    sessions_in_a_jwt_are_the_same_as_better_auths: "cache-jwt",
    sessions_in_an_encrypted_cookie_are_the_same_as_better_auths: "cache-jwe",
    sessions_signed_with_the_keys_are_the_same_as_better_auths: "cache-keys",
    tokens_are_the_same_as_better_auths: "jwt",
    tokens_with_configured_claims_are_the_same_as_better_auths: "jwt-claims",
    tokens_with_es256_are_the_same_as_better_auths: "jwt-es256",
    tokens_with_es512_are_the_same_as_better_auths: "jwt-es512",
    tokens_with_rs256_are_the_same_as_better_auths: "jwt-rs256",
    tokens_with_ps256_are_the_same_as_better_auths: "jwt-ps256",
    keys_that_rotate_are_the_same_as_better_auths: "jwt-rotation",
    providers_are_the_same_as_better_auths: "social",
    providers_with_options_are_the_same_as_better_auths: "social-options",
    the_other_providers_are_the_same_as_better_auths: "social-providers",
    the_other_providers_with_options_are_the_same_as_better_auths: "social-providers-options",
    providers_at_servers_of_ones_own_are_the_same_as_better_auths: "social-servers",
    profiles_that_fill_fields_are_the_same_as_better_auths: "social-profile",
    flows_in_a_cookie_are_the_same_as_better_auths: "social-cookie",
    providers_that_describe_themselves_are_the_same_as_better_auths: "social-discovered",
    providers_that_the_configuration_describes_are_the_same_as_better_auths: "social-described",
    closed_sign_up_is_the_same_as_better_auths: "sign-up-closed",
    usernames_are_the_same_as_better_auths: "username",
    usernames_with_options_are_the_same_as_better_auths: "username-options",
    columns_of_features_with_other_names_are_the_same_as_better_auths: "username-names",
    usernames_with_mails_are_the_same_as_better_auths: "mails-username",
    second_factors_are_the_same_as_better_auths: "two-factor",
    second_factors_with_options_are_the_same_as_better_auths: "two-factor-options",
    users_without_a_password_have_second_factors_as_in_better_auth: "two-factor-passwordless",
    second_factors_by_mail_are_the_same_as_better_auths: "mails-two-factor",
    second_factors_by_mail_with_options_are_the_same_as_better_auths: "mails-two-factor-options",
    captchas_of_turnstile_are_the_same_as_better_auths: "captcha-turnstile",
    captchas_of_recaptcha_are_the_same_as_better_auths: "captcha-recaptcha",
    captchas_of_hcaptcha_are_the_same_as_better_auths: "captcha-hcaptcha",
    captchas_of_captchafox_are_the_same_as_better_auths: "captcha-captchafox",
    breached_passwords_are_the_same_as_better_auths: "mails-have-i-been-pwned",
    breached_passwords_with_options_are_the_same_as_better_auths: "have-i-been-pwned-options",
    several_sessions_are_the_same_as_better_auths: "multi-session",
    several_sessions_in_a_secondary_storage_are_the_same_as_better_auths: "secondary-storage-multi-session",
    a_secondary_storage_is_the_same_as_better_auths: "secondary-storage",
    a_secondary_storage_with_hashes_and_limits_is_the_same_as_better_auths: "secondary-storage-hashed",
    a_secondary_storage_besides_the_tables_is_the_same_as_better_auths: "secondary-storage-besides",
    a_secondary_storage_with_preserved_rows_is_the_same_as_better_auths: "secondary-storage-preserved",
    administration_is_the_same_as_better_auths: "admin",
    administration_with_options_is_the_same_as_better_auths: "admin-options",
    administration_with_roles_is_the_same_as_better_auths: "admin-roles",
    administration_beside_providers_is_the_same_as_better_auths: "social-admin",
    administration_in_a_secondary_storage_is_the_same_as_better_auths: "secondary-storage-admin",
    magic_links_are_the_same_as_better_auths: "mails-magic-link",
    magic_links_with_options_are_the_same_as_better_auths: "mails-magic-link-options",
    magic_links_in_a_secondary_storage_are_the_same_as_better_auths: "secondary-storage-magic-link",
    codes_by_mail_are_the_same_as_better_auths: "mails-email-otp",
    codes_by_mail_with_options_are_the_same_as_better_auths: "mails-email-otp-options",
    codes_by_mail_in_the_place_of_links_are_the_same_as_better_auths: "mails-email-otp-override",
    codes_by_mail_in_a_secondary_storage_are_the_same_as_better_auths: "secondary-storage-email-otp",
    phone_numbers_are_the_same_as_better_auths: "mails-phone-number",
    phone_numbers_with_options_are_the_same_as_better_auths: "mails-phone-number-options",
    phone_numbers_of_existing_users_are_the_same_as_better_auths: "mails-phone-number-closed",
    phone_numbers_in_a_secondary_storage_are_the_same_as_better_auths: "secondary-storage-phone-number",
    one_tap_is_the_same_as_better_auths: "one-tap",
    one_tap_with_options_is_the_same_as_better_auths: "one-tap-options",
    one_tap_without_the_provider_is_the_same_as_better_auths: "one-tap-alone",
    api_keys_are_the_same_as_better_auths: "api-key",
    api_keys_with_options_are_the_same_as_better_auths: "api-key-options",
    api_keys_of_organizations_are_the_same_as_better_auths: "api-key-organization",
    one_time_tokens_are_the_same_as_better_auths: "one-time-token",
    organizations_are_the_same_as_better_auths: "organization",
    organizations_with_options_are_the_same_as_better_auths: "organization-options",
    teams_are_the_same_as_better_auths: "organization-teams",
    roles_that_organizations_make_are_the_same_as_better_auths: "organization-roles",
    one_time_tokens_with_options_are_the_same_as_better_auths: "one-time-token-options",
    passkeys_are_the_same_as_better_auths: "passkey",
    passkeys_with_options_are_the_same_as_better_auths: "passkey-options",
    passkeys_in_a_secondary_storage_are_the_same_as_better_auths: "secondary-storage-passkey",
    one_time_tokens_in_a_secondary_storage_are_the_same_as_better_auths: "secondary-storage-one-time-token",
    anonymous_users_are_the_same_as_better_auths: "anonymous",
    anonymous_users_with_options_are_the_same_as_better_auths: "anonymous-options",
    anonymous_users_beside_providers_are_the_same_as_better_auths: "social-anonymous",
    second_factors_in_a_secondary_storage_are_the_same_as_better_auths: "secondary-storage-two-factor",
}
