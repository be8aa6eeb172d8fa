//! `EMAIL_URL` and `EMAIL_FROM`: how mails are sent, and their sender.

use std::fmt;

use percent_encoding::percent_decode_str;
use url::Url;

use super::{Environment, Problems, Variables};
use crate::{
    crypto::secret::Secret,
    syntax::{email, network::is_loopback},
};

/// How mails are sent.
#[derive(Debug, Clone)]
pub enum Transport {
    /// One JSON object a line is appended to this file.
    File(String),
    /// Into the log, link and all: in development only.
    Log,
    /// A mail server.
    Smtp(Smtp),
    /// The API of Resend.
    Resend {
        /// The API's key.
        key: Secret,
        /// The address of the API.
        base: Url,
    },
    /// A signed POST, for those who write their own mails.
    Webhook {
        /// The key that signs a mail's request.
        secret: Secret,
        /// The receiver of the request.
        url: Url,
    },
}

/// A mail server.
#[derive(Debug, Clone)]
pub struct Smtp {
    /// Its name, which its certificate must have.
    pub host: String,
    /// 587 by default, 465 where TLS comes first.
    pub port: u16,
    /// User and password.
    pub login: Option<(String, Secret)>,
    /// When TLS begins.
    pub tls: SmtpTls,
    /// A file with the certificates of a private authority, which is trusted instead of the public ones.
    pub root_certificates: Option<String>,
}

/// When TLS begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpTls {
    /// With the connection: `smtps://`.
    Implicit,
    /// Before anything is said: `smtp://`.
    StartTls,
    /// Never: `smtp://` to this machine.
    None,
}

/// Whose mails they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The name that readers see.
    pub name: Option<String>,
    /// The address.
    pub address: String,
}

impl fmt::Display for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "\"{}\" <{}>", name.replace('\\', "\\\\").replace('"', "\\\""), self.address),
            None => f.write_str(&self.address),
        }
    }
}

const FORMS: &str = "smtp://user:password@host:587, smtps://user:password@host, resend://KEY, \
                     webhook+https://SECRET@host/path, file:PATH, or in development log:";

impl Transport {
    pub(super) fn read(
        variables: &Variables,
        environment: Environment,
        problems: &mut Problems,
    ) -> (Option<Self>, Option<Sender>) {
        let transport = variables.get("EMAIL_URL").and_then(|text| match Self::parse(text) {
            Ok(Self::Log) if environment != Environment::Development => {
                problems.add(
                    "EMAIL_URL",
                    "`log:` is for development only, because it writes links that are secrets into the log; use another \
                     transport",
                );
                None
            }
            Ok(transport) => Some(transport),
            Err(text) => {
                problems.add("EMAIL_URL", text);
                None
            }
        });
        let sender = variables.get("EMAIL_FROM").and_then(|text| {
            let sender = Sender::parse(text);
            if sender.is_none() {
                problems.add("EMAIL_FROM", "it is not a sender; write `Name <name@example.com>` or only an address");
            }
            sender
        });
        let needs_sender = matches!(transport, Some(Self::Smtp(_) | Self::Resend { .. }));
        if needs_sender && variables.get("EMAIL_FROM").is_none() {
            problems.add("EMAIL_FROM", "it is missing; set it to the sender of the mails, `Name <name@example.com>`");
        }
        (transport, sender)
    }

    /// Never quotes the text: it may hold a secret.
    fn parse(text: &str) -> Result<Self, String> {
        let service = match TransportValue::parse(text, FORMS)? {
            TransportValue::File(path) => return Ok(Self::File(path)),
            TransportValue::Log => return Ok(Self::Log),
            TransportValue::Service(service) => service,
        };
        match service.scheme {
            "smtp" | "smtps" => {
                let mut root_certificates = None;
                for (name, value) in service.url.query_pairs() {
                    match name.as_ref() {
                        "sslrootcert" => root_certificates = Some(value.into_owned()),
                        _ => {
                            return Err("it has a parameter other than `sslrootcert`; remove it, and write a `?` of the password \
                                        as %3F"
                                .to_owned());
                        }
                    }
                }
                let (tls, port) = match service.scheme {
                    "smtps" => (SmtpTls::Implicit, 465),
                    _ if service.is_local && root_certificates.is_none() => (SmtpTls::None, 587),
                    _ => (SmtpTls::StartTls, 587),
                };
                // 443 is the default of the scheme that was read, and so it is never told.
                let (host, port) = (service.host(), service.url.port().unwrap_or(port));
                let password = service.password.unwrap_or_default();
                let login = (!service.user.is_empty()).then(|| (service.user, Secret::new(password)));
                Ok(Self::Smtp(Smtp { host, port, login, tls, root_certificates }))
            }
            "resend" if service.user.is_empty() => {
                let base = Url::parse("https://api.resend.com/").map_err(|error| error.to_string())?;
                let key = service.rest.trim_end_matches('/');
                if key.is_empty() { Err(FORMS.to_owned()) } else { Ok(Self::Resend { key: Secret::new(key), base }) }
            }
            "resend" => {
                let base = service.address(service.is_local, FORMS)?;
                Ok(Self::Resend { key: Secret::new(service.user), base })
            }
            "webhook+https" | "webhook+http" => {
                let (secret, url) = service.webhook(FORMS)?;
                Ok(Self::Webhook { secret, url })
            }
            _ => Err(format!("it names no transport; write {FORMS}")),
        }
    }
}

/// The value of a variable that names a transport.
pub(super) enum TransportValue<'a> {
    /// A file.
    File(String),
    /// The log.
    Log,
    /// A service on the network.
    Service(Service<'a>),
}

