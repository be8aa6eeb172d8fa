//! The section `[hooks]`: your own code, which gatepost calls before and after it acts. [`Hooks`] reads the names of hooks by hand,
//! since you choose them.

use url::Url;

use crate::{
    code::codes,
    declaration::{Declaration, Documentation, Readers, Resource, Variable, VariablePlace},
    hooks::RustHook,
    options::{
        Default, EnabledSwitch, Options, Row, Section, Table, optional_choice, optional_text, optional_url, options,
        switch,
    },
    problem::Problems,
    reason::reasons,
};

/// The variable that has the secrets with which requests to hooks are signed.
pub const SECRET: &str = "HOOKS_SECRET";

/// The declaration of the feature.
pub const DECLARATION: Declaration = Declaration {
    variables: &[Variable {
        name: SECRET,
        aliases: &[],
        about: "signs the requests to your hooks, as Standard Webhooks says: `whsec_` and 24 to 64 bytes in base64, for example from \
                `echo whsec_$(openssl rand -base64 32)`. Several secrets, separated by spaces, all sign, so that you can replace one",
        needed: "`[hooks.<name>] url`",
        readers: Readers::Every,
        sensitive: true,
        set: VariablePlace::Deployments,
    }],
    ..Declaration::of("hooks")
};

/// The documentation of the feature.
pub const DOCUMENTATION: Documentation = Documentation { reasons: REASONS, codes: CODES };

/// `[hooks]`.
#[derive(Debug, Clone)]
pub struct Hooks {
    /// Whether hooks are called.
    pub enabled: bool,
    /// The hooks, in the order of the file, in which they are called.
    pub all: Vec<Hook>,
}

impl Hooks {
    /// Whether a hook decides about the deletion of users.
    pub fn decide_deletions(&self) -> bool {
        let decides = |hook: &Hook| hook.moment == Moment::Before && hook.event == Event::UserDelete;
        self.enabled && self.all.iter().any(decides)
    }

    /// Adds a problem for each hook in Rust that the program does not have.
    pub fn judge_functions(&self, linked: &[RustHook], problems: &mut Problems) {
        for Hook { name, transport, .. } in &self.all {
            let Transport::Rust(function) = transport else { continue };
            if linked.iter().all(|hook| hook.name != function) {
                let names: Vec<_> = linked.iter().map(|hook| format!("`{}`", hook.name)).collect();
                let others = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
                let text = format!(
                    "`{function}` is not among the functions of this program, which has {others}; list it in `hooks/src/lib.rs`, and \
                     build the program again with this `gatepost.toml`"
                );
                problems.add(format!("hooks.{name}.rust"), text);
            }
        }
    }
}

/// A hook.
#[derive(Debug, Clone)]
pub struct Hook {
    /// The name, for the log.
    pub name: String,
    /// When it is called.
    pub moment: Moment,
    /// The event for which it is called.
    pub event: Event,
    /// How it is called.
    pub transport: Transport,
    /// The result for the request if a hook that decides fails.
    pub on_failure: OnFailure,
}

/// When a hook is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Before anything is written: the hook decides.
    Before,
    /// After the answer: the hook is notified.
    After,
}

/// An event for which hooks are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A request arrives.
    Request,
    /// A user is created.
    UserCreate,
    /// A user's row is updated.
    UserUpdate,
    /// A user is deleted.
    UserDelete,
    /// An anonymous user signs in with credentials.
    UserLink,
    /// A session opens.
    SessionCreate,
    /// `/get-session` answers with a session.
    SessionRead,
    /// A JWT for other services is signed.
    TokenCreate,
    /// A user's address is confirmed.
    EmailVerify,
    /// A password is set by a mailed link.
    PasswordReset,
    /// A client signs up with the address of an existing user, and the answer does not reveal it.
    SignUpTaken,
}

impl Event {
    /// Returns the name in `gatepost.toml` and in the input of hooks.
    pub fn name(self) -> &'static str {
        BEFORE.iter().chain(AFTER).find(|(_, event)| *event == self).map_or("", |(name, _)| name)
    }
}

