//! The texts of mails: for each kind a text, whose first line is the subject, and a page. A deployment may replace them.

use std::collections::BTreeMap;

use super::{
    message::{Kind, Mail},
    plain,
};
use crate::{
    html::escaped,
    problem::{Problem, Problems},
};

/// The templates of all mails, by the names of their files.
#[derive(Debug, Clone, Default)]
pub struct Templates(BTreeMap<String, String>);

/// A rendered mail.
pub struct RenderedMail {
    /// The subject, on one line.
    pub subject: String,
    /// The body as plain text.
    pub text: String,
    /// The body as an HTML page.
    pub html: String,
}

/// The placeholders that templates may use.
const PLACES: [&str; 7] = ["app_name", "code", "inviter", "name", "new_email", "organization", "url"];

const DEFAULTS: [(&str, &str); 22] = [
    ("verify-email.txt", include_str!("templates/verify-email.txt")),
    ("verify-email.html", include_str!("templates/verify-email.html")),
    ("reset-password.txt", include_str!("templates/reset-password.txt")),
    ("reset-password.html", include_str!("templates/reset-password.html")),
    ("delete-account.txt", include_str!("templates/delete-account.txt")),
    ("delete-account.html", include_str!("templates/delete-account.html")),
    ("change-email-confirmation.txt", include_str!("templates/change-email-confirmation.txt")),
    ("change-email-confirmation.html", include_str!("templates/change-email-confirmation.html")),
    ("two-factor-otp.txt", include_str!("templates/two-factor-otp.txt")),
    ("two-factor-otp.html", include_str!("templates/two-factor-otp.html")),
    ("magic-link.txt", include_str!("templates/magic-link.txt")),
    ("magic-link.html", include_str!("templates/magic-link.html")),
    ("sign-in-otp.txt", include_str!("templates/sign-in-otp.txt")),
    ("sign-in-otp.html", include_str!("templates/sign-in-otp.html")),
    ("email-verification-otp.txt", include_str!("templates/email-verification-otp.txt")),
    ("email-verification-otp.html", include_str!("templates/email-verification-otp.html")),
    ("forget-password-otp.txt", include_str!("templates/forget-password-otp.txt")),
    ("forget-password-otp.html", include_str!("templates/forget-password-otp.html")),
    ("change-email-otp.txt", include_str!("templates/change-email-otp.txt")),
    ("change-email-otp.html", include_str!("templates/change-email-otp.html")),
    ("organization-invitation.txt", include_str!("templates/organization-invitation.txt")),
    ("organization-invitation.html", include_str!("templates/organization-invitation.html")),
];

impl Templates {
    /// Creates the default templates, replaced by the deployment's own files.
    ///
    /// # Errors
    /// Files with an unknown name, unknown placeholders, and templates without the link or code.
    pub fn new<'a>(own: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let mut texts: BTreeMap<String, String> =
            DEFAULTS.map(|(name, text)| (name.to_owned(), text.to_owned())).into_iter().collect();
        for (name, text) in own {
            let place = format!("mails/{name}");
            if !texts.contains_key(name) {
                let known = DEFAULTS.map(|(name, _)| name).join(", ");
                problems.add(place, format!("there is no such mail; rename the file to one of {known}, or remove it"));
                continue;
            }
            if let Err(text) = check(name, text) {
                problems.0.push(Problem { place, text });
            }
            texts.insert(name.to_owned(), text.to_owned());
        }
        if problems.0.is_empty() { Ok(Self(texts)) } else { Err(problems) }
    }

    /// Fills in the templates of a mail. User-written text becomes neither a header nor a tag nor a link, and is not sent to an
    /// address that is not confirmed, because another person may have signed up with it.
    pub fn render(&self, mail: &Mail, app_name: &str) -> RenderedMail {
        let value = |place: &str| match place {
            "app_name" => app_name.chars().filter(|letter| !letter.is_control()).collect(),
            "code" => mail.code.clone().unwrap_or_default(),
            "name" if mail.is_proven => plain::name(&mail.name),
            "name" => String::new(),
            "inviter" => mail.invitation.as_ref().map(|one| plain::name(&one.inviter_name)).unwrap_or_default(),
            "organization" => {
                let name = mail.invitation.as_ref().and_then(|one| one.organization.text("name"));
                name.map(plain::name).unwrap_or_default()
            }
            "new_email" => mail.new_email.as_deref().map(plain::address).unwrap_or_default(),
            _ => mail.url.clone(),
        };
        let text = filled(self.text(mail.kind, "txt"), value);
        let (subject, text) = text.split_once('\n').unwrap_or((&text, ""));
        RenderedMail {
            subject: subject.trim().to_owned(),
            text: text.trim_start().to_owned(),
            html: filled(self.text(mail.kind, "html"), |place| escaped(&value(place))),
        }
    }

    fn text(&self, kind: Kind, extension: &str) -> &str {
        let name = format!("{}.{extension}", kind.name());
        self.0.get(&name).map_or_else(
            || DEFAULTS.iter().find(|(default, _)| *default == name).map_or("", |(_, text)| text),
            String::as_str,
        )
    }
}

