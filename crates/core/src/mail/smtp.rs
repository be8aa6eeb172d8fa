//! Sends mails over SMTP (RFC 5321), with TLS from the start or before anything else is sent.

use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    address::Envelope,
    message::{Mailbox, MultiPart},
    transport::smtp::{
        authentication::Credentials,
        client::{Certificate, CertificateStore, Tls, TlsParameters},
        extension::ClientId,
    },
};

use super::{
    message::{Failure, Mail},
    template::RenderedMail,
};
use crate::config::{Sender, Smtp, SmtpTls};

const TIME: std::time::Duration = std::time::Duration::from_secs(10);

/// Connects and greets the server, as before a mail.
///
/// # Errors
/// The cause, without the server's words.
pub async fn greet(server: &Smtp) -> Result<(), String> {
    let transport = transport(server).map_err(|failure| failure.cause)?;
    match transport.test_connection().await {
        Ok(true) => Ok(()),
        Ok(false) => Err("the SMTP server closes the connection after the greeting".to_owned()),
        Err(error) => Err(cause(&error)),
    }
}

/// Sends a mail over a connection of its own: a connection that stays open would not survive a freeze.
pub(super) async fn send(
    server: &Smtp,
    sender: Option<&Sender>,
    mail: &Mail,
    rendered: &RenderedMail,
    id: &str,
) -> Result<(), Failure> {
    let message = message(sender, mail, rendered, id)?;
    let sent = transport(server)?.send_raw(message.envelope(), &message.formatted()).await;
    sent.map(|_| ()).map_err(|error| {
        let cause = cause(&error);
        if error.is_permanent() { Failure::lasting(cause) } else { Failure::passing(cause) }
    })
}

fn transport(server: &Smtp) -> Result<AsyncSmtpTransport<Tokio1Executor>, Failure> {
    let parameters = || tls(server);
    let tls = match server.tls {
        SmtpTls::Implicit => Tls::Wrapper(parameters()?),
        SmtpTls::StartTls => Tls::Required(parameters()?),
        SmtpTls::None => Tls::None,
    };
    let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&server.host)
        .port(server.port)
        .tls(tls)
        .timeout(Some(TIME))
        .hello_name(ClientId::Domain("gatepost".to_owned()));
    if let Some((user, password)) = &server.login {
        let password = String::from_utf8_lossy(password.bytes()).into_owned();
        transport = transport.credentials(Credentials::new(user.clone(), password));
    }
    Ok(transport.build())
}

/// Returns the cause of an error without the server's words, which may quote the address.
fn cause(error: &lettre::transport::smtp::Error) -> String {
    match error.status() {
        Some(status) => format!("the SMTP server answered {status}"),
        None => format!("the SMTP server cannot be reached or closed the connection: {}", kind(error)),
    }
}

/// Returns TLS settings that verify the server against the public authorities, or those in a file.
fn tls(server: &Smtp) -> Result<TlsParameters, Failure> {
    let mut parameters = TlsParameters::builder(server.host.clone());
    if let Some(path) = &server.root_certificates {
        let explain = |error: &dyn std::fmt::Display| {
            Failure::lasting(format!("sslrootcert of EMAIL_URL names {path}, which contains no certificates: {error}"))
        };
        let pem = std::fs::read(path).map_err(|error| explain(&error))?;
        let certificate = Certificate::from_pem(&pem).map_err(|error| explain(&error))?;
        parameters = parameters.certificate_store(CertificateStore::None).add_root_certificate(certificate);
    }
    parameters.build_rustls().map_err(Failure::lasting)
}

fn kind(error: &lettre::transport::smtp::Error) -> &'static str {
    if error.is_timeout() {
        "no answer in time"
    } else if error.is_tls() {
        "TLS failed"
    } else if error.is_client() {
        "it does not support what is needed"
    } else {
        "no connection"
    }
}

fn message(sender: Option<&Sender>, mail: &Mail, rendered: &RenderedMail, id: &str) -> Result<Message, Failure> {
    let sender = sender.ok_or_else(|| Failure::lasting("EMAIL_FROM is missing"))?;
    let address = |text: &str| text.parse::<Address>().map_err(|_| Failure::lasting("an address cannot be mailed to"));
    let (from, to) = (address(&sender.address)?, address(&mail.to)?);
    let domain = sender.address.rsplit('@').next().unwrap_or_default();
    let envelope = Envelope::new(Some(from.clone()), vec![to.clone()]).map_err(Failure::lasting)?;
    Message::builder()
        .envelope(envelope)
        .from(Mailbox::new(sender.name.clone(), from))
        .to(Mailbox::new(None, to))
        .subject(&rendered.subject)
        .message_id(Some(format!("<{id}@{domain}>")))
        .multipart(MultiPart::alternative_plain_html(rendered.text.clone(), rendered.html.clone()))
        .map_err(Failure::lasting)
}
