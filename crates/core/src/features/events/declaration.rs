//! The section `[events]`, and the table of the outbox. [`Events`] reads the names of receivers by hand, since you choose them.

use std::collections::BTreeMap;

use url::Url;

use crate::{
    declaration::{
        Declaration, Documentation, FeatureTable, Model, ModelColumn, Readers, Resource, Variable, VariablePlace,
    },
    json,
    options::{Default, EnabledSwitch, Options, Row, Section, Table, optional_url, options, switch, texts},
    problem::Problems,
};

/// The variable that has the secrets with which events are signed.
pub const SECRET: &str = "EVENTS_SECRET";

/// The declaration of the feature.
pub const DECLARATION: Declaration = Declaration {
    variables: &[Variable {
        name: SECRET,
        aliases: &[],
        about: "signs the events for your receivers, as Standard Webhooks says: `whsec_` and 24 to 64 bytes in base64, for example from \
                `echo whsec_$(openssl rand -base64 32)`. Several secrets, separated by spaces, all sign, so that you can replace one",
        needed: "`[events.<name>] url`",
        readers: Readers::Every,
        sensitive: true,
        set: VariablePlace::Deployments,
    }],
    tables: &[FeatureTable {
        model: Model {
            name: "outboxEvent",
            key: "outbox_event",
            columns: &[
                ModelColumn::text("eventId", "event_id").indexed(),
                ModelColumn::text("receiver", "receiver"),
                ModelColumn::text("kind", "kind"),
                ModelColumn::text("userId", "user_id").optional(),
                ModelColumn::text("objectId", "object_id").optional(),
                ModelColumn::text("organizationId", "organization_id").optional(),
                ModelColumn::text("email", "email").optional().hidden(),
                ModelColumn::date("createdAt", "created_at"),
                ModelColumn::number("attempts", "attempts").hidden(),
                ModelColumn::date("dueAt", "due_at").optional().indexed(),
                ModelColumn::date("deliveredAt", "delivered_at").optional().indexed(),
                ModelColumn::text("cause", "cause").optional(),
            ],
        },
        when: &[],
    }],
    ..Declaration::of("events")
};

/// The documentation of the feature.
pub const DOCUMENTATION: Documentation = Documentation::NONE;

/// The kinds of events: those of noted changes, and the new session.
pub const KINDS: [&str; 51] = [
    "user.created",
    "user.updated",
    "user.deleted",
    "user.banned",
    "user.unbanned",
    "role.set",
    "email.verified",
    "email.changed",
    "phone.verified",
    "phone.changed",
    "password.changed",
    "password.reset",
    "password.set",
    "password.contested",
    "account.linked",
    "account.unlinked",
    "accounts.cleared",
    "session.created",
    "session.revoked",
    "impersonation.begun",
    "impersonation.ended",
    "two_factor.prepared",
    "two_factor.enabled",
    "two_factor.disabled",
    "two_factor.codes_replaced",
    "two_factor.code_used",
    "passkey.added",
    "passkey.renamed",
    "passkey.removed",
    "api_key.created",
    "api_key.changed",
    "api_key.deleted",
    "api_key.ended",
    "organization.created",
    "organization.updated",
    "organization.deleted",
    "member.removed",
    "member.role_set",
    "invitation.created",
    "invitation.renewed",
    "invitation.accepted",
    "invitation.rejected",
    "invitation.canceled",
    "team.created",
    "team.updated",
    "team.removed",
    "team_member.added",
    "team_member.removed",
    "role.created",
    "role.updated",
    "role.deleted",
];

/// `[events]`.
#[derive(Debug, Clone)]
pub struct Events {
    /// Whether statements write events.
    pub enabled: bool,
    /// Days for which events stay that were delivered or have failed.
    pub keep_days: u32,
    /// When the platform's cron delivers what waits.
    pub schedule: String,
    /// The receivers, in the order of the file.
    pub all: Vec<Receiver>,
}

/// A receiver of events.
#[derive(Debug, Clone)]
pub struct Receiver {
    /// The name, for the table and the log.
    pub name: String,
    /// The address.
    pub url: Url,
    /// Whether the host may be in a private network, and be asked over http.
    pub allow_private_addresses: bool,
    /// The kinds of events that it receives.
    pub kinds: Vec<&'static str>,
}

impl Events {
    /// Returns the names of the receivers by kind, as JSON.
    pub fn receivers_by_kind(&self) -> String {
        let mut all = BTreeMap::<_, Vec<_>>::new();
        for receiver in self.all.iter().filter(|_| self.enabled) {
            receiver.kinds.iter().for_each(|kind| all.entry(*kind).or_default().push(receiver.name.as_str()));
        }
        json::to_string(&all)
    }
}

