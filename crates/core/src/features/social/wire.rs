//! The bodies and answers of the endpoints for providers (spec jwt-oauth-schema §§4.1, 4.4, 4.7, 4.8).

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    config::RESERVED_PARAMS,
    model::{self, Additional},
    wire::{Fields, Input, Kind, Raw},
};

/// The body of `POST /sign-in/social` and `POST /link-social`.
pub struct Social {
    /// The provider's name.
    pub provider: String,
    /// The callback URL after success.
    pub callback_url: Option<String>,
    /// The callback URL for new users.
    pub new_user_callback_url: Option<String>,
    /// The URL for errors.
    pub error_callback_url: Option<String>,
    /// Whether the client navigates to the provider itself.
    pub disable_redirect: bool,
    /// An ID token instead of a flow.
    pub id_token: Option<GivenIdToken>,
    /// The scopes requested in addition to the defaults.
    pub scopes: Vec<String>,
    /// Whether the client allows a new user to be created.
    pub request_sign_up: Option<bool>,
    /// The user who probably signs in.
    pub login_hint: Option<String>,
    /// Additional parameters of the provider's URL.
    pub additional_params: Vec<(String, String)>,
    /// Data that the flow carries for the client.
    pub additional_data: Map<String, Value>,
}

/// An ID token that a client obtained from the provider itself.
pub struct GivenIdToken {
    /// The token.
    pub token: String,
    /// The nonce that the token is bound to.
    pub nonce: Option<String>,
    /// The access token issued with it.
    pub access_token: Option<String>,
    /// The refresh token issued with it.
    pub refresh_token: Option<String>,
    /// The profile that Apple sends to the browser once.
    pub user: Option<Map<String, Value>>,
}

impl Input for Social {
    fn read(raw: &Raw) -> Result<Self, Vec<String>> {
        let mut fields = Fields::of(raw, &["object"]);
        let callback_url = fields.optional_text("callbackURL");
        let new_user_callback_url = fields.optional_text("newUserCallbackURL");
        let error_callback_url = fields.optional_text("errorCallbackURL");
        fields.ask("provider", Kind::Text, true);
        let provider = match raw.body.as_ref().and_then(|body| body.get("provider")) {
            Some(Value::String(provider)) => provider.clone(),
            _ => {
                if raw.body.as_ref().is_some_and(Value::is_object) {
                    fields.wrong("provider", "Invalid input");
                }
                String::new()
            }
        };
        let disable_redirect = fields.optional_boolean("disableRedirect") == Some(true);
        let id_token = fields.optional_object("idToken", given_id_token);
        let scopes = fields.optional_texts("scopes").unwrap_or_default();
        let request_sign_up = fields.optional_boolean("requestSignUp");
        let login_hint = fields.optional_text("loginHint");
        let params = fields.optional_record("additionalParams", true).unwrap_or_default();
        if params.keys().any(|name| RESERVED_PARAMS.contains(&name.as_str())) {
            let names = RESERVED_PARAMS.join(", ");
            let text = format!("additionalParams cannot include reserved OAuth parameters: {names}");
            fields.wrong("additionalParams", &text);
        }
        let text = |(name, value): (String, Value)| Some((name, value.as_str()?.to_owned()));
        let additional_params = params.into_iter().filter_map(text).collect();
        let additional_data = fields.optional_record("additionalData", false).unwrap_or_default();
        fields.finish(Self {
            provider,
            callback_url,
            new_user_callback_url,
            error_callback_url,
            disable_redirect,
            id_token,
            scopes,
            request_sign_up,
            login_hint,
            additional_params,
            additional_data,
        })
    }
}

fn given_id_token(fields: &mut Fields<'_>) -> GivenIdToken {
    let read = GivenIdToken {
        token: fields.text("token"),
        nonce: fields.optional_text("nonce"),
        access_token: fields.optional_text("accessToken"),
        refresh_token: fields.optional_text("refreshToken"),
        user: None,
    };
    fields.optional_number("expiresAt");
    let user = fields.optional_object("user", |user| {
        user.optional_object("name", |name| {
            name.optional_text("firstName");
            name.optional_text("lastName");
        });
        user.optional_text("email");
        user.record()
    });
    GivenIdToken { user, ..read }
}

/// A provider's answer at `/callback/:id`: in the query, or in a form that is redirected to one.
pub struct Callback {
    /// The provider, from the path.
    pub provider: String,
    /// The known members, in order.
    pub members: Vec<(&'static str, String)>,
    /// The answer that the production deployment hands over to a preview, encrypted.
    pub handed_over: Option<String>,
}

/// The query parameter in which the production deployment hands an answer over to a preview.
pub const HAND_OVER: &str = "handover";

/// The known members of an answer.
const CALLBACK: [&str; 7] = ["code", "error", "device_id", "error_description", "state", "user", "iss"];

impl Callback {
    /// Creates an answer from one that was handed over, without unknown members.
    pub fn of(provider: String, members: Vec<(String, String)>) -> Self {
        let known = |name: &str| CALLBACK.into_iter().find(|known| *known == name);
        let members = members.into_iter().filter_map(|(name, value)| Some((known(&name)?, value))).collect();
        Self { provider, members, handed_over: None }
    }

