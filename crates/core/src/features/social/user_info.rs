//! Requests for user info, in the ways of providers that are known by name.

use http::{Request, header};
use serde_json::Value;

use super::{id_token::claims, mapping::member, provider::Provider, tokens::Tokens};
use crate::{json, model::Additional, rules::query};

/// Linear's query, as better-auth sends it on many lines.
const VIEWER: &str = "query { viewer { id name email avatarUrl active createdAt updatedAt } }";

/// Requests the profile at `url`, and returns the object that has it.
///
/// # Errors
/// The provider refuses, or the answer has no profile that may be trusted.
pub(super) async fn ask(provider: &Provider<'_>, url: &str, tokens: &Tokens) -> Result<Additional, String> {
    let (outgoing, entry) = (provider.outgoing(), provider.entry);
    let token = access(tokens)?;
    let json = "application/json";
    let bearer = |request: http::request::Builder| request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    let raw = match entry.id {
        "dropbox" => outgoing.ask(url, bearer(Request::post("/")), String::new()).await?,
        "linear" => {
            let query = serde_json::json!({ "query": VIEWER }).to_string();
            outgoing.ask(url, bearer(Request::post("/")).header(header::CONTENT_TYPE, json), query).await?
        }
        "notion" => {
            let request = bearer(Request::get("/")).header("notion-version", "2022-06-28");
            outgoing.ask(url, request, String::new()).await?
        }
        "vk" => {
            let form = query::encoded(&[("access_token", token), ("client_id", &provider.client.client_id)]);
            let request = Request::post("/").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            outgoing.ask(url, request, form).await?
        }
        "wechat" => {
            let open_id = tokens.open_id.as_deref().ok_or("the answer to the code had no openid")?;
            let url = query::appended(url, &[("access_token", token), ("openid", open_id), ("lang", "zh_CN")]);
            outgoing.object(&url, None).await?
        }
        _ => outgoing.object(url, Some(token)).await?,
    };
    check(entry.id, tokens, &raw)?;
    if entry.profile.root.is_empty() {
        return Ok(raw);
    }
    match member(&raw, entry.profile.root) {
        Some(Value::Object(members)) => Ok(Additional(members.clone().into_iter().collect())),
        _ => Err("the answer has no profile".to_owned()),
    }
}

/// Returns the access token.
///
/// # Errors
/// There is none.
pub(super) fn access(tokens: &Tokens) -> Result<&str, String> {
    tokens.access_token.as_deref().ok_or_else(|| "there is no access token".to_owned())
}

/// Checks that the answer is not a refusal, and is about the person of the ID token.
fn check(provider: &str, tokens: &Tokens, raw: &Additional) -> Result<(), String> {
    let (is, text) = (|name: &str| json::is_truthy(raw.get(name)), |name: &str| raw.text(name).unwrap_or_default());
    let fault = match provider {
        "gitlab" if text("state") != "active" || is("locked") => "the account is not active",
        "cloudflare" if !is("success") => "the answer is a refusal",
        "naver" if text("resultcode") != "00" => "the answer is a refusal",
        "wechat" if is("errcode") => "the answer is a refusal",
        "vk" if !raw.get("user")["email"].as_str().is_some_and(|email| !email.is_empty()) => "the user has no address",
        "paypal" => match &tokens.id_token {
            Some(token) => {
                let told = claims(Some(token))?;
                let about = raw.find("sub").filter(|sub| !sub.is_null()).unwrap_or_else(|| raw.get("user_id"));
                if is_one(told.get("sub"), about) {
                    return Ok(());
                }
                "the user info is about another user than the ID token"
            }
            None => return Ok(()),
        },
        _ => return Ok(()),
    };
    Err(fault.to_owned())
}

fn is_one(subject: &Value, about: &Value) -> bool {
    json::is_truthy(subject) && subject == about
}