/// A service on the network that a transport's URL names.
pub(super) struct Service<'a> {
    /// The scheme, which names the kind of service.
    pub(super) scheme: &'a str,
    /// The text after `://`.
    rest: &'a str,
    /// The URL, with `https` instead of the scheme.
    pub(super) url: Url,
    /// The decoded part before `:` or `@`; empty if there is none.
    pub(super) user: String,
    /// The decoded part between `:` and `@`.
    pub(super) password: Option<String>,
    /// Whether the host is this machine.
    pub(super) is_local: bool,
}

impl<'a> TransportValue<'a> {
    /// Reads a value. The error does not quote it, because it may hold a secret; `forms` are the values that would be right.
    pub(super) fn parse(text: &'a str, forms: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("file:").filter(|path| !path.is_empty()) {
            return Ok(Self::File(path.to_owned()));
        }
        if text == "log:" {
            return Ok(Self::Log);
        }
        let (scheme, rest) = text.split_once("://").ok_or_else(|| format!("it names no transport; write {forms}"))?;
        // A scheme that every reader of URLs treats alike.
        let url = Url::parse(&format!("https://{rest}"))
            .map_err(|error| format!("the part after `://` is not an address ({error}); write {forms}"))?;
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let (user, password) = (decoded(url.username()), url.password().map(decoded));
        let is_local = is_loopback(url.host_str().unwrap_or_default());
        Ok(Self::Service(Service { scheme, rest, url, user, password, is_local }))
    }
}

impl Service<'_> {
    fn host(&self) -> String {
        self.url.host_str().unwrap_or_default().to_owned()
    }

    /// Returns the secret and the address of a webhook.
    pub(super) fn webhook(self, forms: &str) -> Result<(Secret, Url), String> {
        if self.user.is_empty() {
            return Err("the webhook has no secret; write webhook+https://SECRET@host/path".to_owned());
        }
        let plain = self.scheme == "webhook+http";
        if plain && !self.is_local {
            return Err("a webhook on another machine needs https; write webhook+https://…".to_owned());
        }
        let url = self.address(plain, forms)?;
        Ok((Secret::new(self.user), url))
    }

    /// Returns the URL without user and password, with `http` if it is `plain`.
    pub(super) fn address(&self, plain: bool, forms: &str) -> Result<Url, String> {
        let mut text = self.url.clone();
        let cleared = text.set_username("").and_then(|()| text.set_password(None));
        cleared.map_err(|()| format!("it has no address; write {forms}"))?;
        let rest = text.as_str().strip_prefix("https").unwrap_or_default().to_owned();
        Url::parse(&format!("{}{rest}", if plain { "http" } else { "https" })).map_err(|error| error.to_string())
    }
}

impl Sender {
    fn parse(text: &str) -> Option<Self> {
        let (name, address) = match text.trim().strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
            Some((name, address)) => (name.trim().trim_matches('"'), address.trim()),
            None => ("", text.trim()),
        };
        let name = (!name.is_empty()).then(|| name.to_owned());
        let plain = name.as_ref().is_none_or(|name| !name.chars().any(char::is_control));
        (plain && email::is_valid(address)).then(|| Self { name, address: address.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_transport_is_read_from_its_url() {
        let Ok(Transport::Smtp(smtp)) = Transport::parse("smtp://me%40x:p%3Aw@mail.example.com") else { panic!() };
        assert_eq!((smtp.host.as_str(), smtp.port, smtp.tls), ("mail.example.com", 587, SmtpTls::StartTls));
        let (user, password) = smtp.login.unwrap();
        assert_eq!((user.as_str(), password.bytes()), ("me@x", b"p:w".as_slice()));
        let Ok(Transport::Smtp(smtp)) = Transport::parse("smtps://mail.example.com:2465") else { panic!() };
        assert_eq!((smtp.port, smtp.tls, smtp.login.is_none()), (2465, SmtpTls::Implicit, true));
        let Ok(Transport::Resend { key, base }) = Transport::parse("resend://re_Key_1") else { panic!() };
        assert_eq!((key.bytes(), base.as_str()), (b"re_Key_1".as_slice(), "https://api.resend.com/"));
        let Ok(Transport::Webhook { secret, url }) = Transport::parse("webhook+https://S3@x.example/mail?a=b") else {
            panic!()
        };
        assert_eq!((secret.bytes(), url.as_str()), (b"S3".as_slice(), "https://x.example/mail?a=b"));
    }

    #[test]
    fn what_is_no_transport_is_told_without_its_secrets() {
        for text in [
            "sendmail",
            "mailto://S3CRET@x.example",
            "webhook+https://x.example/S3CRET",
            "webhook+http://S3CRET@x.example/",
            "smtp://S3CRET:x@",
            "smtp://me:S3CRET@mail.example.com?tls=none",
            "resend://",
            "file:",
        ] {
            let told = Transport::parse(text).err().unwrap_or_default();
            assert!(!told.is_empty() && !told.contains("S3CRET"), "{text}: {told}");
        }
    }

    #[test]
    fn a_sender_is_an_address_with_or_without_a_name() {
        let sender = Sender::parse("The \"Team\" <team@example.com>").unwrap();
        assert_eq!(sender.to_string(), r#""The \"Team" <team@example.com>"#);
        assert_eq!(Sender::parse("team@example.com").unwrap().to_string(), "team@example.com");
        for text in ["", "team", "Team <team>", "Team\r\nBcc: x <team@example.com>"] {
            assert_eq!(Sender::parse(text), None, "{text}");
        }
    }
}
