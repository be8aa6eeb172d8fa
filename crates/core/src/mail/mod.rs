//! Mails and text messages, and the transports that send them after the answer. One that fails is a line in the log, never an error
//! of the request (spec core §3.3).

mod message;
mod plain;
mod sending;
pub mod sms;
pub mod smtp;
pub mod template;
mod web;

pub use self::message::{Invitation, Kind, Mail, MailRequestContext};
use self::{message::Failure, sending::Attempts, template::Templates};
use crate::config::{Config, Transport};

/// Hands `mail` to the configured transport, in up to three attempts. A mail that cannot be sent becomes a line in the log, without
/// address and link. `id` is the same in each attempt, so that the recipient can detect repetitions. `now` is the time of the
/// request for the mail, in seconds since 1970.
pub(crate) async fn deliver(config: &Config, templates: &Templates, mail: &Mail, id: &str, now: i64) {
    let Some(transport) = &config.transport else { return };
    let mut attempts = Attempts::new("mail", mail.kind.name());
    while attempts.goes_on(attempt((transport, config, templates), mail, id, now).await).await {}
}

async fn attempt(
    (transport, config, templates): (&Transport, &Config, &Templates),
    mail: &Mail,
    id: &str,
    now: i64,
) -> Result<(), Failure> {
    let rendered = || templates.render(mail, &config.app_name);
    match transport {
        Transport::File(path) => sending::append("EMAIL_URL", path, mail).await,
        Transport::Log => sending::log("mail", mail),
        Transport::Smtp(server) => smtp::send(server, config.sender.as_ref(), mail, &rendered(), id).await,
        Transport::Resend { key, base } => {
            web::resend((key, base), config.sender.as_ref(), mail, &rendered(), id).await
        }
        Transport::Webhook { secret, url } => web::webhook((secret, url), mail, id, now).await,
    }
}
