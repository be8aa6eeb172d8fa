//! Checks whether mails and text messages can be sent: logs in to the mail server, or connects to the host of another transport. Sends
//! nothing.

use std::{path::Path, time::Duration};

use gatepost_core::{
    Config,
    config::{SmsTransport, Transport},
    mail::smtp,
};
use tokio::net::TcpStream;
use url::Url;

use crate::report::Finding;

/// The name of the check of mails.
pub(super) const CHECK: &str = "mail";
/// The name of the check of text messages.
pub(super) const SMS: &str = "text messages";
/// The longest wait for a host.
const LIMIT: Duration = Duration::from_secs(10);

/// Checks the transport that `EMAIL_URL` names. Without one, this is the finding if `says_absence`: no other finding is about mails.
pub(super) async fn check(config: &Config, says_absence: bool) -> Option<Finding> {
    let Some(transport) = &config.transport else {
        let told = "EMAIL_URL is not set: the service sends no mails";
        return says_absence.then(|| Finding::ok(CHECK, told));
    };
    if config.mails_no_links() {
        // The environment's findings say so.
        return None;
    }
    let fix = "correct EMAIL_URL, or find out why its host does not answer; until then, mails are lost";
    let judged = |what: String, reached: Result<(), String>| match reached {
        Ok(()) => Finding::ok(CHECK, what),
        Err(cause) => Finding::fail(CHECK, format!("{what} fails: {cause}"), fix),
    };
    Some(match transport {
        Transport::File(path) => judged(format!("appending to {path}"), folder_of(path)),
        Transport::Log => Finding::ok(CHECK, "mails go into the log"),
        Transport::Smtp(server) => {
            let login = if server.login.is_some() { ", and logging in," } else { "" };
            let greeted = tokio::time::timeout(LIMIT, smtp::greet(server)).await;
            let greeted = greeted.unwrap_or_else(|_| Err(format!("no answer within {} s", LIMIT.as_secs())));
            judged(format!("greeting the mail server {}:{}{login}", server.host, server.port), greeted)
        }
        Transport::Resend { base, .. } => judged("connecting to the API of Resend".to_owned(), connected(base).await),
        Transport::Webhook { url, .. } => judged(
            format!("connecting to the webhook's host {}", url.host_str().unwrap_or_default()),
            connected(url).await,
        ),
    })
}

/// Checks the transport that `SMS_URL` names; nothing if the deployment sends no text messages, or if another finding says so.
pub(super) async fn check_sms(config: &Config, says_absence: bool) -> Option<Finding> {
    const CHECK: &str = SMS;
    if !config.features.phone_number.enabled {
        return None;
    }
    let Some(transport) = &config.sms else {
        let told = "SMS_URL is not set: the service sends no codes to phone numbers";
        return says_absence.then(|| Finding::ok(CHECK, told));
    };
    let (what, reached) = match transport {
        SmsTransport::File(path) => (format!("appending to {path}"), folder_of(path)),
        SmsTransport::Log => return Some(Finding::ok(CHECK, "text messages go into the log")),
        SmsTransport::Twilio(twilio) => ("connecting to the API of Twilio".to_owned(), connected(&twilio.base).await),
        SmsTransport::Webhook { url, .. } => {
            let host = url.host_str().unwrap_or_default();
            (format!("connecting to the webhook's host {host}"), connected(url).await)
        }
    };
    let fix = "correct SMS_URL, or find out why its host does not answer; until then, codes are lost";
    Some(match reached {
        Ok(()) => Finding::ok(CHECK, what),
        Err(cause) => Finding::fail(CHECK, format!("{what} fails: {cause}"), fix),
    })
}

fn folder_of(path: &str) -> Result<(), String> {
    let folder = Path::new(path).parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if folder.is_dir() { Ok(()) } else { Err(format!("{} is not a folder", folder.display())) }
}

async fn connected(url: &Url) -> Result<(), String> {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let connecting = TcpStream::connect((host, url.port_or_known_default().unwrap_or(443)));
    match tokio::time::timeout(LIMIT, connecting).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("no connection within {} s", LIMIT.as_secs())),
    }
}
