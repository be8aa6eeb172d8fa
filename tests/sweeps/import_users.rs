//! `gatepost import-users`: exports of other systems become users who can sign in.

use gatepost_cli::import_users::{Summary, formats::Format};
use serde_json::{Value, json};

use crate::support::{export::Export, passwords::OF_BCRYPT, service::Service};

const TOML: &str = "[email_and_password]\nenabled = true\naccept_hashes = [\"bcrypt\", \"pbkdf2\"]\n";
const PASSWORD: &str = "correct horse battery";

fn counts(summary: &Summary) -> [u64; 4] {
    [summary.read, summary.new, summary.known, summary.refused]
}

fn signs_in(service: &Service, email: &str) -> bool {
    let body = json!({ "email": email, "password": PASSWORD });
    service.post("/sign-in/email", "", &body.to_string()).status == 200
}

/// An export of each system, with Ada, whose password is known and whose address is confirmed, and with a user who is blocked there.
fn exports() -> Vec<(Format, &'static str, String)> {
    let users = |users: &[Value]| users.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    let supabase_csv = format!(
        "id,email,encrypted_password,email_confirmed_at,raw_user_meta_data,created_at,banned_until,deleted_at\n\
         8a9d4c50-0000-4000-8000-000000000001,Ada@Example.com,{OF_BCRYPT},2023-05-01 10:00:00+00,\"{{\"\"full_name\"\":\"\"Ada\"\"}}\",2023-05-01 10:00:00.5+00,,\n\
         8a9d4c50-0000-4000-8000-000000000002,eve@example.com,{OF_BCRYPT},,{{}},2023-05-01 10:00:00+00,2999-01-01 00:00:00+00,\n"
    );
    let auth0 = users(&[
        json!({ "_id": { "$oid": "5e" }, "email": "ada@example.com", "email_verified": true, "name": "Ada",
            "passwordHash": OF_BCRYPT, "identities": [{ "provider": "google-oauth2", "user_id": "g1" }, { "provider": "auth0", "user_id": "5e" }] }),
        json!({ "user_id": "auth0|5f", "email": "eve@example.com", "blocked": true }),
    ]);
    let clerk = format!(
        "id,first_name,last_name,username,primary_email_address,verified_email_addresses,password_digest,password_hasher\n\
         user_1,Ada,,ada,ada@example.com,ada@example.com,{OF_BCRYPT},bcrypt\n"
    );
    let clerk_json = json!([
        { "id": "user_1", "first_name": "Ada", "primary_email_address_id": "i1", "password_digest": OF_BCRYPT,
            "email_addresses": [{ "id": "i0", "email_address": "other@example.com" },
                { "id": "i1", "email_address": "ada@example.com", "verification": { "status": "verified" } }],
            "created_at": 1_682_935_200_000_u64 },
        { "id": "user_2", "banned": true, "primary_email_address": "eve@example.com" },
    ]);
    let firebase = json!({ "users": [
        { "localId": "f1", "email": "ada@example.com", "emailVerified": true, "displayName": "Ada", "passwordHash": OF_BCRYPT,
            "salt": "", "createdAt": "1682935200000", "providerUserInfo": [{ "providerId": "google.com", "rawId": "g1" }] },
        { "localId": "f2", "email": "eve@example.com", "disabled": true },
    ] });
    let django = json!([
        { "model": "auth.user", "pk": 1, "fields": { "username": "ada", "email": "ada@example.com", "first_name": "Ada",
            "last_name": "", "password": format!("bcrypt$${}", &OF_BCRYPT[1..]), "is_active": true,
            "date_joined": "2023-05-01T10:00:00Z" } },
        { "model": "auth.user", "pk": 2, "fields": { "username": "eve", "email": "eve@example.com", "password": "!x", "is_active": false } },
    ]);
    let own =
        "email,email_verified,name,password_hash\n".to_owned() + &format!("ADA@example.com,true,Ada,{OF_BCRYPT}\n");
    vec![
        (Format::Supabase, "users.csv", supabase_csv),
        (Format::Auth0, "users.ndjson", auth0),
        (Format::Clerk, "users.csv", clerk),
        (Format::Clerk, "users.json", clerk_json.to_string()),
        (Format::Firebase, "users.json", firebase.to_string()),
        (Format::Django, "users.json", django.to_string()),
        (Format::Gatepost, "users.csv", own),
    ]
}

