//! Functions that send mails: the service they use, the variables of its key, and the sender.

use gatepost_import::{
    find,
    syntax::{Kind, Pattern},
    value::{FunctionCall, Value, ValueKind},
};

use super::{
    carry::Carrier,
    keys::Key,
    literal,
    report::{Class, Variable},
};

/// How the project's functions send mails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sender {
    /// The value of `EMAIL_URL` for this sender. Words such as `PASSWORD` stand where secrets belong.
    pub(super) url: &'static str,
    /// The name of the service.
    pub(super) service: &'static str,
    /// The variables from which it comes.
    pub(super) from: Vec<String>,
    /// The address of the sender: a text or a variable.
    pub(super) sender: Option<String>,
}

/// The value of `EMAIL_URL` for a service that is not recognised.
const UNKNOWN: &str =
    "a mail server, Resend, or webhook+https://SECRET@host/path to keep the code of the project's function";

/// Packages that send mails.
const SERVICES: [(&str, &str, &str); 11] = [
    ("resend", "Resend", "resend://KEY"),
    ("nodemailer", "a mail server", "smtp://user:password@host:port"),
    ("postmark", "Postmark", "smtp://TOKEN:TOKEN@smtp.postmarkapp.com:587"),
    ("@sendgrid/mail", "SendGrid", "smtp://apikey:KEY@smtp.sendgrid.net:587"),
    ("@aws-sdk/client-ses", "Amazon SES", "smtp://user:password@host:587, with SMTP credentials of SES"),
    ("@aws-sdk/client-sesv2", "Amazon SES", "smtp://user:password@host:587, with SMTP credentials of SES"),
    ("mailgun.js", "Mailgun", "smtp://user:password@smtp.mailgun.org:587"),
    ("@getbrevo/brevo", "Brevo", "smtp://user:KEY@smtp-relay.brevo.com:587"),
    ("@plunk/node", "Plunk", "webhook+https://SECRET@host/path to a function of yours"),
    ("loops", "Loops", "webhook+https://SECRET@host/path to a function of yours"),
    ("mailersend", "MailerSend", "smtp://user:password@smtp.mailersend.net:587"),
];

/// Packages that send text messages.
const TEXT_MESSAGES: [&str; 7] =
    ["twilio", "@aws-sdk/client-sns", "@vonage/", "plivo", "messagebird", "@azure/communication-sms", "sinch"];

/// The templates of mails, by the last part of the option.
const TEMPLATES: [(&str, &str); 8] = [
    ("sendResetPassword", "reset-password"),
    ("sendVerificationEmail", "verify-email"),
    ("sendDeleteAccountVerification", "delete-account"),
    ("sendChangeEmailConfirmation", "change-email-confirmation"),
    ("sendChangeEmailVerification", "change-email-confirmation"),
    ("sendOTP", "two-factor-otp"),
    ("sendMagicLink", "magic-link"),
    ("sendInvitationEmail", "organization-invitation"),
];

/// Adds a function that sends a mail, and switches the mail on.
pub(super) fn sent(carrier: &mut Carrier<'_>, shown: &str, key: &Key, value: &Value) {
    let by_text = find::calls_within(&carrier.project.reader, value).iter().any(|call| {
        call.callee.origin().is_some_and(|one| TEXT_MESSAGES.iter().any(|module| one.module.starts_with(module)))
    });
    if by_text {
        let says = "the function sends text messages, and gatepost mails this: users need their mailbox for it, or the option stays off";
        carrier.add(shown, value.at, Class::NotPossible, says).decide = true;
        return;
    }
    let mut says = described(carrier, shown, value);
    let entry = carrier.entries.len();
    let refuses = find::refuses(&carrier.project.reader, value);
    if refuses {
        says.push_str("; the function refuses some mails, which a template does not: keep that by a hook, or decide that it may go");
    }
    carrier.add(shown, value.at, Class::Replaced, says).decide = refuses;
    if !literal::is_default(&key.default, "true") {
        carrier.line(&key.section, &key.name, "true", Some(entry));
    }
}

/// Describes the result for a function that sends a mail.
pub(super) fn described(carrier: &mut Carrier<'_>, shown: &str, value: &Value) -> String {
    let sender = sender(carrier, value);
    let last = shown.rsplit('.').next().unwrap_or_default();
    let template = TEMPLATES.iter().find(|(option, _)| *option == last).map(|(_, name)| *name);
    let mut says = match &sender {
        Some(sender) => {
            let from =
                if sender.from.is_empty() { String::new() } else { format!(", from {}", sender.from.join(", ")) };
            format!("EMAIL_URL replaces this function: {}{from}", sender.url)
        }
        None => "EMAIL_URL replaces this function; its service is not recognised: use webhook+https to keep its code"
            .to_owned(),
    };
    if let Some(template) = template {
        says.push_str(&format!("; the wording is the template `{template}`"));
    }
    if own_link(value) {
        says.push_str(
            "; it makes its own link from the token: a template's link is {{url}}, which leads to the page with another \
             parameter, and webhook+https gives the token",
        );
    }
    let sender = sender.unwrap_or_else(|| Sender { url: UNKNOWN, service: "", from: Vec::new(), sender: None });
    if !carrier.mails.contains(&sender) {
        carrier.mails.push(sender);
    }
    says
}

