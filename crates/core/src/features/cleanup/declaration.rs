//! The section `[cleanup]`, and the variable with the secret of the platform's cron.

use crate::{
    code::codes,
    declaration::{Declaration, Documentation, Readers, Resource, Variable, VariablePlace},
    options::{Section, number, options, switch, text},
    problem::Problems,
    reason::reasons,
};

/// The variable with the secret that the platform's cron sends.
pub const SECRET: &str = "CRON_SECRET";
/// The least length of the secret in bytes.
const SHORTEST: usize = 16;

/// The declaration of the feature.
pub const DECLARATION: Declaration = Declaration {
    variables: &[Variable {
        name: SECRET,
        aliases: &[],
        about: "lets the platform's cron, and no other client, call `/cleanup` and `/cleanup/events`: at least 16 characters, for example from `openssl rand \
                -base64 32`",
        needed: "`cleanup.enabled`",
        readers: Readers::Every,
        sensitive: true,
        set: VariablePlace::Deployments,
    }],
    ..Declaration::of("cleanup")
};

/// The documentation of the feature.
pub const DOCUMENTATION: Documentation = Documentation { reasons: REASONS, codes: CODES };

options! {
    /// Removal of expired rows: sessions, single-use values and rate-limit counters. better-auth keeps expired sessions,
    /// so the table only grows. `gatepost cleanup` removes these rows from the command line, without `enabled`.
    pub struct Cleanup {
        /// The platform's cron calls `GET /cleanup`: `gatepost generate` writes it into `vercel.json`. Needs `CRON_SECRET`.
        enabled: bool = switch("enabled", false).needs(Resource::Variable(SECRET)),
        /// When the cron calls, as five fields of cron in UTC.
        schedule: String = text("schedule", "0 4 * * *"),
        /// Days for which sessions stay after they have expired. Until then, the reason for a null session is that it expired; after
        /// that, that no session has the token.
        keep_days: u32 = number("keep_days", 0, 3_650, 7),
    }
    check: check
}

/// Checks the form of the schedule. The platform checks what the fields mean.
fn check(read: &mut Cleanup, section: &Section<'_>, problems: &mut Problems) {
    let is_field = |field: &str| field.bytes().all(|byte| byte.is_ascii_digit() || b"*/,-".contains(&byte));
    let fields = read.schedule.split(' ');
    if fields.clone().count() != 5 || !fields.into_iter().all(|field| !field.is_empty() && is_field(field)) {
        let text = "`cleanup.schedule` is not five fields of cron; write minute, hour, day, month and weekday in UTC, such as `0 4 * * *`";
        problems.add(section.place("schedule"), text);
    }
}

/// Whether a secret is too short to keep other clients out.
pub fn is_short(secret: &[u8]) -> bool {
    secret.len() < SHORTEST
}

reasons! {
    WrongCronSecret = "wrong_cron_secret":
        "a request for `/cleanup` has no `authorization` header with the secret of CRON_SECRET",
        "call it with `authorization: Bearer` and the secret; the platform's cron does so if CRON_SECRET is set in the environment of \
         the deployment, and has at least 16 characters";
}

codes! {
    /// A request for `/cleanup` does not have the secret of CRON_SECRET. Only gatepost has this code.
    CRON_SECRET_REQUIRED = "Only the platform's cron may call this";
}