#[test]
fn users_of_every_export_can_sign_in_and_blocked_ones_are_refused() {
    for (format, name, text) in exports() {
        let export = Export::new(TOML, name, &text);
        let plan = export.run(format, |options| options.apply = false).unwrap();
        let refused = u64::from(text.contains("eve@"));
        assert_eq!(counts(&plan), [1 + refused, 1, 0, refused], "{format:?} {name}: {:?}", export.refused());
        assert_eq!(export.users(), "", "{format:?}");
        let summary = export.run(format, |_| {}).unwrap();
        assert_eq!(counts(&summary), [1 + refused, 1, 0, refused], "{format:?}: {:?}", export.refused());
        assert!(export.refused().iter().all(|(_, cause)| cause.contains("blocked or deleted")), "{format:?}");
        let verified = format != Format::Django;
        let found = export.users().replace(" t ", " true ").replace(" f ", " false ");
        assert_eq!(found, format!("ada@example.com {verified} Ada"), "{format:?}");
        assert!(signs_in(&export.service(), "ada@example.com"), "{format:?}");
        // A second run writes nothing.
        let again = export.run(format, |_| {}).unwrap();
        assert_eq!(counts(&again), [1 + refused, 0, 1, refused], "{format:?}");
        assert_eq!(export.database.value("select count(*) from account where \"providerId\" = 'credential'"), "1");
        let has_provider = text.contains("\"g1\"");
        let google = "select count(*) from account where \"providerId\" = 'google' and \"accountId\" = 'g1'";
        assert_eq!(export.database.value(google), u8::from(has_provider).to_string(), "{format:?}");
    }
}

#[test]
fn refused_records_are_named_by_line_and_the_others_are_written() {
    let lines = [
        json!({ "email": "ada@example.com", "password_hash": OF_BCRYPT }).to_string(),
        json!({ "email": "ADA@example.com" }).to_string(),
        json!({ "email": "not an address" }).to_string(),
        json!({ "name": "nobody" }).to_string(),
        json!({ "email": "bob@example.com", "password_hash": "md5:0123" }).to_string(),
        json!({ "email": "cleo@example.com", "name": "a\u{0}b" }).to_string(),
        json!({ "email": "dan@example.com", "color": "red" }).to_string(),
        "{\"email\":".to_owned(),
        json!({ "email": "fay@example.com", "fields": { "plan": "no such plan" } }).to_string(),
        json!({ "email": "gus@example.com", "fields": { "plan": "free" } }).to_string(),
        json!({ "email": "hal@example.com", "fields": { "rank": 1 } }).to_string(),
        json!({ "email": "ivy@example.com", "created_at": "yesterday" }).to_string(),
    ];
    let toml = format!("{TOML}[user.additional_fields]\nplan = {{ type = \"string\", required = false }}\n");
    let export = Export::new(&toml, "users.jsonl", &lines.join("\n"));
    export.database.change("alter table {user} add constraint plans check (plan in ('free', 'paid'))");
    let summary = export.run(Format::Gatepost, |_| {}).unwrap();
    assert_eq!(counts(&summary), [12, 2, 0, 10]);
    assert_eq!(
        export.database.value("select string_agg(email, ' ' order by email) from \"user\""),
        "ada@example.com gus@example.com"
    );
    let mut refused = export.refused();
    refused.sort_unstable();
    let expected = [
        (2, "another record of the file has the same email address"),
        (3, "not valid"),
        (4, "no email address"),
        (5, "no known scheme"),
        (6, "NUL"),
        (7, "`color` is no member"),
        (8, "not JSON"),
        (9, "constraint `plans`"),
        (11, "`rank` is not one of `[user.additional_fields]`"),
        (12, "`created_at` is not a time"),
    ];
    for ((line, cause), (expected, told)) in refused.iter().zip(expected) {
        assert!(*line == expected && cause.contains(told), "{line}: {cause}");
    }
    assert_eq!(refused.len(), expected.len());
    // Neither an address nor a hash of a user is in the file.
    assert!(refused.iter().all(|(_, cause)| !cause.contains('@') && !cause.contains("md5")));
    let without = export.run(Format::Gatepost, |options| options.without_passwords = true).unwrap();
    assert_eq!(counts(&without), [12, 1, 2, 9]);
}

#[test]
fn a_hash_that_is_not_accepted_is_told_with_the_line_to_write() {
    let lines = [
        json!({ "email": "ada@example.com", "password_hash": OF_BCRYPT }).to_string(),
        json!({ "email": "bob@example.com", "password_hash": "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA" }).to_string(),
    ];
    let export = Export::new("[email_and_password]\nenabled = true\n", "users.jsonl", &lines.join("\n"));
    let summary = export.run(Format::Gatepost, |options| options.apply = false).unwrap().to_string();
    assert!(summary.contains("password hashes: 1 argon2, 1 bcrypt"), "{summary}");
    assert!(summary.contains("accept_hashes = [\"argon2\", \"bcrypt\"]"), "{summary}");
    assert!(summary.contains("no user was written; run the command with --apply"), "{summary}");
}

