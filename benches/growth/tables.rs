//! The tables, filled for a number of users.

use crate::{number, rows};

/// The tables that grow with the users.
pub const NAMES: [&str; 12] = [
    "user",
    "session",
    "account",
    "verification",
    "rateLimit",
    "apikey",
    "passkey",
    "twoFactor",
    "organization",
    "member",
    "invitation",
    "audit",
];
/// Rows that one statement makes.
const PART: u64 = 1_000_000;

/// How many rows for how many users, and their values. Each user has ten sessions and a password, every tenth an account of a provider, a secret, a count, a key, a passkey, a second factor, a
/// membership and a noted change; an organization has ten members. Every second session is over.
const INSERTS: [(u64, u64, &str); 13] = [
    (
        1,
        1,
        r#""user" (id, name, email, "emailVerified", "createdAt", "updatedAt", username, role)
        select md5('u' || n), 'User ' || n, 'u' || n || '@example.com', true, now() - n * interval '1 second', now(), 'name' || n, 'user'"#,
    ),
    (
        10,
        1,
        r#"session (id, token, "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent")
        select md5('s' || n), md5('t' || n), md5('u' || n / 10),
            case when n % 2 = 0 then now() + interval '6 days' else now() - interval '30 days' end, now(), now(), '203.0.113.7',
            'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'"#,
    ),
    (
        1,
        1,
        r#"account (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
        select md5('a' || n), md5('u' || n), 'credential', md5('u' || n), repeat(md5('p' || n), 5), now(), now()"#,
    ),
    (
        1,
        10,
        r#"account (id, "accountId", "providerId", "userId", "createdAt", "updatedAt")
        select md5('g' || n), md5('google' || n), 'google', md5('u' || n * 10), now(), now()"#,
    ),
    (
        1,
        10,
        r#"verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt")
        select md5('v' || n), md5('secret' || n), md5('u' || n * 10), now() + interval '1 hour', now(), now()"#,
    ),
    (
        1,
        10,
        r#""rateLimit" (id, key, count, "lastRequest")
        select md5('r' || n), 'client' || n || '|/sign-in/email', 1, extract(epoch from now()) * 1000"#,
    ),
    (
        1,
        10,
        r#"apikey (id, "configId", "referenceId", key, enabled, "rateLimitEnabled", "requestCount", "createdAt", "updatedAt")
        select md5('k' || n), 'default', md5('u' || n * 10), md5('key' || n), true, false, 0, now(), now()"#,
    ),
    (
        1,
        10,
        r#"passkey (id, "publicKey", "userId", "credentialID", counter, "deviceType", "backedUp", "createdAt")
        select md5('w' || n), repeat('k', 100), md5('u' || n * 10), md5('credential' || n), 0, 'singleDevice', false, now()"#,
    ),
    (
        1,
        10,
        r#""twoFactor" (id, secret, "backupCodes", "userId")
        select md5('f' || n), repeat('s', 100), repeat('b', 200), md5('u' || n * 10)"#,
    ),
    (
        1,
        100,
        r#"organization (id, name, slug, "createdAt")
        select md5('o' || n), 'Organization ' || n, 'organization-' || n, now()"#,
    ),
    (
        1,
        10,
        r#"member (id, "organizationId", "userId", role, "createdAt")
        select md5('m' || n), md5('o' || n / 10), md5('u' || n * 10), 'member', now()"#,
    ),
    (
        1,
        100,
        r#"invitation (id, "organizationId", email, role, status, "expiresAt", "createdAt", "inviterId")
        select md5('i' || n), md5('o' || n), 'u' || n || '@example.com', 'member', 'pending', now() + interval '1 day', now(),
            md5('u' || n * 100)"#,
    ),
    (
        1,
        10,
        r#"audit (id, kind, action, "actorType", "actorId", "targetId", "createdAt")
        select md5('n' || n), 'user', 'update', 'user', md5('u' || n * 10), md5('u' || n * 10), now() - n * interval '1 second'"#,
    ),
];

/// The indexes that docs/scale.md proposes. Neither better-auth nor `gatepost migrate` creates them.
pub const INDEXES: [&str; 6] = [
    "create index account_provider on account (\"accountId\", \"providerId\")",
    "create index verification_expires on verification (\"expiresAt\")",
    "create index verification_value on verification using hash (value)",
    "create index session_impersonated on session (\"impersonatedBy\") where \"impersonatedBy\" is not null",
    "create index invitation_inviter on invitation (\"inviterId\")",
    "create index apikey_expires on apikey (\"expiresAt\") where \"expiresAt\" is not null",
];

/// The statements that fill the tables for this many users.
pub fn inserts(users: u64) -> Vec<String> {
    let all = INSERTS.iter().flat_map(|(times, one_in, insert)| {
        let rows = users * times / one_in;
        (0..rows).step_by(PART as usize).map(move |first| {
            format!("insert into {insert} from generate_series({first}, {}) n", (first + PART).min(rows) - 1)
        })
    });
    all.collect()
}

/// The bytes of a row of each table, and of its entries in indexes.
pub fn bytes(url: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for table in NAMES {
        let one = |what: &str| rows::count(url, &format!("select {what} from \"{table}\"")) as f64;
        let rows = one("count(*)");
        if rows > 0.0 {
            let size = |what: &str| number(rows::count(url, &format!("select {what}('\"{table}\"')")) as f64 / rows, 0);
            let (of_rows, of_indexes) = (size("pg_table_size"), size("pg_indexes_size"));
            found.push((table.to_owned(), format!("{of_rows}, in indexes {of_indexes}; {} rows", number(rows, 0))));
        }
    }
    found
}
