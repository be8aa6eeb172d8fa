//! The variables of the environment as data, and what needs them.

/// Something that a deployment has or has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    /// PostgreSQL, at `DATABASE_URL`.
    Database,
    /// A way for mails to leave, at `EMAIL_URL`. Its absence is a problem in production.
    Mail,
    /// A way for text messages to leave, at `SMS_URL`. Its absence is a problem in production.
    Sms,
    /// A store beside the database: `[secondary_storage]`.
    SecondaryStorage,
    /// The providers that users sign in with.
    Providers,
    /// This variable of the feature's own.
    Variable(&'static str),
    /// A resource of the feature of this name, which has variables of its own.
    Of(&'static str),
}

/// A variable of the environment.
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// Other names that are read in its place, in this order.
    pub aliases: &'static [&'static str],
    /// Its description, for the documentation.
    pub about: &'static str,
    /// The features that need it, for the documentation.
    pub needed: &'static str,
    /// The programs that read it.
    pub readers: Readers,
    /// Whether the value is secret: the platform should not show it again.
    pub sensitive: bool,
    /// The place in which it is set.
    pub set: VariablePlace,
}

/// The programs that read a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Every function: the pipeline in front of all endpoints needs it.
    Every,
    /// The functions that serve an endpoint which uses this.
    Using(Resource),
    /// No function: the command line alone.
    CommandLine,
}

/// The place in which a variable is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VariablePlace {
    /// In production and preview, each with a value of its own.
    Deployments,
    /// In production alone.
    Production,
    /// By the platform.
    Platform,
    /// On a developer's machine.
    Locally,
    /// In the container or on the machine in which `gatepost serve` runs.
    Serving,
}

impl Variable {
    /// Its name, then the others.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }

    /// Whether `name` is one of its names; that of a provider's client begins with the provider, and that of an option of
    /// `gatepost serve` ends with the option.
    pub fn is(&self, name: &str) -> bool {
        let of_provider = |rest: &str| {
            let prefix = name.strip_suffix(rest).unwrap_or_default();
            !prefix.is_empty()
                && prefix.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        };
        self.names().any(|known| match (known.strip_prefix(PROVIDER), known.strip_suffix(OPTION)) {
            (Some(rest), _) => of_provider(rest),
            (None, Some(front)) => name.starts_with(front),
            (None, None) => known == name,
        })
    }

    /// Whether a function whose endpoints use these reads it.
    pub fn is_read_by(&self, uses: impl IntoIterator<Item = Resource>) -> bool {
        match self.readers {
            Readers::Every => true,
            Readers::Using(resource) => uses.into_iter().any(|used| used == resource),
            Readers::CommandLine => false,
        }
    }
}

/// Stands in a name for a provider's own, in capitals.
pub const PROVIDER: &str = "<PROVIDER>";
/// Stands in a name for an option's own, in capitals.
const OPTION: &str = "<OPTION>";
