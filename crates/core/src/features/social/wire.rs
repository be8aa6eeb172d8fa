//! The bodies and answers of the endpoints for providers (spec jwt-oauth-schema §§4.1, 4.4, 4.7, 4.8).

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    config::RESERVED_PARAMS,
    declaration::{Member, Shape},
    model::{self, Additional},
    wire::{
        EndpointReads, Fields, Input, RawInput, body, is_true, member, members, object, optional, optional_boolean,
        optional_number, optional_text, record, text, texts,
    },
};

body! {
    /// `POST /sign-in/social` and `POST /link-social`.
    pub struct Social {
        /// The callback URL.
        pub callback_url: Option<String> = optional_text("callbackURL"),
        /// The callback URL for new users.
        pub new_user_callback_url: Option<String> = optional_text("newUserCallbackURL"),
        /// The callback URL after an error.
        pub error_callback_url: Option<String> = optional_text("errorCallbackURL"),
        /// The provider's name.
        pub provider: String = member("provider", Shape::Text, provider),
        /// Whether the client goes to the provider by itself.
        pub disable_redirect: bool = is_true("disableRedirect"),
        /// An ID token, instead of a flow.
        pub id_token: Option<GivenIdToken> = object::<GivenIdToken>("idToken"),
        /// The scopes to request besides the usual ones.
        pub scopes: Vec<String> = texts("scopes"),
        /// Whether new users are to be made.
        pub request_sign_up: Option<bool> = optional_boolean("requestSignUp"),
        /// The `login_hint` in the provider's URL.
        pub login_hint: Option<String> = optional_text("loginHint"),
        /// More parameters of the provider's URL.
        pub additional_params: Vec<(String, String)> =
            optional("additionalParams", Shape::MapOf(&Shape::Text), additional_params),
        /// The client's own data, which the flow carries.
        pub additional_data: Map<String, Value> = record("additionalData"),
    }
}

members! {
    /// An ID token that a client got from the provider by itself.
    pub struct GivenIdToken {
        /// The token.
        pub token: String = text("token"),
        /// The nonce that the token must contain.
        pub nonce: Option<String> = optional_text("nonce"),
        /// The access token beside it.
        pub access_token: Option<String> = optional_text("accessToken"),
        /// The refresh token beside it.
        pub refresh_token: Option<String> = optional_text("refreshToken"),
        _expires_at: Option<f64> = optional_number("expiresAt"),
        /// The name and address that Apple sends to the browser, once.
        pub user: Option<Map<String, Value>> = optional("user", Shape::Object(GivenUser::MEMBERS), |fields, name| {
            fields.optional_object(name, |user| {
                GivenUser::read(user);
                user.record()
            })
        }),
    }
}

members! {
    struct GivenUser {
        _name: Option<GivenName> = object::<GivenName>("name"),
        _email: Option<String> = optional_text("email"),
    }
}

members! {
    struct GivenName {
        _first: Option<String> = optional_text("firstName"),
        _last: Option<String> = optional_text("lastName"),
    }
}

fn provider(fields: &mut Fields<'_>, name: &'static str) -> String {
    if let Some(Value::String(provider)) = fields.value(name) {
        return provider.clone();
    }
    if fields.is_object() {
        fields.wrong(name, "Invalid input");
    }
    String::new()
}

fn additional_params(fields: &mut Fields<'_>, name: &'static str) -> Vec<(String, String)> {
    let params = fields.optional_record(name, true).unwrap_or_default();
    if params.keys().any(|name| RESERVED_PARAMS.contains(&name.as_str())) {
        let names = RESERVED_PARAMS.join(", ");
        fields.wrong(name, &format!("additionalParams cannot include reserved OAuth parameters: {names}"));
    }
    params.into_iter().filter_map(|(name, value)| Some((name, value.as_str()?.to_owned()))).collect()
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

/// The members that are read of an answer.
const ANSWER: [Member; 7] = [
    in_answer("code"),
    in_answer("error"),
    in_answer("device_id"),
    in_answer("error_description"),
    in_answer("state"),
    in_answer("user"),
    in_answer("iss"),
];

/// Those of the query.
const QUERY: [Member; 8] = {
    let [code, error, device, description, state, user, iss] = ANSWER;
    [code, error, device, description, state, user, iss, in_answer(HAND_OVER)]
};

const fn in_answer(name: &'static str) -> Member {
    Member::of(name, Shape::Text).optional()
}

impl Callback {
    /// Creates an answer from one that was handed over, without unknown members.
    pub fn of(provider: String, members: Vec<(String, String)>) -> Self {
        let known = |name: &str| ANSWER.iter().map(|member| member.name).find(|known| *known == name);
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
    const READS: EndpointReads = EndpointReads::of(Shape::Object(&ANSWER)).optional().and_query(&QUERY);

    fn read(raw: &RawInput) -> Result<Self, Vec<String>> {
        let mut query = Fields::of_query(raw);
        let in_query = ANSWER.map(|member| query.optional_text(member.name));
        let mut all = in_query;
        if raw.body.is_some() {
            let mut body = Fields::of(raw, &["object"]);
            let in_body = ANSWER.map(|member| body.optional_text(member.name));
            for (place, value) in all.iter_mut().zip(in_body) {
                *place = place.take().or(value);
            }
            query = body.then(query);
        }
        let members = ANSWER.into_iter().zip(all).filter_map(|(member, value)| Some((member.name, value?))).collect();
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

const ROW: Member = Member::of("accountId", Shape::Text);
const USER: Member = Member::of("userId", Shape::Text).optional();

impl Input for AccountSelection {
    const READS: EndpointReads = EndpointReads::of(Shape::AnyOf(&[
        Shape::Object(&[ROW, USER]),
        Shape::Object(&[Member::of("useAccountCookie", Shape::True), USER]),
    ]));

    fn read(raw: &RawInput) -> Result<Self, Vec<String>> {
        let object = raw.body.as_ref().and_then(Value::as_object);
        Self::of(Fields::of(raw, &[]), object, "body")
    }
}

/// An [`AccountSelection`] from a query.
pub struct QueriedSelection(pub AccountSelection);

impl Input for QueriedSelection {
    const READS: EndpointReads = EndpointReads::NOTHING.and_query(&[
        ROW.optional(),
        Member::of("useAccountCookie", Shape::Boolean).optional(),
        USER,
    ]);

    fn read(raw: &RawInput) -> Result<Self, Vec<String>> {
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
pub struct LinkAnswer {
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

body! {
    /// `POST /one-tap/callback`.
    pub struct OneTap {
        /// The ID token.
        pub id_token: String = text("idToken"),
        /// The URL to which the page goes next.
        pub callback_url: Option<String> = optional_text("callbackURL"),
    }
}

/// The answer of `POST /one-tap/callback`.
#[derive(Serialize)]
pub struct SignedInByOneTap<'a> {
    /// The token of the session.
    pub token: &'a str,
    /// The user.
    pub user: &'a model::User,
}
