//! The profile of a user, as each provider returns it (spec jwt-oauth-schema §4.11).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{
    entry::Source,
    id_token::{self, NonceRequirement, claims},
    mapping::{self, is_true, picture, profile},
    provider::Provider,
    rules::Profile,
    tokens::{self, Tokens},
    user_info::{self, access},
};
use crate::{json, model::Additional, rules::query};

/// Returns the profile of the user to whom these tokens belong. `given` is the profile in the browser's request, which only Apple
/// sends. The signature of named providers' ID tokens is not verified here: they came from the provider over TLS, or were verified
/// before.
///
/// # Errors
/// The reason why there is no trustworthy profile.
pub async fn of(
    provider: &Provider<'_>,
    tokens: &Tokens,
    given: Option<&Additional>,
    nonce: Option<&str>,
    now: Timestamp,
) -> Result<Profile, String> {
    let found = match provider.entry.source {
        Source::IdToken => from_id_token(provider, claims(tokens.id_token.as_deref())?, given),
        Source::UserInfo(url) => from_user_info(provider, url, tokens).await,
        Source::IdTokenOr(url) => match claims(tokens.id_token.as_deref()) {
            Ok(claims) => from_id_token(provider, claims, None),
            Err(_) => from_user_info(provider, url, tokens).await,
        },
        Source::Several => match provider.entry.id {
            "github" => github(provider, access(tokens)?).await,
            "twitter" => twitter(provider, access(tokens)?).await,
            "facebook" => facebook(provider, tokens).await,
            _ => microsoft(provider, tokens).await,
        },
        Source::Discovered => discovered(provider, tokens, nonce, now).await,
    };
    found.map(|found| mapping::complete(provider, found))
}

/// Returns a member as text. Some providers write names and identifiers as numbers.
fn member_text(raw: &Additional, name: &str) -> Option<String> {
    json::text(raw.get(name))
}

/// Returns the first of these members that is true in JavaScript, as text.
fn first(raw: &Additional, names: &[&str]) -> Option<String> {
    names.iter().find(|name| json::is_truthy(raw.get(name))).and_then(|name| member_text(raw, name))
}

fn from_id_token(provider: &Provider<'_>, mut raw: Additional, given: Option<&Additional>) -> Result<Profile, String> {
    match provider.entry.id {
        "google" => id_token::check_domain(provider, raw.get("hd"))?,
        // Apple sends the name only once, and not in the token.
        "apple" => {
            let said = given.map(|given| given.get("name")).filter(|name| name.is_object());
            let part = |name: &str| said.and_then(|said| json::text(said.get(name)?)).unwrap_or_default();
            let name = match said {
                Some(_) => format!("{} {}", part("firstName"), part("lastName")).trim().to_owned(),
                None => first(&raw, &["name"]).unwrap_or_default(),
            };
            let verified = is_true(raw.get("email_verified"));
            raw.set("name", name.as_str().into());
            let id = raw.get("sub").clone();
            return profile(raw, &id, Some(name), None, verified);
        }
        "cognito" => {
            let name = first(&raw, &["name", "given_name", "username"]).unwrap_or_default();
            raw.set("name", name.into());
        }
        _ => {}
    }
    mapping::read(provider.entry, raw)
}

async fn from_user_info(provider: &Provider<'_>, url: &str, tokens: &Tokens) -> Result<Profile, String> {
    let mut raw = user_info::ask(provider, &provider.filled(url), tokens).await?;
    if provider.entry.id == "discord" {
        let image = discord_image(&raw);
        raw.set("image_url", image.into());
    }
    mapping::read(provider.entry, raw)
}

/// Returns the URL of a Discord picture: the user's, or one of Discord's default pictures.
fn discord_image(raw: &Additional) -> String {
    let id = member_text(raw, "id").unwrap_or_default();
    match raw.text("avatar") {
        Some(avatar) => {
            let format = if avatar.starts_with("a_") { "gif" } else { "png" };
            format!("https://cdn.discordapp.com/avatars/{id}/{avatar}.{format}")
        }
        None => {
            let number = match raw.text("discriminator").unwrap_or("0") {
                "0" => (id.parse::<u64>().unwrap_or(0) >> 22) % 6,
                old => old.parse::<u64>().unwrap_or(0) % 5,
            };
            format!("https://cdn.discordapp.com/embed/avatars/{number}.png")
        }
    }
}

