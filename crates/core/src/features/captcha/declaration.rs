//! Options, variable, codes and reasons of captchas (spec sign-in-plugins §10).

use url::Url;

use crate::{
    code::codes,
    declaration::{Declaration, Documentation, Readers, Resource, Variable, VariablePlace},
    options::{Section, fraction, optional_choice, optional_texts, optional_url, options, switch, text, texts},
    problem::Problems,
    reason::reasons,
};

/// The header in which a page sends the response of the captcha's widget.
pub const HEADER: &str = "x-captcha-response";
/// The variable that has the secret key.
pub const SECRET_KEY: &str = "CAPTCHA_SECRET_KEY";
/// The endpoints that are guarded where the configuration lists none.
const ENDPOINTS: [&str; 3] = ["/sign-up/email", "/sign-in/email", "/request-password-reset"];

/// The feature.
pub const DECLARATION: Declaration = Declaration {
    variables: &[Variable {
        name: SECRET_KEY,
        aliases: &[],
        about: "the secret key that the provider in `captcha.provider` shows beside the site key",
        needed: "`[captcha]`",
        readers: Readers::Every,
        sensitive: true,
        set: VariablePlace::Deployments,
    }],
    request_headers: &[HEADER],
    absent: &[
        ("check_bot_id", "a function cannot be configured; choose another provider"),
        (
            "provider",
            "`vercel-botid` is a function of a JavaScript package, which cannot be configured; choose another provider",
        ),
        ("secret_key", "it is the variable CAPTCHA_SECRET_KEY"),
        ("validate_request", "a function cannot be configured; choose another provider"),
    ],
    ..Declaration::of("captcha")
};

/// The documentation of the feature.
pub const DOCUMENTATION: Documentation = Documentation { reasons: REASONS, codes: CODES };

options! {
    /// Requests to some endpoints must solve a captcha: better-auth's plugin `captcha`. The page sends the response of the
    /// provider's widget in the header `x-captcha-response`, and gatepost asks the provider about it before it reads the
    /// body. The secret key is the variable `CAPTCHA_SECRET_KEY`.
    pub struct Captcha {
        /// The endpoints are guarded.
        enabled: bool = switch("enabled", false).needs(Resource::Variable(SECRET_KEY)),
        /// The provider: `"cloudflare-turnstile"`, `"google-recaptcha"`, `"hcaptcha"` or `"captchafox"`. Required.
        provider: Option<Provider> = optional_choice("provider", "–", PROVIDERS),
        /// The guarded paths below the base path, with any method. In a path with `*`, `*` stands for any characters within one
        /// segment, `?` for one of them, and `**` for any segments. If you have other ways to sign in, list them too:
        /// `/sign-in/username` is not in the default, as in better-auth.
        endpoints: Option<Vec<String>> = optional_texts(
            "endpoints",
            "`[\"/sign-up/email\", \"/sign-in/email\", \"/request-password-reset\"]`",
        ),
        /// A URL instead of the provider's own, for a proxy of yours or a test. It receives the secret key.
        site_verify_url: Option<Url> = optional_url("site_verify_url_override", "the provider's own"),
        /// Turnstile and reCAPTCHA: the response must be for this action.
        expected_action: String = text("expected_action", ""),
        /// Turnstile and reCAPTCHA: the response must be for one of these host names. With `[]` it may be for any.
        allowed_hostnames: Vec<String> = texts("allowed_hostnames"),
        /// reCAPTCHA v3: the lowest score that is accepted. The responses of v2 have no score and are accepted without one.
        min_score: f64 = fraction("min_score", 0.5, "`0.5`"),
        /// hCaptcha and CaptchaFox: the response must be for this site key.
        site_key: String = text("site_key", ""),
    }
    check: contradictions
}

impl Captcha {
    /// The patterns of the paths that are guarded.
    pub fn patterns(&self) -> Vec<&str> {
        match self.endpoints.as_deref() {
            None | Some([]) => ENDPOINTS.to_vec(),
            Some(listed) => listed.iter().map(String::as_str).collect(),
        }
    }
}

