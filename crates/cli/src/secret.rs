//! Makes secrets, leads through their rotation, and counts what still needs an older one.

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

/// A new secret: 32 random bytes in 43 characters that mean nothing to a shell or an environment file.
///
/// # Errors
/// Where the operating system has no randomness to give.
pub fn new() -> io::Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(crate::edge::seed()?))
}

/// The next step of a rotation, told from the secrets that are set now. A new secret is known to every instance before
/// the first one signs with it, so that no instance of either deployment refuses what the other one signed.
///
/// # Errors
/// Where the operating system has no randomness to give.
pub fn rotate(secrets: &Secrets) -> io::Result<String> {
    let versions = secrets.versions();
    let entry = |version: u32| secrets.of_version(version).map(|secret| format!("{version}:{}", shown(secret)));
    let list = |versions: &[u32]| versions.iter().filter_map(|version| entry(*version)).collect::<Vec<_>>().join(",");
    let newest = versions.iter().copied().max();
    Ok(match (versions.as_slice(), newest) {
        ([], _) => format!(
            "Step 1 of 3: let every instance know the new secret before one uses it.\n\n\
             Set BETTER_AUTH_SECRETS, and leave BETTER_AUTH_SECRET as it is:\n\n    1:{},2:{}\n\n\
             Deploy. Then run this again with these variables.",
            shown(secrets.current()),
            new()?
        ),
        ([only], _) => format!(
            "Step 1 of 3: let every instance know the new secret before one uses it.\n\nSet BETTER_AUTH_SECRETS:\n\n    {},{}:{}\n\n\
             Deploy. Then run this again with these variables.",
            list(&versions),
            only.saturating_add(1),
            new()?
        ),
        ([first, ..], Some(newest)) if newest > *first => {
            let mut order = vec![newest];
            order.extend(versions.iter().filter(|version| **version != newest));
            format!(
                "Step 2 of 3: sign and encrypt with the new secret.\n\nSet BETTER_AUTH_SECRETS:\n\n    {}\n\n\
                 Deploy. Cookies are signed anew when they are seen, signing keys encrypted anew when they sign. Wait as long \
                 as sessions live (`session.expires_in`, 7 days by default), or as long as nobody may be signed out who did \
                 not come by. Then run `cargo gatepost secret status`, and this again.",
                list(&order)
            )
        }
        ([first, ..], _) => format!(
            "Step 3 of 3: drop the older secrets, once `cargo gatepost secret status` counts nothing that needs them.\n\n\
             Remove BETTER_AUTH_SECRET, and set BETTER_AUTH_SECRETS:\n\n    {}\n\nDeploy.",
            list(&[*first])
        ),
    })
}

fn shown(secret: &Secret) -> String {
    String::from_utf8_lossy(secret.bytes()).into_owned()
}

/// How many of the stored values of one kind need which secret.
#[derive(Default)]
struct Count {
    current: u32,
    older: u32,
    lost: u32,
}

/// What of the database needs an older secret, in sentences; and whether nothing does.
///
/// # Errors
/// Where the database cannot be read.
pub async fn status(
    url: &str,
    options: &ConnectionOptions,
    secrets: &Secrets,
    schema: &config::Schema,
) -> Result<(String, bool), StoreError> {
    let client = single::connect(url, options).await?;
    let schema = Schema::new(schema);
    let mut text = String::new();
    let mut needed = false;
    for (what, sql) in [
        ("private signing keys", "select {jwks.privateKey} from {jwks} where {jwks.expiresAt} is null or {instant jwks.expiresAt} > now()"),
        (
            "tokens of providers",
            "select token from {account}, lateral (values ({account.accessToken}), ({account.refreshToken})) as tokens (token)
            where token like '$ba$%' or (length(token) > 80 and length(token) % 2 = 0 and token ~ '^[0-9a-f]+$')",
        ),
    ] {
        let mut count = Count::default();
        for row in client.query_typed(&schema.filled(sql), &[]).await? {
            let stored: String = row.try_get(0)?;
            // A key stands there between quotes, unless it is not encrypted at all.
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
            "{what}: {} with the current secret, {} with an older one, {} with none that is listed",
            count.current, count.older, count.lost
        );
    }
    let sql = schema.filled("select count(*) from {session} where {instant session.expiresAt} > now()");
    let row = client.query_typed(&sql, &[]).await?;
    let sessions: i64 = row.first().map(|row| row.try_get(0)).transpose()?.unwrap_or_default();
    let _ = writeln!(
        text,
        "sessions: {sessions}. Which secret a cookie is signed with only the browser knows; it is signed anew when it is seen, \
         and one that was not seen for as long as sessions live has expired"
    );
    text.push_str(if needed {
        "Something needs an older secret: keep it. Keys are encrypted anew when they sign (GET /token)."
    } else {
        "Nothing in the database needs an older secret."
    });
    Ok((text, !needed))
}
