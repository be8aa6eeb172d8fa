//! The exports of other systems: which members of a record are a user's.

use clap::ValueEnum;
use gatepost_core::syntax::printed::is_printed;
use serde_json::{Map, Value};

use super::candidate::{Candidate, Members, scheme};

/// A system whose exports are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// gatepost's own format.
    Gatepost,
    /// Rows of Supabase's table `auth.users`.
    Supabase,
    /// Auth0's export of users, or of password hashes.
    Auth0,
    /// Clerk's export, or users of its API.
    Clerk,
    /// `firebase auth:export`.
    Firebase,
    /// Django's `dumpdata auth.user`, or rows of `auth_user`.
    Django,
}

/// The password hash parameters of a Firebase project.
#[derive(Debug, Clone)]
pub struct FirebaseParameters {
    /// `base64_salt_separator`.
    pub salt_separator: String,
    /// `rounds`.
    pub rounds: u32,
    /// `mem_cost`.
    pub mem_cost: u32,
}

/// Returns the user of a record.
///
/// # Errors
/// The cause, which contains no value of the record.
pub fn candidate(
    format: Format,
    record: &Map<String, Value>,
    firebase: &FirebaseParameters,
) -> Result<Candidate, String> {
    read(format, record, firebase)?.checked()
}

fn read(format: Format, record: &Map<String, Value>, firebase: &FirebaseParameters) -> Result<Candidate, String> {
    let read = Members(record);
    match format {
        Format::Gatepost => gatepost(&read),
        Format::Supabase => supabase(&read),
        Format::Auth0 => auth0(&read),
        Format::Clerk => clerk(&read),
        Format::Firebase => of_firebase(&read, firebase),
        Format::Django => django(&read),
    }
}

/// Returns the user of a record without the hash of the password, which may be of any form.
///
/// # Errors
/// Those of [`candidate`].
pub fn without_password(
    format: Format,
    record: &Map<String, Value>,
    firebase: &FirebaseParameters,
) -> Result<Candidate, String> {
    Candidate { hash: None, ..read(format, record, firebase)? }.checked()
}

/// A user who could not sign in there must not be able to sign in here.
fn blocked(is_blocked: bool) -> Result<(), String> {
    if is_blocked {
        Err("the user is blocked or deleted there, and would be able to sign in here".to_owned())
    } else {
        Ok(())
    }
}

fn gatepost(read: &Members<'_>) -> Result<Candidate, String> {
    const OWN: [&str; 10] = [
        "id",
        "email",
        "email_verified",
        "name",
        "image",
        "username",
        "password_hash",
        "created_at",
        "accounts",
        "fields",
    ];
    let is_known = |name: &str| OWN.contains(&name) || name.starts_with("fields.");
    if let Some(other) = read.0.keys().find(|name| !is_known(name)) {
        let other: String = other.chars().filter(|letter| is_printed(*letter)).take(64).collect();
        return Err(format!("`{other}` is no member of the format; write `fields.<name>` for an additional field"));
    }
    let mut fields = read.object("fields");
    let columns =
        read.0.iter().filter_map(|(name, value)| Some((name.strip_prefix("fields.")?.to_owned(), value.clone())));
    fields.extend(columns);
    let account = |map: Map<String, Value>| {
        let account = Members(&map);
        let pair = account.text(&["provider_id"]).zip(account.text(&["account_id"]));
        let pair = pair.filter(|(provider, _)| provider != "credential");
        pair.ok_or_else(|| {
            "an entry of `accounts` needs the `provider_id` of a provider and an `account_id`".to_owned()
        })
    };
    Ok(Candidate {
        id: read.text(&["id"]),
        email: read.text(&["email"]).unwrap_or_default(),
        email_verified: read.flag(&["email_verified"]),
        name: read.text(&["name"]).unwrap_or_default(),
        image: read.text(&["image"]),
        username: read.text(&["username"]),
        hash: read.text(&["password_hash"]),
        created_at: read.time(&["created_at"])?,
        accounts: read.objects("accounts").into_iter().map(account).collect::<Result<_, _>>()?,
        fields,
        has_second_factor: false,
    })
}

fn supabase(read: &Members<'_>) -> Result<Candidate, String> {
    blocked(read.text(&["banned_until", "deleted_at"]).is_some())?;
    let meta = read.object("raw_user_meta_data");
    let meta = Members(&meta);
    Ok(Candidate {
        id: read.text(&["id"]),
        email: read.text(&["email"]).unwrap_or_default(),
        email_verified: read.text(&["email_confirmed_at", "confirmed_at"]).is_some(),
        name: meta.text(&["name", "full_name"]).unwrap_or_default(),
        image: meta.text(&["avatar_url", "picture"]),
        hash: read.text(&["encrypted_password"]),
        created_at: read.time(&["created_at"])?,
        ..Candidate::default()
    })
}