/// How a hook is called.
#[derive(Debug, Clone)]
pub enum Transport {
    /// A signed POST.
    Http {
        /// The address of the hook.
        url: Url,
        /// Whether the host may be in a private network, and be asked over http.
        allow_private_addresses: bool,
    },
    /// A function of PostgreSQL, by its schema and its name.
    Function(Option<String>, String),
    /// A function of Rust, by its name among those that are linked.
    Rust(String),
}

/// The result for a request if the hook that decides about it fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFailure {
    /// The request is refused.
    Refuse,
    /// The request goes on as if there were no hook.
    Continue,
}

const BEFORE: &[(&str, Event)] = &[
    ("request", Event::Request),
    ("user.create", Event::UserCreate),
    ("user.update", Event::UserUpdate),
    ("user.delete", Event::UserDelete),
    ("user.link", Event::UserLink),
    ("session.create", Event::SessionCreate),
    ("session.read", Event::SessionRead),
    ("token.create", Event::TokenCreate),
];
const AFTER: &[(&str, Event)] = &[
    ("user.create", Event::UserCreate),
    ("user.update", Event::UserUpdate),
    ("user.delete", Event::UserDelete),
    ("user.link", Event::UserLink),
    ("session.create", Event::SessionCreate),
    ("email.verify", Event::EmailVerify),
    ("password.reset", Event::PasswordReset),
    ("sign_up.taken", Event::SignUpTaken),
];
const REFUSE: (&str, OnFailure) = ("refuse", OnFailure::Refuse);

options! {
    /// A hook, whose name you choose.
    pub struct HookOptions {
        /// gatepost asks the hook before it acts: `"request"`, `"user.create"`, `"user.update"`, `"user.delete"`, `"user.link"`,
        /// `"session.create"`, `"session.read"` or `"token.create"`.
        before: Option<Event> = optional_choice("before", "–", BEFORE),
        /// gatepost notifies the hook after it has answered: `"user.create"`, `"user.update"`, `"user.delete"`, `"user.link"`,
        /// `"session.create"`, `"email.verify"`, `"password.reset"` or `"sign_up.taken"`.
        after: Option<Event> = optional_choice("after", "–", AFTER),
        /// The hook is a signed POST to this URL.
        url: Option<Url> = optional_url("url", "–"),
        /// The hook is a function of PostgreSQL, `"app.decide"`, which takes and returns `jsonb`.
        function: Option<String> = optional_text("function", "–"),
        /// The hook is a function of Rust that `hooks/src/lib.rs` lists under this name, `"company_addresses"`.
        rust: Option<String> = optional_text("rust", "–"),
        /// If a hook with `before` fails: `"refuse"` answers 503, and nothing is written. `"continue"` goes on without the hook.
        on_failure: Option<OnFailure> =
            optional_choice("on_failure", "`\"refuse\"`", &[REFUSE, ("continue", OnFailure::Continue)]),
        /// The host of `url` may be in a private network, and be asked over http if it is this machine.
        allow_private_addresses: bool = switch("allow_private_addresses", false),
    }
}

impl Options for Hooks {
    const TABLE: Table = Table {
        about: "Your own code, which gatepost calls before and after it acts ([hooks.md](hooks.md)). Each hook is a section \
                `[hooks.<name>]`, and hooks are called in the order of the file. \
                The line of a request in the log has `hooks`: the name, the verdict and the time of each hook that decided.",
        rows: &[
            Row { key: "enabled", default: Default::Boolean(false), about: "Hooks are called." },
            Row { key: "<name>", default: Default::Section(HookOptions::TABLE.rows), about: HookOptions::TABLE.about },
        ],
    };

    fn read_part(section: &mut Section<'_>, problems: &mut Problems) -> Self {
        Self::read(section.again(), problems)
    }