/// A service that tells people and programs apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// Cloudflare Turnstile.
    Turnstile,
    /// Google reCAPTCHA, v2 or v3.
    Recaptcha,
    /// hCaptcha.
    Hcaptcha,
    /// CaptchaFox.
    CaptchaFox,
}

const PROVIDERS: &[(&str, Provider)] = &[
    ("cloudflare-turnstile", Provider::Turnstile),
    ("google-recaptcha", Provider::Recaptcha),
    ("hcaptcha", Provider::Hcaptcha),
    ("captchafox", Provider::CaptchaFox),
];

impl Provider {
    /// The provider's endpoint that checks a response.
    pub fn url(self) -> &'static str {
        match self {
            Self::Turnstile => "https://challenges.cloudflare.com/turnstile/v0/siteverify",
            Self::Recaptcha => "https://www.google.com/recaptcha/api/siteverify",
            Self::Hcaptcha => "https://api.hcaptcha.com/siteverify",
            Self::CaptchaFox => "https://api.captchafox.com/siteverify",
        }
    }

    /// Whether its answers name the action and the host name.
    pub fn names_action_and_host(self) -> bool {
        matches!(self, Self::Turnstile | Self::Recaptcha)
    }

    /// Whether it compares the site key.
    pub fn takes_site_key(self) -> bool {
        matches!(self, Self::Hcaptcha | Self::CaptchaFox)
    }
}

/// An option that the provider ignores and an endpoint that guards nothing would look as if they protected.
fn contradictions(read: &Captcha, section: &Section<'_>, problems: &mut Problems) {
    let Some(provider) = read.provider else {
        if read.enabled && !section.has("provider") {
            problems.add(section.place("enabled"), "`captcha.provider` is missing; name the provider");
        }
        return;
    };
    let (of_action, of_key) = (provider.names_action_and_host(), provider.takes_site_key());
    let is_recaptcha = provider == Provider::Recaptcha;
    for (key, is_used) in [
        ("expected_action", of_action),
        ("allowed_hostnames", of_action),
        ("min_score", is_recaptcha),
        ("site_key", of_key),
    ] {
        if section.has(key) && !is_used {
            problems.add(section.place(key), format!("`captcha.{key}` has no effect with this provider; remove it"));
        }
    }
    for entry in read.endpoints.iter().flatten().filter(|entry| !can_match(entry)) {
        let text = format!(
            "`{entry}` guards nothing; write a path below the base path like `/sign-in/email` or `/sign-in/*`, without a slash at \
             its end"
        );
        problems.add(section.place("endpoints"), text);
    }
}

/// Whether an entry of `endpoints` can be the path of an endpoint.
fn can_match(entry: &str) -> bool {
    let is_pattern = entry.contains('*');
    let begins = entry.starts_with('/') || entry.starts_with("**");
    begins
        && !entry.ends_with('/')
        && !entry.starts_with("/api/auth")
        && (is_pattern || (!entry.contains("//") && !entry.contains('?')))
}

reasons! {
    CaptchaMissing = "captcha_missing":
        "the endpoint is one of `captcha.endpoints`, and the request has no header `x-captcha-response`",
        "let the page send the response of the captcha's widget, `fetchOptions: { headers: { \"x-captcha-response\": … } }`; a \
         proxy must let the header pass";
    CaptchaRefused = "captcha_refused":
        "the provider of captchas refuses the response, or it is for another action or host name, or its score is too low",
        "the cause in the log says which: solve the captcha again for each request; compare the site key of the page with \
         CAPTCHA_SECRET_KEY, and `[captcha]` with what the widget is given";
    CaptchaUnavailable = "captcha_unavailable":
        "the provider of captchas did not answer as it should, and without it the request is refused",
        "the cause in the log says why; try again, and compare `captcha.provider` and `captcha.site_verify_url_override`";
}

codes! {
    /// The request has no response of a captcha.
    MISSING_RESPONSE = "Missing CAPTCHA response";
    /// The provider could not be asked.
    UNKNOWN_ERROR = "Something went wrong";
    /// The response is not accepted.
    VERIFICATION_FAILED = "Captcha verification failed";
}