/// Reads the profile from GitHub. The public address may be hidden or unconfirmed; the list of addresses says more.
async fn github(provider: &Provider<'_>, token: &str) -> Result<Profile, String> {
    let outgoing = provider.outgoing();
    let mut raw = outgoing.object("https://api.github.com/user", Some(token)).await?;
    let emails = outgoing.get("https://api.github.com/user/emails", Some(token)).await.ok();
    let emails: Vec<Value> = emails.and_then(|body| serde_json::from_slice(&body).ok()).unwrap_or_default();
    if !json::is_truthy(raw.get("email")) {
        let best = emails.iter().find(|one| json::is_truthy(&one["primary"])).or_else(|| emails.first());
        if let Some(email) = best.map(|one| one["email"].clone()) {
            raw.set("email", email);
        }
    }
    let own = emails.iter().find(|one| one["email"] == *raw.get("email"));
    let verified = own.is_some_and(|one| is_true(&one["verified"]));
    let name = first(&raw, &["name", "login"]).unwrap_or_default();
    let (id, image) = (raw.get("id").clone(), picture(raw.find("avatar_url")));
    profile(raw, &id, Some(name), image, verified)
}

/// Reads the profile from X. It sends only confirmed addresses, and only to some apps; without one, a placeholder is used that no
/// mail reaches.
async fn twitter(provider: &Provider<'_>, token: &str) -> Result<Profile, String> {
    const ME: &str = "https://api.x.com/2/users/me?user.fields=";
    let outgoing = provider.outgoing();
    let mut raw = outgoing.object(&format!("{ME}profile_image_url"), Some(token)).await?;
    let confirmed = outgoing.object(&format!("{ME}confirmed_email"), Some(token)).await.ok();
    let confirmed = confirmed.and_then(|found| Some(found.get("data").get("confirmed_email")?.as_str()?.to_owned()));
    let confirmed = confirmed.filter(|email| !email.is_empty());
    let mut data = raw.get("data").clone();
    if let (Some(email), Some(data)) = (&confirmed, data.as_object_mut()) {
        data.insert("email".to_owned(), email.as_str().into());
    }
    let (id, name) = (data.get("id").cloned().unwrap_or_default(), data.get("name").and_then(json::text));
    let image = picture(data.get("profile_image_url"));
    let address = data.get("email").and_then(json::text).filter(|email| !email.is_empty());
    let address = address.or_else(|| mapping::placeholder(provider.entry, &id));
    raw.set("data", data);
    let profile = profile(raw, &id, name, image, confirmed.is_some())?;
    Ok(Profile { email: address, ..profile })
}

/// Reads the profile from Facebook. A token of its login for mobile apps contains everything. Otherwise the access token must be
/// for this app: a token for another app must not sign its user in here.
async fn facebook(provider: &Provider<'_>, tokens: &Tokens) -> Result<Profile, String> {
    let (outgoing, client) = (provider.outgoing(), provider.client);
    if let Some(token) = tokens.id_token.as_deref().filter(|token| id_token::is_jwt(token)) {
        let raw = claims(Some(token))?;
        let (id, name, image) = (raw.get("sub").clone(), member_text(&raw, "name"), picture(raw.find("picture")));
        return profile(raw, &id, name, image, false);
    }
    let token = access(tokens)?;
    let app = format!("{}|{}", client.client_id, client.client_secret.text());
    let params = [("input_token", token), ("access_token", app.as_str())];
    let inspection = query::appended("https://graph.facebook.com/debug_token", &params);
    let inspected = outgoing.object(&inspection, None).await?;
    let data = inspected.get("data");
    let of_ours = data["app_id"].as_str().is_some_and(|id| client.audiences().iter().any(|own| own == id));
    let user = &data["user_id"];
    if data["is_valid"] != true || !of_ours || !json::is_truthy(user) {
        return Err("the access token is not for this app".to_owned());
    }
    let more: String = client.own.fields.iter().map(|field| format!(",{field}")).collect();
    let url = format!("https://graph.facebook.com/me?fields=id,name,email,picture{more}");
    let raw = outgoing.object(&url, Some(token)).await?;
    if raw.get("id") != user {
        return Err("the access token is another user's".to_owned());
    }
    let image = picture(raw.get("picture").pointer("/data/url"));
    let (id, name) = (raw.get("id").clone(), member_text(&raw, "name"));
    let verified = is_true(raw.get("email_verified"));
    profile(raw, &id, name, image, verified)
}

/// Reads the profile from Microsoft. `oid` identifies the person for every app; `sub` differs between apps.
async fn microsoft(provider: &Provider<'_>, tokens: &Tokens) -> Result<Profile, String> {
    let mut raw = claims(tokens.id_token.as_deref())?;
    let id = raw.get("oid").clone();
    if !id.is_string() {
        return Err("the ID token has no oid".to_owned());
    }
    let size = provider.client.own.photo.unwrap_or(48);
    if let Some(token) = tokens.access_token.as_deref().filter(|_| size > 0) {
        let url = format!("https://graph.microsoft.com/v1.0/me/photos/{size}x{size}/$value");
        // Most users have no photo.
        if let Ok(photo) = provider.outgoing().get(&url, Some(token)).await {
            raw.set("picture", format!("data:image/jpeg;base64, {}", STANDARD.encode(photo)).into());
        }
    }
    let email = raw.text("email").filter(|email| !email.is_empty());
    let listed = |name: &str| match raw.get(name) {
        Value::Array(all) => all.iter().any(|one| one.as_str() == email),
        one => one.as_str() == email,
    };
    let verified = match raw.find("email_verified") {
        None => email.is_some() && (listed("verified_primary_email") || listed("verified_secondary_email")),
        Some(said) => is_true(said),
    };
    let (name, image) = (member_text(&raw, "name"), picture(raw.find("picture")));
    profile(raw, &id, name, image, verified)
}