/// The service that a function sends mails by.
fn sender(carrier: &Carrier<'_>, value: &Value) -> Option<Sender> {
    let calls = find::calls_within(&carrier.project.reader, value);
    let mut found: Option<Sender> = None;
    let mut from = None;
    for call in &calls {
        from = from.or_else(|| call.arguments.iter().find_map(|argument| named_sender(carrier, argument)));
        let Some(origin) = call.callee.origin() else { continue };
        let by_fetch = origin.module.is_empty() && origin.path == ["fetch"];
        if by_fetch && found.is_none() {
            let mut variables: Vec<String> = call.arguments.iter().flat_map(Value::variables).collect();
            variables.dedup();
            let url = "webhook+https://SECRET@host/path, with another body and signature";
            found = Some(Sender { url, service: "a service of the project", from: variables, sender: None });
        }
        let service = SERVICES
            .iter()
            .find(|(module, ..)| origin.module == *module || origin.module.starts_with(&format!("{module}/")));
        if let Some((_, service, url)) = service {
            found = Some(Sender { url, service, from: made_from(&call.callee), sender: None });
        }
    }
    found.map(|sender| Sender { sender: from, ..sender })
}

/// The variables from which a client was made: those of the arguments of its constructor.
fn made_from(value: &Value) -> Vec<String> {
    let of = |called: &FunctionCall| {
        let mut found: Vec<String> = called.arguments.iter().flat_map(Value::variables).collect();
        found.dedup();
        found
    };
    match &value.what {
        ValueKind::Property(inner, _) => made_from(inner),
        ValueKind::Called(called) => {
            let found = of(called);
            if found.is_empty() { made_from(&called.callee) } else { found }
        }
        _ => Vec::new(),
    }
}

/// The sender that the arguments of a call name.
fn named_sender(carrier: &Carrier<'_>, argument: &Value) -> Option<String> {
    let object = argument.object()?;
    let from = ["from", "From", "Source", "FromEmailAddress"].iter().find_map(|key| object.get(key))?;
    let value = literal::in_production(&from.value);
    match (&value.what, value.variables().as_slice()) {
        (ValueKind::Text(text), _) => Some(format!("\"{text}\"")),
        (ValueKind::Variable(..) | ValueKind::Joined(_), [name, ..]) => {
            Some(match literal::resolved(carrier.project, &value) {
                Some((Value { what: ValueKind::Text(text), .. }, _)) if !literal::is_secret(name) => {
                    format!("{name}, or \"{text}\"")
                }
                _ => name.clone(),
            })
        }
        _ => None,
    }
}

/// Whether a function takes the token and not the URL.
fn own_link(value: &Value) -> bool {
    let ValueKind::Closure(closure) = &value.what else { return false };
    let Some((Pattern::Object(members), _)) = closure.function.params.first() else { return false };
    let takes = |name: &str| members.iter().any(|(key, ..)| key == name);
    let mut uses_token = false;
    find::each_in(value, &mut |expr| {
        uses_token |= matches!(&expr.kind, Kind::Name(name) if name == "token");
    });
    takes("token") && !takes("url") && uses_token
}

/// The variables of mails, if any are sent.
pub(super) fn variables(carrier: &mut Carrier<'_>) {
    let mut from: Vec<String> = Vec::new();
    let mut urls: Vec<&str> = Vec::new();
    let mut senders: Vec<String> = Vec::new();
    for sender in &carrier.mails {
        if !urls.contains(&sender.url) {
            urls.push(sender.url);
        }
        for name in &sender.from {
            if !from.contains(name) {
                from.push(name.clone());
            }
        }
        senders.extend(sender.sender.iter().filter(|name| !senders.contains(name)).cloned().collect::<Vec<_>>());
    }
    if urls.is_empty() {
        return;
    }
    let of = if from.is_empty() { String::new() } else { format!(", from {}", from.join(", ")) };
    let says = format!("{}{of}", urls.join(", or "));
    carrier.variables.push(Variable { name: "EMAIL_URL".to_owned(), from, says });
    let is_webhook = urls.iter().all(|url| url.starts_with("webhook"));
    if !is_webhook {
        let says = match senders.as_slice() {
            [] => "the sender of mails: `Name <name@example.com>`".to_owned(),
            senders => senders.join(", or "),
        };
        let from = senders.iter().filter(|name| !name.starts_with('"')).cloned().collect();
        carrier.variables.push(Variable { name: "EMAIL_FROM".to_owned(), from, says });
    }
}
