//! The properties in which the flows of providers differ (spec jwt-oauth-schema §4.11); `table.rs` and `table_more.rs` have a row for
//! each provider.

/// The properties of one provider's flow.
pub struct Entry {
    /// The provider's name in paths, rows and configuration.
    pub id: &'static str,
    /// The authorization endpoint.
    pub(super) authorize: &'static str,
    /// The token endpoint.
    pub(super) token: &'static str,
    /// The default scopes.
    pub(super) scopes: &'static [&'static str],
    /// Whether the request's scopes come before the configured ones.
    pub(super) request_scopes_first: bool,
    /// Whether codes are bound to a verifier (RFC 7636).
    pub(super) pkce: bool,
    /// Whether the client secret is sent in a header instead of the body.
    pub(super) basic: bool,
    /// The default of `prompt`; `None` if it is never sent.
    pub(super) prompt: Option<&'static str>,
    /// Whether `login_hint` is sent.
    pub(super) login_hint: bool,
    /// `response_type` and `response_mode`, if they are not the usual ones.
    pub(super) response: Option<(&'static str, &'static str)>,
    /// Parameters of the authorization page that no request replaces.
    pub(super) params: &'static [(&'static str, &'static str)],
    /// The name of the client's identifier, if the provider calls it otherwise. The parameters of its authorization page then have an
    /// order of their own, and commas separate scopes.
    pub(super) client_param: Option<&'static str>,
    /// The value of `{server}` in URLs, unless it is configured.
    pub(super) server: &'static str,
    /// The source of the profile.
    pub(super) source: Source,
    /// The members of the profile.
    pub(super) profile: Mapping,
    /// Whether users without an address get a placeholder, to which no mail leads.
    pub(super) placeholder: bool,
    /// The verification of ID tokens that a client gives.
    pub(super) id_token: Option<IdToken>,
}

/// The source of a provider's profiles.
pub(super) enum Source {
    /// The ID token, which came from the provider over TLS.
    IdToken,
    /// The endpoint for user info, with the access token.
    UserInfo(&'static str),
    /// The ID token if there is one, otherwise the endpoint for user info.
    IdTokenOr(&'static str),
    /// Several endpoints, in the provider's own way.
    Several,
    /// The endpoints that the discovery document names.
    Discovered,
}

/// The verification of a provider's ID tokens.
pub(super) struct IdToken {
    /// The accepted issuers; `{tid}` is the token's own tenant, `{pool}` Cognito's pool of users.
    pub(super) issuers: &'static [&'static str],
    /// The URL of the keys; of LINE, the endpoint that verifies a token.
    pub(super) keys: &'static str,
    /// The number of seconds after which a token is too old, regardless of its expiry.
    pub(super) max_age: Option<i64>,
    /// Whether the nonce may be the hash of the given one.
    pub(super) hashed_nonce: bool,
}

/// The members of a profile from which a user is made. A path leads into objects and lists by dots; several members that a space
/// separates are joined by one.
pub(super) struct Mapping {
    /// The object with the profile; the whole answer if it is empty.
    pub(super) root: &'static str,
    /// The identifier: the first of these that is not empty.
    pub(super) id: &'static [&'static str],
    /// The name: one member, or the first of several that is not empty. The last path is empty if the name may be empty.
    pub(super) name: &'static [&'static str],
    /// The picture: the first of these that is not empty.
    pub(super) image: &'static [&'static str],
    /// The address.
    pub(super) email: &'static str,
    /// The address is confirmed if all of these are true; never if there are none.
    pub(super) verified: &'static [&'static str],
}

/// The claims of OpenID Connect.
pub(super) const CLAIMS: Mapping = Mapping {
    root: "",
    id: &["sub"],
    name: &["name"],
    image: &["picture"],
    email: "email",
    verified: &["email_verified"],
};

/// The members of a profile that does not confirm the address.
pub(super) const UNCONFIRMED: Mapping = Mapping { verified: &[], ..CLAIMS };

/// The properties of most providers.
pub(super) const USUAL: Entry = Entry {
    id: "",
    authorize: "",
    token: "",
    scopes: &[],
    request_scopes_first: false,
    pkce: false,
    basic: false,
    prompt: None,
    login_hint: false,
    response: None,
    params: &[],
    client_param: None,
    server: "",
    source: Source::IdToken,
    profile: CLAIMS,
    placeholder: false,
    id_token: None,
};

/// The entry of providers with a discovery document.
pub(super) static DISCOVERED: Entry =
    Entry { request_scopes_first: true, prompt: Some(""), login_hint: true, source: Source::Discovered, ..USUAL };