/// Reads the profile from a provider with a discovery document: from the ID token if it says enough, otherwise from the user info,
/// which must be about the same person (OpenID Connect Core §5.3.2).
async fn discovered(
    provider: &Provider<'_>,
    tokens: &Tokens,
    nonce: Option<&str>,
    now: Timestamp,
) -> Result<Profile, String> {
    let document = provider.document.as_ref().ok_or("there is no document")?;
    let verified = match &tokens.id_token {
        Some(token) if document.keys.is_some() => {
            id_token::verify(provider, token, &NonceRequirement::Exactly(nonce), now).await?;
            Some(claims(Some(token))?)
        }
        _ => None,
    };
    let said = verified.clone().or_else(|| claims(tokens.id_token.as_deref()).ok());
    let raw = match said.and_then(standard_claims) {
        Some(raw) => raw,
        None => {
            let url = document.user_info.as_deref().ok_or("the ID token has no address, and there is no user info")?;
            standard_user_info(provider.outgoing().object(url, Some(access(tokens)?)).await?)
        }
    };
    let sub = verified.as_ref().map(|claims| claims.get("sub").clone());
    // The user info may contain as a number what the token has as text.
    if sub.as_ref().is_some_and(|sub| member_text(&raw, "sub").as_deref() != sub.as_str()) {
        return Err("the user info is about another user than the ID token".to_owned());
    }
    let own = provider.discovery().and_then(|discovery| discovery.account_subject.as_deref()).unwrap_or("id");
    let id = match document.is_oidc() {
        true => sub.unwrap_or_else(|| raw.get("sub").clone()),
        false => mapping::member(&raw, own).cloned().unwrap_or_default(),
    };
    standard(raw, &id)
}

/// Returns claims with the names that better-auth adds before them; `None` without an identifier or an address.
fn standard_claims(claims: Additional) -> Option<Additional> {
    if !["sub", "email"].iter().all(|name| json::is_truthy(claims.get(name))) {
        return None;
    }
    let mut raw = Additional::default();
    raw.set("id", claims.get("sub").clone());
    raw.set("emailVerified", is_true(claims.get("email_verified")).into());
    if let Some(image) = claims.find("picture") {
        raw.set("image", image.clone());
    }
    claims.0.into_iter().for_each(|(name, value)| raw.set(&name, value));
    Some(raw)
}

/// Returns user info with the names that better-auth adds to it.
fn standard_user_info(mut raw: Additional) -> Additional {
    raw.set("emailVerified", is_true(raw.get("email_verified")).into());
    match raw.find("picture").cloned() {
        Some(image) => raw.set("image", image),
        None => raw.0.retain(|(name, _)| name != "image"),
    }
    raw
}

/// Creates the profile from these names; an absent picture counts as not mentioned.
fn standard(raw: Additional, id: &Value) -> Result<Profile, String> {
    let (name, image) = (member_text(&raw, "name"), picture(raw.find("image")).filter(Option::is_some));
    let verified = is_true(raw.get("emailVerified"));
    profile(raw, id, name, image, verified)
}

/// Returns the profile in a verified ID token that a client gave.
///
/// # Errors
/// The reason why the token says too little.
pub async fn of_id_token(
    provider: &Provider<'_>,
    token: &str,
    access_token: Option<&str>,
    given: Option<&Map<String, Value>>,
    now: Timestamp,
) -> Result<Profile, String> {
    if matches!(provider.entry.source, Source::Discovered) {
        let raw = standard_claims(claims(Some(token))?).ok_or("the ID token has no address")?;
        let oidc = provider.document.as_ref().is_some_and(|document| document.is_oidc());
        let id = raw.get(if oidc { "sub" } else { "id" }).clone();
        return standard(raw, &id).map(|found| mapping::complete(provider, found));
    }
    let tokens = tokens::Tokens {
        id_token: Some(token.to_owned()),
        access_token: access_token.map(str::to_owned),
        ..Tokens::default()
    };
    let given = given.and_then(|given| serde_json::from_value(json!(given)).ok());
    of(provider, &tokens, given.as_ref(), None, now).await
}
