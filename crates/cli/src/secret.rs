//! Creates secrets, guides through their rotation, and counts the values that still need an older secret.

use std::{fmt::Write as _, io};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use gatepost_core::{
    config::{self, ConnectionOptions},
    crypto::{
        envelope,
        secret::{Secret, Secrets},
    },
    store::{StoreError, schema::Schema, single},
};

use crate::{plural::counted, reencrypt::SEALED};
use tokio_postgres::error::SqlState;

/// Creates a secret: 32 random bytes as 43 characters without special meaning in shells and environment files.
///
/// # Errors
/// If the operating system has no randomness to give.
pub fn new() -> io::Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(crate::edge::seed()?))
}

/// Words the next step of a rotation, from the secrets that are set now. Every instance knows a new secret before the first one signs
/// with it, so that no instance of either deployment refuses a cookie that the other one signed.
/// `longest` is the longest time in seconds for which the deployment accepts what a secret signed, and `key` the option that decides.
///
/// # Errors
/// If the operating system has no randomness to give.
pub fn rotate(secrets: &Secrets, (longest, key): (u32, &str)) -> io::Result<String> {
    let versions = secrets.versions();
    let entry = |version: u32| secrets.of_version(version).map(|secret| format!("{version}:{}", shown(secret)));
    let list = |versions: &[u32]| versions.iter().filter_map(|version| entry(*version)).collect::<Vec<_>>().join(",");
    let newest = versions.iter().copied().max();
    let (time, because) =
        (span(longest), format!("for so long this deployment accepts what a secret signed, because of `{key}`"));
    Ok(match (versions.as_slice(), newest) {
        ([], _) => format!(
            "Step 1 of 3: every instance learns the new secret before any instance signs with it.\n\nSet BETTER_AUTH_SECRETS, \
             and keep BETTER_AUTH_SECRET:\n\n    1:{},2:{}\n\nDeploy. Then run this command again with the new variables.",
            shown(secrets.current()),
            new()?
        ),
        ([only], _) => format!(
            "Step 1 of 3: every instance learns the new secret before any instance signs with it.\n\nSet \
             BETTER_AUTH_SECRETS:\n\n    {},{}:{}\n\nDeploy. Then run this command again with the new variables.",
            list(&versions),
            only.saturating_add(1),
            new()?
        ),
        ([first, ..], Some(newest)) if newest > *first => {
            let mut order = vec![newest];
            order.extend(versions.iter().filter(|version| **version != newest));
            format!(
                "Step 2 of 3: the new secret signs and encrypts. Do this when every instance runs the deployment of step 1, which \
                 knows the new secret.\n\nSet BETTER_AUTH_SECRETS:\n\n    {}\n\nDeploy. gatepost signs a cookie again when it \
                 sees it, and encrypts a signing key again when the key signs. Then wait {time}: {because}. If you wait for less \
                 time, users who did not use the service in between must sign in again. Then run `cargo gatepost secret \
                 reencrypt`, `cargo gatepost secret status`, and this command again.",
                list(&order)
            )
        }
        ([first, ..], _) => format!(
            "Step 3 of 3: the older secrets go. Do this only if both are true, or else wait:\n\n- The last instance from before \
             step 2 stopped at least {time} ago: {because}. Otherwise users who did not use the service in between must sign in \
             again.\n- `cargo gatepost secret status` counts nothing that needs an older secret. Otherwise signing keys, tokens of \
             providers or second factors are lost.\n\nThen remove BETTER_AUTH_SECRET, and set BETTER_AUTH_SECRETS:\n\n    \
             {}\n\nDeploy.",
            list(&[*first])
        ),
    })
}

/// Words a duration in the largest unit of which it is a whole number.
fn span(seconds: u32) -> String {
    let units = [(86_400, "day"), (3_600, "hour"), (60, "minute")];
    let unit = units.into_iter().find(|(unit, _)| seconds.is_multiple_of(*unit));
    unit.map_or_else(|| counted(seconds, "second"), |(unit, noun)| counted(seconds / unit, noun))
}

fn shown(secret: &Secret) -> String {
    String::from_utf8_lossy(secret.bytes()).into_owned()
}

/// The number of stored values of one kind, by the secret that they need.
#[derive(Default)]
struct Count {
    current: u32,
    older: u32,
    lost: u32,
}

/// Counts the values in the database by the secret that they need. Returns the text, and whether none needs an older secret.
///
/// # Errors
/// If the database cannot be read.
pub async fn status(
    url: &str,
    options: &ConnectionOptions,
    secrets: &Secrets,
    tables: &config::Schema,
) -> Result<(String, bool), StoreError> {
    let client = single::connect(url, options).await?;
    let schema = Schema::new(tables);
    let mut text = String::new();
    let mut needed = false;
    for columns in SEALED {
        let what = columns.what;
        if tables.table(columns.model).is_none() {
            continue;
        }
        let rows = match client.query_typed(&columns.sql(&schema), &[]).await {
            Err(error) if error.code() == Some(&SqlState::UNDEFINED_TABLE) => {
                let _ = writeln!(text, "{what}: none, because the database has no table for them");
                continue;
            }
            found => found?,
        };
        let mut count = Count::default();
        for row in rows {
            let stored: String = row.try_get(2)?;
            // A key is stored between quotes, unless it is not encrypted.
            let sealed = stored.trim_matches('"');
            if sealed.starts_with('{') {
                continue;
            }
            match envelope::open(secrets, sealed) {
                Ok(_) if envelope::is_outdated(secrets, sealed) => count.older += 1,
                Ok(_) => count.current += 1,
                Err(_) => count.lost += 1,
            }
        }
        needed |= count.older > 0;
        // Writing into a String cannot fail.
        let _ = writeln!(
            text,
            "{what}: {} encrypted with the current secret, {} with an older secret, {} with a secret that is not set",
            count.current, count.older, count.lost
        );
    }
    let sql = schema.filled("select count(*) from {session} where {instant session.expiresAt} > now()");
    let row = match client.query_typed(&sql, &[]).await {
        // Sessions are in the secondary storage only.
        Err(error) if error.code() == Some(&SqlState::UNDEFINED_TABLE) => Vec::new(),
        found => found?,
    };
    let sessions: i64 = row.first().map(|row| row.try_get(0)).transpose()?.unwrap_or_default();
    let _ = writeln!(
        text,
        "sessions: {sessions}. The database does not say which secret signed their cookies. gatepost signs a cookie again \
         when it sees it; a cookie that it does not see for as long as sessions live expires"
    );
    text.push_str(if needed {
        "Some values need an older secret: keep it. `cargo gatepost secret reencrypt` encrypts them with the current one."
    } else {
        "Nothing in the database needs an older secret."
    });
    Ok((text, !needed))
}
