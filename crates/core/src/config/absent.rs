//! Options of better-auth without a key in `gatepost.toml`, and the answer to each: a configuration that names one
//! is refused with this message. Those of features are in their declarations. docs/switching.md explains each at length; `tests/configuration/options.rs` compares both with better-auth's types.

use crate::{declarations, options::plain};

/// Paths as the file would have them, with `*` for any one name, and the answer to each option.
const ABSENT: &[(&str, &str)] = &[
    ("account.skip_state_cookie_check", "a flow ends in the browser that began it"),
    ("advanced.background_tasks", "mails leave after the answer by themselves"),
    (
        "advanced.cross_sub_domain_cookies.additional_cookies",
        "name the domain of a single cookie in `advanced.cookies`",
    ),
    ("advanced.database.default_find_many_limit", "lists are whole"),
    ("advanced.database.generate_id", "a function cannot be configured; write the form of its identifiers"),
    ("advanced.database.joins", "a session and its user are one statement already"),
    ("advanced.database.validate_schema", "run `gatepost migrate --plan`"),
    ("account.account_linking.trusted_providers", "a function cannot be configured; list the providers"),
    ("base_url", "one deployment has one address; `allowedHosts` has no place here"),
    ("database.casing", "name tables and columns in `[schema]`"),
    ("database.db", "the database is the variable DATABASE_URL"),
    ("database.debug_logs", "traces show statements"),
    ("database.dialect", "the database is PostgreSQL, at the variable DATABASE_URL"),
    ("database.transaction", "what belongs together is written together"),
    ("database.type", "the database is PostgreSQL"),
    ("database_hooks", "write a hook, `[hooks.<name>]`"),
    ("email_and_password.custom_synthetic_user", "the answer has the columns of `[user.additional_fields]`"),
    ("email_and_password.on_existing_user_sign_up", "write a hook with `after = \"sign_up.taken\"`"),
    ("email_and_password.on_password_reset", "write a hook with `after = \"password.reset\"`"),
    (
        "email_and_password.password",
        "only better-auth's own hashes are made; `email_and_password.accept_hashes` names those of other systems that are read",
    ),
    ("email_verification.after_email_verification", "write a hook with `after = \"email.verify\"`"),
    ("email_verification.before_email_verification", "no code is called"),
    ("experimental", "traces go where OTEL_EXPORTER_OTLP_ENDPOINT says"),
    ("generic_oauth", "each of its `config` is a section `[social.<providerId>]`"),
    ("jwks.key_pair_configs", "they are for resources of better-auth's OAuth provider, which is not here"),
    ("jwt.adapter", "keys are in the table `jwks`; `jwks.remote_url` is for those of another place"),
    (
        "jwt.define_payload",
        "a function cannot be configured; `jwt.payload` lists the user's fields, and a hook with `before = \"token.create\"` adds claims",
    ),
    ("jwt.disable_setting_jwt_header", "write `jwks.disable_setting_jwt_header`"),
    ("jwt.get_subject", "a function cannot be configured; `jwt.subject` names the user's field"),
    ("jwt.jwks", "write `[jwks]`"),
    ("jwt.schema", "write `[schema.jwks]`"),
    ("jwt.sign", "tokens are signed with the keys of the table `jwks`"),
    ("logger", "the log has one line for each request"),
    ("on_api_error.customize_default_error_page", "set `on_api_error.error_url` to a page of your own"),
    ("on_api_error.on_error", "no code is called; the log has the cause"),
    ("on_api_error.throw", "every failure has an answer"),
    ("open_api.disable_default_reference", "no reference page is served"),
    ("open_api.nonce", "no reference page is served"),
    ("open_api.path", "no reference page is served: give `/open-api/generate-schema` to a viewer"),
    ("open_api.theme", "no reference page is served"),
    (
        "plugins",
        "`[jwt]`, `[jwks]`, `[bearer]`, `[open_api]`, `[username]`, `[last_login_method]`, `[admin]`, `[two_factor]`, `[captcha]`, \
         `[have_i_been_pwned]`, `[multi_session]`, `[organization]`, `[api_key]`, `[passkey]`, `[magic_link]`, `[email_otp]`, `[phone_number]`, `[one_tap]`, `[one_time_token]`, `[anonymous]`, `[custom_session]` and `[social.<name>]` are what there is of plugins",
    ),
    ("previews.current_url", "a deployment's own URL is the variable BETTER_AUTH_URL, or what the platform says"),
    ("previews.max_age", "an answer of production is valid for a minute"),
    ("previews.secret", "the key is the variable GATEPOST_PREVIEW_KEY"),
    ("rate_limit.custom_storage", "`rate_limit.storage` names the places for counts"),
    ("secondary_storage.client", "the store is the variable REDIS_URL"),
    ("secret", "it is the variable BETTER_AUTH_SECRET"),
    ("secrets", "they are the variable BETTER_AUTH_SECRETS"),
    ("session.cookie_cache.version", "a function cannot be configured; write a text"),
    (
        "social.*.account_subject",
        "a function cannot be configured; write the path of the member, like \"user_id\", for a provider without ID tokens",
    ),
    (
        "social.*.allow_idp_initiated",
        "a flow begins here: let the provider link to a page of yours that calls `signIn.social`",
    ),
    ("social.*.client_assertion", "a function cannot be configured; use a client secret"),
    ("social.*.client_id", "it is the variable <NAME>_CLIENT_ID; further ones are `more_client_ids`"),
    ("social.*.client_key", "it is for TikTok, whose variable is TIKTOK_CLIENT_ID"),
    ("social.*.client_secret", "it is the variable <NAME>_CLIENT_SECRET"),
    ("social.*.disable_provider_logout", "signing out never goes to the provider"),
    ("social.*.end_session_endpoint", "signing out never goes to the provider"),
    ("social.*.get_token", "a function cannot be configured; a code is exchanged at `token_url`"),
    ("social.*.get_user_info", "a function cannot be configured; better-auth's own way is taken"),
    (
        "social.*.map_profile_to_user",
        "a function cannot be configured; `[social.<name>.profile]` names members of the profile",
    ),
    ("social.*.name", "it is shown nowhere"),
    ("social.*.override_user_info", "write `override_user_info_on_sign_in`"),
    ("social.*.platform_type", "WeChat has this one alone"),
    ("social.*.post_logout_redirect_uri", "signing out never goes to the provider"),
    ("social.*.provider_id", "it is the name of the section"),
    ("social.*.refresh_access_token", "a function cannot be configured; better-auth's own way is taken"),
    ("social.*.refresh_token_params", "a function cannot be configured; write a table"),
    ("social.*.request_shipping_address", "better-auth does not read it; name the scope of the address at PayPal"),
    ("social.*.require_client_secret", "the secret is required unless you write `token_endpoint_auth = \"none\"`"),
    ("social.*.response_mode", "better-auth reads it from no provider that is known by name"),
    ("social.*.scopes", "write `scope`"),
    ("social.*.token_endpoint_auth_method", "write `token_endpoint_auth`"),
    ("social.*.token_endpoint_auth", "functions cannot be configured, and this provider wants its secret"),
    ("social.*.verify_id_token", "a function cannot be configured; better-auth's own way is taken"),
    ("social_providers", "each provider is a section `[social.<name>]`"),
    ("telemetry", "gatepost sends no telemetry; remove the option"),
    ("trusted_origins", "a function cannot be configured; list the origins"),
    ("user.delete_user.after_delete", "write a hook with `after = \"user.delete\"`"),
    ("user.delete_user.before_delete", "write a hook with `before = \"user.delete\"`"),
    ("user.validate_user_info", "write a hook with `before = \"user.create\"`"),
    ("verification.additional_fields", "nothing writes them; columns that take nulls or have a default may stay"),
    ("verification.store_identifier", "identifiers of every kind are stored alike"),
    ("*.additional_fields.*.on_update", "a function cannot be configured; a trigger in the database can do it"),
    ("*.additional_fields.*.references", "add the foreign key by SQL; `gatepost migrate` leaves it as it is"),
    ("*.additional_fields.*.sortable", "every column can be sorted"),
    ("*.additional_fields.*.transform", "a function cannot be configured; a trigger in the database can do it"),
    (
        "*.additional_fields.*.validator",
        "a function cannot be configured; a constraint in the database refuses a value with 422",
    ),
    ("*.fields", "write `[schema.<table>] fields`"),
    ("*.model_name", "write `[schema.<table>] model_name`"),
];

