//! Mails and the transports that send them after the answer. A mail that fails is a line in the log, never an error of the request
//! (spec core §3.3).

mod message;
mod plain;
pub mod smtp;
pub mod template;
mod web;

use std::io::Write as _;

pub use self::message::{Asked, Invitation, Kind, Mail};
use self::{message::Failure, template::Templates};
use crate::{
    config::{Config, Transport},
    outcome::Outcome,
};

/// The pauses before further attempts, in milliseconds.
const PAUSES: [u64; 2] = [500, 2_000];

/// Hands `mail` to the configured transport, in up to three attempts. A mail that cannot be sent becomes a line in the log, without
/// address and link. `id` is the same in each attempt, so that the recipient can detect repetitions. `now` is the time of the
/// request for the mail, in seconds since 1970.
pub(crate) async fn deliver(config: &Config, templates: &Templates, mail: &Mail, id: &str, now: i64) {
    let Some(transport) = &config.transport else { return };
    let mut pauses = PAUSES.iter();
    let mut attempts = 1;
    while let Err(failure) = attempt((transport, config, templates), mail, id, now).await {
        let Some(pause) = pauses.next().filter(|_| failure.passing) else {
            let cause = format!("{} was not sent in {attempts} attempts: {}", mail.kind.name(), failure.cause);
            return Outcome::background("mail", &cause);
        };
        tokio::time::sleep(std::time::Duration::from_millis(*pause)).await;
        attempts += 1;
    }
}

async fn attempt(
    (transport, config, templates): (&Transport, &Config, &Templates),
    mail: &Mail,
    id: &str,
    now: i64,
) -> Result<(), Failure> {
    let rendered = || templates.render(mail, &config.app_name);
    match transport {
        Transport::File(path) => append(path, mail).await,
        Transport::Log => log(mail),
        Transport::Smtp(server) => smtp::send(server, config.sender.as_ref(), mail, &rendered(), id).await,
        Transport::Resend { key, base } => {
            web::resend((key, base), config.sender.as_ref(), mail, &rendered(), id).await
        }
        Transport::Webhook { secret, url } => web::webhook((secret, url), mail, id, now).await,
    }
}

async fn append(path: &str, mail: &Mail) -> Result<(), Failure> {
    let mut line = serde_json::to_vec(mail).map_err(Failure::lasting)?;
    line.push(b'\n');
    let file = path.to_owned();
    let append = move || std::fs::OpenOptions::new().create(true).append(true).open(file)?.write_all(&line);
    let done = tokio::task::spawn_blocking(append).await.map_err(Failure::lasting)?;
    done.map_err(|error| Failure::lasting(format!("{path} of EMAIL_URL cannot be written: {error}")))
}

fn log(mail: &Mail) -> Result<(), Failure> {
    let line = serde_json::json!({ "level": "info", "mail": mail });
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).map_err(Failure::passing)
}