fn auth0(read: &Members<'_>) -> Result<Candidate, String> {
    blocked(read.flag(&["blocked"]))?;
    let object = read.object("_id");
    let custom = read.object("custom_password_hash");
    let custom_hash = Members(&custom).object("hash");
    let account = |map: &Map<String, Value>| {
        let identity = Members(map);
        let provider = identity.text(&["provider"]).filter(|provider| provider != "auth0" && provider != "email")?;
        Some((provider_name(&provider), identity.text(&["user_id"])?))
    };
    Ok(Candidate {
        id: read.text(&["user_id", "Id", "id"]).or_else(|| Members(&object).text(&["$oid"])),
        email: read.text(&["email", "Email"]).unwrap_or_default(),
        email_verified: read.flag(&["email_verified", "Email Verified"]),
        name: read.text(&["name", "Name", "nickname"]).filter(|name| !name.contains('@')).unwrap_or_default(),
        image: read.text(&["picture", "Picture"]),
        hash: read.text(&["passwordHash", "password_hash"]).or_else(|| Members(&custom_hash).text(&["value"])),
        created_at: read.time(&["created_at", "Created At"])?,
        accounts: read.objects("identities").iter().filter_map(account).collect(),
        has_second_factor: read.has_any(&["multifactor", "mfa_factors"]),
        ..Candidate::default()
    })
}

fn clerk(read: &Members<'_>) -> Result<Candidate, String> {
    blocked(read.flag(&["banned"]) || read.flag(&["locked"]))?;
    let addresses = read.objects("email_addresses");
    let primary = read.text(&["primary_email_address_id"]);
    let is_primary = |map: &&Map<String, Value>| primary.is_none() || Members(map).text(&["id"]) == primary;
    let address = addresses.iter().find(is_primary);
    let status = address.map(|map| Members(map).object("verification"));
    let is_verified = status.is_some_and(|status| Members(&status).text(&["status"]).as_deref() == Some("verified"));
    let listed = read.text(&["verified_email_addresses"]).unwrap_or_default();
    let email = read.text(&["primary_email_address"]).or_else(|| Members(address?).text(&["email_address"]));
    let email = email.unwrap_or_default();
    let names: Vec<_> = [read.text(&["first_name"]), read.text(&["last_name"])].into_iter().flatten().collect();
    Ok(Candidate {
        id: read.text(&["id"]),
        email_verified: is_verified || listed.split(['|', ',', ' ', ';']).any(|one| one == email && !one.is_empty()),
        email,
        name: names.join(" "),
        image: read.text(&["image_url"]),
        username: read.text(&["username"]),
        hash: read.text(&["password_digest"]),
        created_at: read.time(&["created_at"])?,
        has_second_factor: read.text(&["totp_secret"]).is_some()
            || read.flag(&["two_factor_enabled"])
            || read.flag(&["totp_enabled"]),
        ..Candidate::default()
    })
}

fn of_firebase(read: &Members<'_>, parameters: &FirebaseParameters) -> Result<Candidate, String> {
    blocked(read.flag(&["disabled"]))?;
    let FirebaseParameters { salt_separator, rounds, mem_cost } = parameters;
    let hash = read.text(&["passwordHash"]).map(|hash| {
        let salt = read.text(&["salt"]).unwrap_or_default();
        // A project may have hashes of another system that it imported itself.
        match scheme(&hash) {
            Some(_) => hash,
            None => format!("$fbscrypt$v=1,n={mem_cost},r={rounds},p=1,ss={salt_separator}${salt}${hash}"),
        }
    });
    let account = |map: &Map<String, Value>| {
        let provider = Members(map);
        let name = provider.text(&["providerId"]).filter(|name| !["password", "phone"].contains(&name.as_str()))?;
        Some((provider_name(&name), provider.text(&["rawId"])?))
    };
    Ok(Candidate {
        id: read.text(&["localId"]),
        email: read.text(&["email"]).unwrap_or_default(),
        email_verified: read.flag(&["emailVerified"]),
        name: read.text(&["displayName"]).unwrap_or_default(),
        image: read.text(&["photoUrl"]),
        hash,
        created_at: read.time(&["createdAt"])?,
        accounts: read.objects("providerUserInfo").iter().filter_map(account).collect(),
        has_second_factor: read.has_any(&["mfaInfo"]),
        ..Candidate::default()
    })
}

fn django(read: &Members<'_>) -> Result<Candidate, String> {
    let inner = read.object("fields");
    let is_fixture = !inner.is_empty();
    let fields = if is_fixture { Members(&inner) } else { Members(read.0) };
    if fields.0.get("is_active").is_some() {
        blocked(!fields.flag(&["is_active"]))?;
    }
    let names: Vec<_> = [fields.text(&["first_name"]), fields.text(&["last_name"])].into_iter().flatten().collect();
    Ok(Candidate {
        id: if is_fixture { read.text(&["pk"]) } else { read.text(&["id"]) },
        email: fields.text(&["email"]).unwrap_or_default(),
        name: names.join(" "),
        username: fields.text(&["username"]),
        // An unusable password begins with an exclamation mark.
        hash: fields.text(&["password"]).filter(|hash| !hash.starts_with('!')),
        created_at: fields.time(&["date_joined"])?,
        ..Candidate::default()
    })
}

/// Returns better-auth's name of a provider.
fn provider_name(theirs: &str) -> String {
    let short = theirs.trim_end_matches(".com").trim_end_matches("-oauth2");
    match short {
        "windowslive" | "waad" => "microsoft".to_owned(),
        other => other.to_owned(),
    }
}