/// Returns the answer to an option of better-auth at `path`. Upper and lower case count as equal.
pub fn told(path: &str) -> Option<String> {
    let fits = |pattern: &str| {
        let (mut names, mut written) = (pattern.split('.'), path.split('.'));
        loop {
            match (names.next(), written.next()) {
                (None, None) => return true,
                (Some(name), Some(one)) if name == "*" || plain(name) == plain(one) => {}
                _ => return false,
            }
        }
    };
    let of_core = ABSENT.iter().find(|(pattern, _)| fits(pattern)).map(|(_, becomes)| *becomes);
    let becomes =
        of_core.or_else(|| declarations::absent().find(|(path, _)| fits(path)).map(|(_, becomes)| becomes))?;
    Some(format!("{becomes} (docs/switching.md)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_of_better_auth_is_found_in_either_case_and_by_its_whole_path() {
        for path in ["social.acme.get_user_info", "social.acme.getUserInfo", "user.additional_fields.plan.validator"] {
            assert!(told(path).is_some_and(|text| text.ends_with("(docs/switching.md)")), "{path}");
        }
        for path in
            ["social.acme", "social.acme.get_user_info.more", "get_user_info", "user.additional_fields.validator"]
        {
            assert_eq!(told(path), None, "{path}");
        }
    }
}