options! {
    /// A receiver of events, whose name you choose. It receives what happens after you add it.
    pub struct ReceiverOptions {
        /// Each event is a signed POST to this URL.
        url: Option<Url> = optional_url("url", "–"),
        /// The kinds of events that it receives, such as `"user.created"` ([events.md](events.md#kinds)). All if the list is empty.
        only: Vec<String> = texts("only"),
        /// The host of `url` may be in a private network, and be asked over http if it is this machine.
        allow_private_addresses: bool = switch("allow_private_addresses", false),
    }
}

const LONGEST_KEEP: u32 = 3_650;
const KEEP: u32 = 30;
const SCHEDULE: &str = "30 4 * * *";

impl Options for Events {
    const TABLE: Table = Table {
        about: "Events of what has changed, which gatepost writes into the table `outboxEvent` in the statement of the change and sends to \
                your receivers until each has taken them ([events.md](events.md)). Each receiver is a section `[events.<name>]`. Run \
                `cargo gatepost migrate`, which adds the table.",
        rows: &[
            Row { key: "enabled", default: Default::Boolean(false), about: "Events are written and sent." },
            Row {
                key: "keep_days",
                default: Default::Number(KEEP),
                about: "Days for which rows of events stay that were delivered or have failed. `gatepost cleanup` and `[cleanup]` remove \
                        older ones.",
            },
            Row {
                key: "schedule",
                default: Default::Text(SCHEDULE),
                about: "When the platform's cron calls `GET /cleanup/events`, which sends the events that wait, as five fields of cron in \
                        UTC. Needs `cleanup.enabled`. On Vercel's Hobby plan, a cron runs at most once a day.",
            },
            Row {
                key: "<name>",
                default: Default::Section(ReceiverOptions::TABLE.rows),
                about: ReceiverOptions::TABLE.about,
            },
        ],
    };

    fn read_part(section: &mut Section<'_>, problems: &mut Problems) -> Self {
        Self::read(section.again(), problems)
    }

    fn read(mut section: Section<'_>, problems: &mut Problems) -> Self {
        let enabled = section.boolean("enabled", problems).unwrap_or(false);
        let keep_days = section.number("keep_days", problems, 0..=LONGEST_KEEP).unwrap_or(KEEP);
        let schedule = section.text("schedule", problems).unwrap_or_else(|| SCHEDULE.to_owned());
        let is_cron = |text: &str| {
            let is_field = |field: &str| {
                !field.is_empty() && field.bytes().all(|byte| byte.is_ascii_digit() || b"*/,-".contains(&byte))
            };
            text.split(' ').count() == 5 && text.split(' ').all(is_field)
        };
        if !is_cron(&schedule) {
            let text = "`events.schedule` is not five fields of cron; write minute, hour, day, month and weekday in UTC, such as `*/5 * * * *`";
            problems.add(section.place("schedule"), text);
        }
        let mut all = Vec::new();
        for (name, place, section) in section.tables(problems) {
            if !enabled {
                let text = format!("`{name}` receives nothing while `events.enabled` is off; set it to true");
                problems.add(&place, text);
            }
            match ReceiverOptions::read(section, problems).receiver(name) {
                Ok(receiver) => all.push(receiver),
                Err(text) => problems.add(&place, text),
            }
        }
        Self { enabled, keep_days, schedule, all }
    }

    fn switched_on(&self) -> Vec<EnabledSwitch> {
        let enabled =
            self.enabled.then(|| EnabledSwitch { needs: Some(Resource::Database), ..EnabledSwitch::of("enabled") });
        let need = |receiver: &Receiver| EnabledSwitch {
            needs: Some(Resource::Variable(SECRET)),
            ..EnabledSwitch::of(&format!("{}.url", receiver.name))
        };
        enabled.into_iter().chain(self.all.iter().map(need)).collect()
    }
}

impl ReceiverOptions {
    /// Returns the receiver, or what is wrong with it.
    fn receiver(self, name: String) -> Result<Receiver, String> {
        let allow_private_addresses = self.allow_private_addresses;
        let url = self.url.ok_or_else(|| format!("the receiver `{name}` must have a `url`"))?;
        if url.scheme() == "http" && !allow_private_addresses {
            return Err(format!(
                "the receiver `{name}` has an http URL; write https, or set `allow_private_addresses`"
            ));
        }
        let known = |kind: &String| {
            let found = KINDS.into_iter().find(|known| known == kind);
            found.ok_or_else(|| {
                format!("`{kind}` in `only` of the receiver `{name}` is no event; known are {}", KINDS.join(", "))
            })
        };
        let kinds = self.only.iter().map(known).collect::<Result<Vec<_>, _>>()?;
        let kinds = if kinds.is_empty() { KINDS.to_vec() } else { kinds };
        Ok(Receiver { name, url, allow_private_addresses, kinds })
    }
}