    fn read(mut section: Section<'_>, problems: &mut Problems) -> Self {
        let enabled = section.boolean("enabled", problems).unwrap_or(false);
        let mut all = Vec::new();
        for (name, place, section) in section.tables(problems) {
            if !enabled {
                let text = format!("the hook `{name}` is not called while `hooks.enabled` is off; set it to true");
                problems.add(&place, text);
            }
            let options = HookOptions::read(section, problems);
            match options.hook(name) {
                Ok(hook) => all.push(hook),
                Err(text) => problems.add(&place, text),
            }
        }
        Self { enabled, all }
    }

    fn switched_on(&self) -> Vec<EnabledSwitch> {
        let need = |hook: &Hook| match hook.transport {
            Transport::Http { .. } => EnabledSwitch {
                needs: Some(Resource::Variable(SECRET)),
                ..EnabledSwitch::of(&format!("{}.url", hook.name))
            },
            Transport::Function(..) => EnabledSwitch {
                needs: Some(Resource::Database),
                ..EnabledSwitch::of(&format!("{}.function", hook.name))
            },
            Transport::Rust(_) => EnabledSwitch::of(&format!("{}.rust", hook.name)),
        };
        let enabled = self.enabled.then(|| EnabledSwitch::of("enabled"));
        enabled.into_iter().chain(self.all.iter().map(need)).collect()
    }
}

impl HookOptions {
    /// Returns the hook, or what is wrong with it.
    fn hook(self, name: String) -> Result<Hook, String> {
        let (moment, event) = match (self.before, self.after) {
            (Some(event), None) => (Moment::Before, event),
            (None, Some(event)) => (Moment::After, event),
            _ => return Err(format!("the hook `{name}` must have either `before` or `after`")),
        };
        if moment == Moment::After && self.on_failure.is_some() {
            return Err(format!(
                "`on_failure` of the hook `{name}` has no effect, because it does not decide; remove it"
            ));
        }
        let allow_private_addresses = self.allow_private_addresses;
        let transport = match (self.url, self.function, self.rust) {
            (Some(url), None, None) if url.scheme() == "http" && !allow_private_addresses => {
                return Err(format!(
                    "the hook `{name}` has an http URL; write https, or set `allow_private_addresses`"
                ));
            }
            (Some(url), None, None) => Transport::Http { url, allow_private_addresses },
            (None, ..) if allow_private_addresses => {
                return Err(format!(
                    "`allow_private_addresses` of the hook `{name}` has no effect without `url`; remove it"
                ));
            }
            (None, Some(function), None) => function_named(&function).ok_or_else(|| {
                format!("`{function}` of the hook `{name}` is not a function; write one like \"app.decide\"")
            })?,
            (None, None, Some(function)) => Transport::Rust(function),
            _ => return Err(format!("the hook `{name}` must have one of `url`, `function` and `rust`")),
        };
        Ok(Hook { name, moment, event, transport, on_failure: self.on_failure.unwrap_or(OnFailure::Refuse) })
    }
}

/// Reads `name` or `schema.name`. Each part is an identifier as PostgreSQL stores it, so letters keep their case.
fn function_named(text: &str) -> Option<Transport> {
    let parts: Vec<_> = text.split('.').map(str::to_owned).collect();
    let is_name = |part: &String| !part.is_empty() && part.len() < 64 && !part.contains(['\0', '(', ')', '"']);
    match parts.as_slice() {
        [name] if is_name(name) => Some(Transport::Function(None, name.clone())),
        [schema, name] if is_name(schema) && is_name(name) => {
            Some(Transport::Function(Some(schema.clone()), name.clone()))
        }
        _ => None,
    }
}

reasons! {
    RefusedByHook = "refused_by_hook":
        "one of your hooks refused the request; `hooks` in the log line says which",
        "nothing, if the hook is right; otherwise correct the hook";
    HookFailed = "hook_failed":
        "one of your hooks did not answer as it should, and its `on_failure` is \"refuse\"",
        "the cause in the log says which hook and why; with `on_failure = \"continue\"` requests go on without it";
}

codes! {
    /// A hook could not decide about the request. Only gatepost has this code.
    HOOK_UNAVAILABLE = "The service cannot decide about this request. Try again shortly.";
    /// A hook refused the request and gave no code of its own. Only gatepost has this code.
    REFUSED = "The request was refused";
}
