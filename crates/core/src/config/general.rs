//! The keys in front of all sections: what the service is called, where it is, and whom it trusts.

use url::Url;

use super::{Problems, Variable, Variables, origins};
use crate::{
    options::{Default, Section, optional_text, options, read_by, section, text, texts},
    syntax::origin,
};

options! {
    /// The keys in front of all sections.
    pub struct General {
        /// The name that mails and pages show.
        app_name: String = text("app_name", "Better Auth"),
        /// The public address; wins over the variables.
        base_url: Option<String> = optional_text("base_url", "–"),
        /// The path in front of every endpoint, where the base URL has none. The functions of a deployment live below `/api/auth`.
        base_path: String = text("base_path", "/api/auth"),
        /// Origins that may call and be redirected to: `"https://app.example.com"`, `"https://*.example.com"`, `"myapp://"`. Without a scheme, `"*.example.com"` means http and https; any other scheme must be written.
        trusted_origins: Vec<String> = texts("trusted_origins"),
        /// Endpoints that answer 404.
        disabled_paths: Vec<String> = texts("disabled_paths"),
        /// The handling of errors.
        on_api_error: OnApiError = section::<OnApiError>("on_api_error"),
    }
}

options! {
    /// The handling of errors.
    pub struct OnApiError {
        /// The page to which `GET /error` sends the browser.
        error_url: Option<String> = read_by("error_url", Default::Told("–"), error_url),
    }
}

fn error_url(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> Option<String> {
    let url = origin::written(&section.text(key, problems)?);
    if url.is_none() {
        let text = "no header can contain it; write a URL without control characters and without spaces at its ends";
        problems.add(section.place(key), text);
    }
    url
}

/// The base URL, and the place of it.
pub(super) struct Base {
    /// The URL, with the base path.
    pub(super) url: Option<Url>,
    /// The URL as it is written.
    pub(super) text: Option<String>,
    /// The path in front of every endpoint.
    pub(super) path: String,
    /// The variable or the line of the file that has the URL.
    pub(super) place: String,
}

impl General {
    /// The base URL and the base path (spec jwt-oauth-schema §3.6): a path in the URL wins over `base_path`.
    pub(super) fn base(&self, root: &Section<'_>, variables: &Variables, problems: &mut Problems) -> Base {
        let configured = self.base_url.clone().map(|text| (root.place("base_url"), text));
        let path = format!("/{}", self.base_path.trim_matches('/'));
        let path = if path == "/" { String::new() } else { path };
        let from_variable = || {
            let mut names =
                super::variables().filter(|variable| variable.name == "BETTER_AUTH_URL").flat_map(Variable::names);
            let named = names.find_map(|name| Some((name.to_owned(), variables.get(name)?.to_owned())));
            named.filter(|(name, value)| name != "BASE_URL" || value != "/")
        };
        let Some((place, text)) = configured.or_else(from_variable) else {
            return Base { url: None, text: None, path, place: "BETTER_AUTH_URL".to_owned() };
        };
        match Url::parse(&text) {
            Ok(_) if origins::has_login(&text) => {
                problems.add(&place, origins::LOGIN);
                Base { url: None, text: None, path, place }
            }
            Ok(mut url) if matches!(url.scheme(), "http" | "https") => {
                let own = url.path().trim_end_matches('/').to_owned();
                let path = if own.is_empty() { path } else { own };
                url.set_path(&path);
                url.set_query(None);
                url.set_fragment(None);
                Base { url: Some(url), text: Some(text), path, place }
            }
            _ => {
                // Not repeated: what is pasted by mistake may be a secret.
                problems.add(&place, "it is not a base URL; write the public address, like https://auth.example.com");
                Base { url: None, text: None, path, place }
            }
        }
    }
}