/// Fills in a template. If a placeholder is empty, the space before it is removed: `Hello {{name}},` becomes `Hello,`.
fn filled(template: &str, value: impl Fn(&str) -> String) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, (place, after))) =
        rest.split_once("{{").and_then(|(before, rest)| Some((before, rest.split_once("}}")?)))
    {
        text.push_str(before);
        let value = value(place.trim());
        if value.is_empty() && text.ends_with(' ') {
            text.pop();
        }
        text.push_str(&value);
        rest = after;
    }
    text + rest
}

fn check(name: &str, template: &str) -> Result<(), String> {
    let has_code = Kind::ALL.iter().any(|kind| kind.has_code() && name.split('.').next() == Some(kind.name()));
    let (needed, what) = if has_code { ("code", "code") } else { ("url", "link") };
    let places = template.split("{{").skip(1).map(|rest| rest.split("}}").next().unwrap_or_default().trim());
    let unknown: Vec<_> = places.clone().filter(|place| !PLACES.contains(place)).collect();
    if !unknown.is_empty() {
        return Err(format!(
            "{} is not a known placeholder; known are {{{{{}}}}}",
            unknown.join(", "),
            PLACES.join("}}, {{")
        ));
    }
    if places.clone().any(|place| place == needed) {
        Ok(())
    } else {
        Err(format!("it has no {what}; write {{{{{needed}}}}} in the place for it"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        mail::{Invitation, MailRequestContext},
        model::{Additional, User},
    };

    fn mail(kind: Kind, name: &str) -> Mail {
        Mail {
            kind,
            to: "ada@example.com".to_owned(),
            name: name.to_owned(),
            is_proven: true,
            new_email: Some("new@example.com".to_owned()),
            url: "https://auth.example.com/x?a=b&c=d".to_owned(),
            token: "t".to_owned(),
            code: Some("012345".to_owned()),
            user: Some(User {
                name: None,
                email: "ada@example.com".to_owned(),
                email_verified: Some(true),
                image: None,
                created_at: None,
                updated_at: None,
                additional: Additional::default(),
                id: "1".to_owned(),
            }),
            asked: MailRequestContext::default(),
            metadata: None,
            invitation: Some(Invitation {
                id: "t".to_owned(),
                role: "member".to_owned(),
                organization: Additional(vec![("name".to_owned(), format!("The club of {name}").into())]),
                inviter_name: name.to_owned(),
                inviter_email: "ben@example.com".to_owned(),
            }),
        }
    }

    #[test]
    fn every_mail_has_a_subject_a_text_and_a_page_with_the_link_or_the_code() {
        for kind in Kind::ALL {
            let rendered = Templates::default().render(&mail(*kind, "Ada"), "Example");
            assert!(rendered.subject.ends_with("Example") && !rendered.subject.contains('{'), "{}", rendered.subject);
            let (text, html) = match kind.has_code() {
                true => ("\n012345\n", ">012345<"),
                false => ("https://auth.example.com/x?a=b&c=d\n", "href=\"https://auth.example.com/x?a=b&amp;c=d\""),
            };
            assert!(rendered.text.contains(text), "{}", rendered.text);
            assert!(rendered.html.contains(html), "{}", rendered.html);
            assert!(!rendered.html.contains("{{") && !rendered.text.contains("{{"));
        }
    }

    #[test]
    fn what_people_wrote_is_neither_a_tag_nor_a_line() {
        let own =
            [("verify-email.txt", "Dear {{name}}\n{{url}}"), ("verify-email.html", "<a title='{{name}}'>{{url}}")];
        let templates = Templates::new(own).unwrap();
        let written = mail(Kind::VerifyEmail, "<b>'\r\nBcc: eve@example.com");
        let rendered = templates.render(&written, "Example");
        assert_eq!(rendered.subject, "Dear b ' Bcc eve example. com");
        assert!(rendered.html.starts_with("<a title='b &#39; Bcc eve example. com'>"), "{}", rendered.html);
        let rendered = templates.render(&Mail { is_proven: false, ..written }, "Example");
        assert_eq!(rendered.subject, "Dear");
        assert!(rendered.html.starts_with("<a title=''>"), "{}", rendered.html);
    }

    #[test]
    fn a_template_of_ones_own_is_checked_before_anything_is_mailed() {
        let problems = |name: &'static str, text: &'static str| Templates::new([(name, text)]).unwrap_err().to_string();
        assert!(problems("verify.txt", "{{url}}").contains("mails/verify.txt: there is no such mail"));
        assert!(problems("verify-email.txt", "{{url}} {{link}}").contains("link is not a known placeholder"));
        assert!(problems("verify-email.txt", "Hello").contains("it has no link"));
        assert!(problems("two-factor-otp.html", "{{url}}").contains("it has no code; write {{code}}"));
    }
}
