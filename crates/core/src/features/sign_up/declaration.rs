//! The section `[sign_up]`, and the table of invitations.

use crate::{
    code::codes,
    declaration::{ColumnDefault, Declaration, Documentation, FeatureTable, Model, ModelColumn, Resource},
    options::{Section, optional_text, options, switch, text, texts},
    problem::Problems,
    reason::reasons,
    syntax::domain,
};

/// The declaration of the feature.
pub const DECLARATION: Declaration = Declaration {
    tables: &[FeatureTable {
        model: Model {
            name: "signUpInvitation",
            key: "sign_up_invitation",
            columns: &[
                ModelColumn::text("email", "email").unique(),
                ModelColumn::date("expiresAt", "expires_at").optional(),
                ModelColumn::date("createdAt", "created_at").or(ColumnDefault::Now),
            ],
        },
        when: &["invitation_only"],
    }],
    ..Declaration::of("sign_up")
};

/// The documentation of the feature.
pub const DOCUMENTATION: Documentation = Documentation { reasons: REASONS, codes: CODES };

options! {
    /// Rules for new users. They hold for every way in which a client creates a user, and for addresses to which users change. A
    /// domain says something about a person only if the address is confirmed: set `email_and_password.require_email_verification`
    /// too.
    pub struct SignUp {
        /// The rules apply.
        enabled: bool = switch("enabled", false),
        /// Only addresses of these domains may sign up: `example.com` without its subdomains, `*.example.com` only its subdomains.
        allow_domains: Vec<String> = texts("allow_domains"),
        /// Addresses of these domains and of their subdomains may not sign up, even if `allow_domains` has them.
        block_domains: Vec<String> = texts("block_domains"),
        /// These addresses may sign up regardless of the other rules. Without `allow_domains` and `invitation_only`, no others may.
        allow_list: Vec<String> = texts("allow_list"),
        /// Only addresses with a row in the table `signUpInvitation` may sign up.
        invitation_only: bool = switch("invitation_only", false).needs(Resource::Database),
        /// The `role` of a user who signs up while the table of users is empty. Users need a column `role` that clients cannot set.
        first_user_role: Option<String> = optional_text("first_user_role", "the default of the column"),
        /// Each new user gets an organization, whose creator the user is ([organizations.md](organizations.md)): the statement that
        /// writes the user writes it too. It is active in the user's sessions. Anonymous users get none. Needs `organization.enabled`.
        create_organization: bool = switch("create_organization", false).needs(Resource::Database),
        /// The name of this organization. `{name}` stands for the user's name, or for the part of the address before the `@` if
        /// there is none. The slug is the name in lower case with `-` between words, and eight random letters.
        organization_name: String = text("organization_name", "{name}'s organization"),
        /// The message of a refusal, instead of the usual one.
        message: String = text("message", ""),
    }
    check: check
}

impl SignUp {
    /// Returns the texts in front of and behind the user's name in the name of an organization.
    pub fn around_name(&self) -> Option<(&str, &str)> {
        let parts = self.organization_name.split_once("{name}");
        parts.filter(|(_, behind)| !behind.contains("{name}") && self.organization_name.chars().count() <= 200)
    }

    /// Whether every address may sign up without an invitation.
    pub fn allows_all(&self) -> bool {
        self.allow_domains.is_empty() && self.block_domains.is_empty() && self.allow_list.is_empty()
    }
}

/// Brings domains and addresses into the form in which they are compared. A rule without effect would look as if it protected.
fn check(read: &mut SignUp, section: &Section<'_>, problems: &mut Problems) {
    for (key, list) in [("allow_domains", &mut read.allow_domains), ("block_domains", &mut read.block_domains)] {
        for entry in list {
            match listed(entry, key == "allow_domains") {
                Some(known) => *entry = known,
                None => {
                    let wildcard = if key == "allow_domains" { " or `*.example.com`" } else { "" };
                    let text = format!("`{entry}` is not a domain; write one like `example.com`{wildcard}");
                    problems.add(section.place(key), text);
                }
            }
        }
    }
    for entry in &mut read.allow_list {
        match domain::of_address(entry) {
            Some(known) => *entry = known,
            None => {
                let text = format!("`{entry}` is not an address; write one like `ada@example.com`");
                problems.add(section.place("allow_list"), text);
            }
        }
    }
    if !read.enabled {
        for (key, is_set) in [
            ("allow_domains", !read.allow_domains.is_empty()),
            ("block_domains", !read.block_domains.is_empty()),
            ("allow_list", !read.allow_list.is_empty()),
            ("invitation_only", read.invitation_only),
            ("first_user_role", read.first_user_role.is_some()),
            ("create_organization", read.create_organization),
        ] {
            if is_set {
                let text = format!(
                    "`sign_up.{key}` has no effect while `sign_up.enabled` is off; set it to true, or remove the key"
                );
                problems.add(section.place(key), text);
            }
        }
    }
    if read.first_user_role.is_some() && section.circumstances().without_database {
        let text = "`sign_up.first_user_role` needs a database; set DATABASE_URL, or remove the key";
        problems.add(section.place("first_user_role"), text);
    }
    if read.around_name().is_none() {
        let text = "`sign_up.organization_name` must have `{name}` exactly once, and at most 200 characters";
        problems.add(section.place("organization_name"), text);
    }
    if read.first_user_role.as_deref() == Some("") {
        problems.add(section.place("first_user_role"), "`sign_up.first_user_role` is empty; write the name of a role");
    }
}

/// Returns an entry of a list of domains in the form in which it is compared; `None` if it is not one.
fn listed(text: &str, takes_wildcard: bool) -> Option<String> {
    match text.strip_prefix("*.").filter(|_| takes_wildcard) {
        Some(parent) => Some(format!("*.{}", domain::plain(parent)?)),
        None => domain::plain(text),
    }
}

reasons! {
    DomainNotAllowed = "domain_not_allowed":
        "`[sign_up]` does not allow addresses of this domain: it is in `block_domains`, or not in `allow_domains`, or the address is \
         not in `allow_list`",
        "add the domain to `sign_up.allow_domains`, or the address to `sign_up.allow_list`";
    NotInvited = "not_invited":
        "`sign_up.invitation_only` is on, and the table `signUpInvitation` has no row for the address, or the row has expired",
        "insert a row with the address in lower case, or add the address to `sign_up.allow_list`";
}

codes! {
    /// `[sign_up]` does not allow addresses of this domain. Only gatepost has this code.
    EMAIL_DOMAIN_NOT_ALLOWED = "This email address cannot be used here";
    /// `sign_up.invitation_only` is on, and the address has no invitation. Only gatepost has this code.
    SIGN_UP_BY_INVITATION_ONLY = "Sign up is by invitation only";
}