    /// Returns a member that is not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.members.iter().find(|(found, _)| *found == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }
}

impl Input for Callback {
    fn read(raw: &Raw) -> Result<Self, Vec<String>> {
        let mut query = Fields::of_query(raw);
        let in_query = CALLBACK.map(|name| query.optional_text(name));
        let mut all = in_query;
        if raw.body.is_some() {
            let mut body = Fields::of(raw, &["object"]);
            let in_body = CALLBACK.map(|name| body.optional_text(name));
            for (place, value) in all.iter_mut().zip(in_body) {
                *place = place.take().or(value);
            }
            query = body.then(query);
        }
        let members = CALLBACK.into_iter().zip(all).filter_map(|(name, value)| Some((name, value?))).collect();
        let handed_over = raw.first(HAND_OVER).map(str::to_owned);
        query.finish(Self { provider: raw.parameter.clone(), members, handed_over })
    }
}

/// Selects the account whose token is requested: by its row, or the one in the cookie.
pub enum AccountSelection {
    /// The identifier of the row.
    Row(String),
    /// The account in the cookie.
    Cookie,
}

impl AccountSelection {
    /// Reads exactly one of two strict objects. `userId` is for calls without a request, which do not exist here.
    fn of(mut fields: Fields<'_>, object: Option<&Map<String, Value>>, place: &str) -> Result<Self, Vec<String>> {
        let wrong = |text: String| Err(vec![format!("[{place}] {text}")]);
        fields.ask("accountId", Kind::Text, false);
        fields.ask("useAccountCookie", Kind::Boolean, false);
        fields.ask("userId", Kind::Text, false);
        let Some(object) = object else { return wrong("Invalid input".to_owned()) };
        let user = object.get("userId").is_none_or(Value::is_string);
        let row = object.get("accountId").and_then(Value::as_str).filter(|_| user);
        let cookie = user && object.get("useAccountCookie") == Some(&Value::Bool(true));
        let selected = match (row, cookie) {
            (Some(row), false) => Self::Row(row.to_owned()),
            (None, true) => Self::Cookie,
            _ => return wrong("Invalid input".to_owned()),
        };
        let own = if cookie { "useAccountCookie" } else { "accountId" };
        let unknown: Vec<String> = fields.names().into_iter().filter(|name| name != own && name != "userId").collect();
        if unknown.is_empty() {
            fields.optional_text("userId");
            return fields.finish(selected);
        }
        let names = unknown.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
        wrong(format!("Unrecognized key{}: {names}", if unknown.len() == 1 { "" } else { "s" }))
    }
}

impl Input for AccountSelection {
    fn read(raw: &Raw) -> Result<Self, Vec<String>> {
        let object = raw.body.as_ref().and_then(Value::as_object);
        Self::of(Fields::of(raw, &[]), object, "body")
    }
}

/// An [`AccountSelection`] from a query.
pub struct QueriedSelection(pub AccountSelection);

impl Input for QueriedSelection {
    fn read(raw: &Raw) -> Result<Self, Vec<String>> {
        let fields = Fields::of_query(raw);
        let object = fields.record();
        AccountSelection::of(fields, Some(&object), "query").map(Self)
    }
}

/// The answer that sends the browser to a provider.
#[derive(Serialize)]
pub struct SentToProvider<'a> {
    /// The URL of the provider's page.
    pub url: &'a str,
    /// Whether the client is to navigate to the URL.
    pub redirect: bool,
}

/// The answer of `POST /link-social` with an ID token.
#[derive(Serialize)]
pub struct Linked {
    /// Always empty.
    pub url: &'static str,
    /// Always true.
    pub status: bool,
    /// Always false.
    pub redirect: bool,
}

/// The answer of `POST /sign-in/social` with an ID token.
#[derive(Serialize)]
pub struct SignedInSocially<'a> {
    /// Always false.
    pub redirect: bool,
    /// The session's token.
    pub token: &'a str,
    /// The user who signed in.
    pub user: &'a model::User,
}

/// The answer of `POST /get-access-token`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessToken<'a> {
    /// The access token, which is valid now.
    pub access_token: &'a str,
    /// Its expiry.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "model::iso_or_null")]
    pub access_token_expires_at: Option<Timestamp>,
    /// The granted scopes.
    pub scopes: Vec<&'a str>,
    /// The ID token, which identifies the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<&'a str>,
}

/// The answer of `POST /refresh-token`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RefreshedToken<'a> {
    /// The new access token.
    pub access_token: Option<&'a str>,
    /// The new refresh token, or the old one if there is no new one.
    pub refresh_token: &'a str,
    /// The expiry of the access token.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "model::iso_or_null")]
    pub access_token_expires_at: Option<Timestamp>,
    /// The expiry of the refresh token.
    #[serde(serialize_with = "model::iso_or_null")]
    pub refresh_token_expires_at: Option<Timestamp>,
    /// The granted scopes, as they are stored.
    pub scope: Option<&'a str>,
    /// The ID token, which identifies the user.
    pub id_token: Option<&'a str>,
    /// The name of the provider.
    pub provider_id: &'a str,
    /// The identifier of the account's row.
    pub account_id: &'a str,
}

/// The answer of `GET /account-info`.
#[derive(Serialize)]
pub struct AccountInfo<'a> {
    /// The profile, with the names of the user's columns.
    pub user: ProviderUser<'a>,
    /// Everything that the provider returned.
    pub data: &'a Additional,
    /// The account.
    pub account: AccountKey<'a>,
}

/// The user of [`AccountInfo`].
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProviderUser<'a> {
    /// The person's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// The address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<&'a str>,
    /// The URL of a picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<Option<&'a str>>,
    /// Whether the provider has confirmed the address.
    pub email_verified: bool,
}

/// The account of [`AccountInfo`].
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountKey<'a> {
    /// The identifier of the row.
    pub id: &'a str,
    /// The name of the provider.
    pub provider_id: &'a str,
    /// The provider's identifier of the user.
    pub account_id: &'a str,
}