#[test]
fn usernames_and_additional_fields_are_written_and_read() {
    let toml = format!(
        "{TOML}[username]\nenabled = true\n[user.additional_fields]\nplan = {{ type = \"string\", default_value = \"free\", required = false }}\n\
         tags = {{ type = \"string[]\", required = false }}\n"
    );
    let lines = [
        json!({ "email": "ada@example.com", "username": "Ada.L", "password_hash": OF_BCRYPT, "fields": { "plan": "paid" } }),
        json!({ "email": "bob@example.com", "fields": { "tags": ["a", "b"] } }),
        json!({ "email": "eve@example.com", "username": "ADA.L" }),
    ];
    let export = Export::new(&toml, "users.jsonl", &lines.map(|line| line.to_string()).join("\n"));
    assert_eq!(counts(&export.run(Format::Gatepost, |_| {}).unwrap()), [3, 2, 0, 1]);
    let service = export.service();
    let body = json!({ "username": "ada.l", "password": PASSWORD }).to_string();
    let answer = service.post("/sign-in/username", "", &body);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let user = answer.json()["user"].clone();
    assert_eq!((&user["displayUsername"], &user["plan"]), (&json!("Ada.L"), &json!("paid")));
    assert_eq!(export.database.value("select plan from \"user\" where email = 'bob@example.com'"), "free");
    assert!(export.refused()[0].1.contains("the username"));
}

#[test]
fn identifiers_are_kept_where_that_is_asked_for() {
    let id = "8a9d4c50-0000-4000-8000-000000000001";
    let text = json!({ "id": id, "email": "ada@example.com", "password_hash": OF_BCRYPT }).to_string();
    for generate in ["\"uuid\"", "\"uuidv7\"", "\"nanoid\"", "false"] {
        let toml = format!("{TOML}[advanced.database]\ngenerate_id = {generate}\n");
        let export = Export::new(&toml, "users.jsonl", &text);
        export.run(Format::Gatepost, |options| options.keep_ids = true).unwrap();
        assert_eq!(export.database.value("select id::text from \"user\""), id, "{generate}");
        assert!(signs_in(&export.service(), "ada@example.com"), "{generate}");
    }
    let serial = Export::new(&format!("{TOML}[advanced.database]\ngenerate_id = \"serial\"\n"), "users.jsonl", &text);
    let refused = serial.run(Format::Gatepost, |options| options.keep_ids = true).unwrap_err();
    assert!(refused.starts_with("--keep-ids: the database counts identifiers"), "{refused}");
    serial.run(Format::Gatepost, |_| {}).unwrap();
    assert_eq!(serial.database.value("select id::text from \"user\""), "1");
    assert!(signs_in(&serial.service(), "ada@example.com"));
}

#[test]
fn an_interrupted_import_goes_on_where_it_ended() {
    let line =
        |number: usize| json!({ "email": format!("user{number}@example.com"), "password_hash": OF_BCRYPT }).to_string();
    let text: Vec<_> = (0..1_200).map(line).collect();
    let export = Export::new(TOML, "users.jsonl", &text.join("\n"));
    // The database refuses the second batch as one that is full does, and what was written before stays.
    export.database.change(
        "create function full_disk() returns trigger language plpgsql as
            'begin if new.email = ''user700@example.com'' then raise exception using errcode = ''53100''; end if; return new; end';
        create trigger full_disk before insert on {user} for each row execute function full_disk()",
    );
    let failed = export.run(Format::Gatepost, |_| {}).unwrap_err();
    assert!(failed.contains("run the command again"), "{failed}");
    assert_eq!(export.database.value("select count(*) from \"user\""), "500");
    export.database.change("drop trigger full_disk on {user}");
    let summary = export.run(Format::Gatepost, |_| {}).unwrap();
    assert_eq!(counts(&summary), [1_200, 700, 500, 0]);
    let both =
        "select count(*)::text from \"user\" u join account a on a.\"userId\" = u.id and a.\"accountId\" = u.id::text";
    assert_eq!(export.database.value(both), "1200");
}

#[test]
fn a_second_factor_that_is_left_behind_is_told() {
    let auth0 = |number: u8, more: Value| {
        let mut user = json!({ "user_id": number.to_string(), "email": format!("{number}@example.com"), "passwordHash": OF_BCRYPT });
        user.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        user.to_string()
    };
    let of_auth0 = [
        auth0(1, json!({ "multifactor": ["guardian"] })),
        auth0(2, json!({ "multifactor": [], "mfa_factors": [{ "phone": { "value": "+1" } }] })),
        auth0(3, json!({ "multifactor": [] })),
    ];
    let clerk = format!(
        "id,primary_email_address,password_digest,totp_secret\nuser_1,1@example.com,{OF_BCRYPT},s3cret\nuser_2,2@example.com,{OF_BCRYPT},\n"
    );
    let firebase = json!({ "users": [
        { "localId": "f1", "email": "1@example.com", "mfaInfo": [{ "mfaEnrollmentId": "1" }] },
        { "localId": "f2", "email": "2@example.com" },
    ] });
    for (format, name, text, count) in [
        (Format::Auth0, "users.ndjson", of_auth0.join("\n"), 2),
        (Format::Clerk, "users.csv", clerk, 1),
        (Format::Firebase, "users.json", firebase.to_string(), 1),
    ] {
        let export = Export::new(TOML, name, &text);
        let summary = export.run(format, |_| {}).unwrap();
        let told = summary.to_string();
        assert_eq!(summary.second_factors, count, "{format:?}: {told}");
        assert!(
            told.contains(&format!("{count} of these users had a second factor")) && !told.contains("s3cret"),
            "{told}"
        );
    }
}
