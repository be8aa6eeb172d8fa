//! The list of the features. A feature is one line here; from it come the typed section of the configuration
//! (`config.features.<name>`), and, from its declaration, tables, columns and what it needs.

use std::collections::BTreeMap;

use crate::{
    crypto::secret::Secret,
    declaration::{
        Declaration, Documentation, FeatureColumn, LimitRule, Model, ModelColumn, RequiredSwitches, Variable,
    },
    options::{self, EnabledSwitch, Options as _, Section},
    problem::Problems,
    reason::{self, ExplainedReason},
};

/// The list of the features: calls a macro with the module and the options of each.
#[macro_export]
macro_rules! features {
    ($with:ident) => {
        $with! {
            username: Username,
            last_login_method: LastLoginMethod,
            admin: Admin,
            organization: Organization,
            two_factor: TwoFactor,
            captcha: Captcha,
            have_i_been_pwned: HaveIBeenPwned,
            multi_session: MultiSession,
            magic_link: MagicLink,
            email_otp: EmailOtp,
            phone_number: PhoneNumber,
            one_tap: OneTap,
            one_time_token: OneTimeToken,
            anonymous: Anonymous,
            sign_up: SignUp,
            hooks: Hooks,
            events: Events,
            custom_session: CustomSession,
            cleanup: Cleanup,
            api_key: ApiKey,
            passkey: Passkey,
            audit: Audit,
        }
    };
}

/// Makes the struct of all sections, the function that reads them, and the lists of declarations and of options.
macro_rules! sections {
    ($($name:ident: $options:ident,)*) => {
        /// The deployment's options of all features.
        #[derive(Debug, Clone)]
        pub struct Features {
            $(#[doc = concat!("`[", stringify!($name), "]`.")] pub $name: crate::features::$name::declaration::$options,)*
            declared: Vec<DeclaredFeature>,
            values: BTreeMap<&'static str, Secret>,
        }

        /// The declaration of every feature.
        pub const ALL: &[&Declaration] = &[$(&crate::features::$name::declaration::DECLARATION),*];

        /// The documentation of each feature, by its name.
        pub const DOCUMENTATION: &[(&str, Documentation)] =
            &[$((stringify!($name), crate::features::$name::declaration::DOCUMENTATION)),*];

        /// The options of every feature by section, for the documentation.
        pub const OPTIONS: &[(&str, options::Table)] =
            &[$((stringify!($name), crate::features::$name::declaration::$options::TABLE)),*];

        impl Features {
            /// Reads the section of each feature out of the file.
            pub(crate) fn read(root: &mut Section<'_>, problems: &mut Problems) -> Self {
                $(let section = root.section(stringify!($name), problems);
                let $name = crate::features::$name::declaration::$options::read(section, problems);)*
                let declared = vec![$(
                    DeclaredFeature::new(&crate::features::$name::declaration::DECLARATION, $name.switched_on()),
                )*];
                Self { $($name,)* declared, values: BTreeMap::new() }
            }
        }
    };
}

features!(sections);

/// A declaration, and which of the feature's switches are on.
#[derive(Debug, Clone)]
pub struct DeclaredFeature {
    declaration: &'static Declaration,
    on: Vec<EnabledSwitch>,
}

impl DeclaredFeature {
    /// The feature with those of its switches that are on.
    pub fn new(declaration: &'static Declaration, on: Vec<EnabledSwitch>) -> Self {
        Self { declaration, on }
    }

    fn is_on(&self, key: &str) -> bool {
        self.on.iter().any(|on| on.key == key)
    }

    /// Whether the feature is on, and these of its switches.
    fn has(&self, when: RequiredSwitches) -> bool {
        self.is_on("enabled") && when.iter().all(|key| self.is_on(key))
    }
}

impl Features {
    /// Adds features that [`ALL`] does not have.
    #[must_use]
    pub fn with(mut self, more: &[DeclaredFeature]) -> Self {
        self.declared.extend_from_slice(more);
        self
    }

    /// Keeps what `value` returns for the variables of the features that are on.
    #[must_use]
    pub(crate) fn with_values(mut self, value: impl Fn(&str) -> Option<String>) -> Self {
        let variables = self.variables().collect::<Vec<_>>();
        let found =
            variables.into_iter().filter_map(|one| Some((one.name, Secret::new(one.names().find_map(&value)?))));
        self.values = found.collect();
        self
    }

    /// The variables of the features that are on.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &'static Variable> {
        self.declared.iter().filter(|one| one.has(&[])).flat_map(|one| one.declaration.variables)
    }

    /// The value of a variable of a feature that is on, if the variable is set.
    pub fn value(&self, name: &str) -> Option<&Secret> {
        self.values.get(name)
    }

    /// Whether a feature that is on ends sessions that the stores still have.
    pub(crate) fn end_sessions(&self) -> bool {
        self.declared.iter().any(|one| one.has(&[]) && one.declaration.ends_sessions)
    }

    /// The actions on resources that the features that are on permit by the roles of users.
    pub(crate) fn rights(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let rights = self.declared.iter().filter(|one| one.has(&[])).flat_map(|one| one.declaration.rights);
        rights.flat_map(|(resource, actions)| actions.iter().map(|action| (*resource, *action)))
    }

    /// The headers that pages send to the features that are on.
    pub(crate) fn request_headers(&self) -> impl Iterator<Item = &'static str> {
        let headers = |one: &DeclaredFeature| one.declaration.request_headers.iter().copied();
        self.declared.iter().filter(|one| one.has(&[])).flat_map(headers)
    }

    /// The tables of the features that are on, in the order in which they are made.
    pub(crate) fn tables(&self) -> impl Iterator<Item = &'static Model> {
        let tables = |one: &DeclaredFeature| {
            one.declaration.tables.iter().filter(|table| one.has(table.when)).collect::<Vec<_>>()
        };
        self.declared.iter().flat_map(tables).map(|table| &table.model)
    }

    /// Whether a table has a column of its model: the switches are on with which the column is there.
    pub(crate) fn needs(&self, table: &str, column: &ModelColumn) -> bool {
        let owns = |one: &DeclaredFeature| one.declaration.tables.iter().any(|own| own.model.name == table);
        column.when.is_empty() || self.declared.iter().any(|one| owns(one) && one.has(column.when))
    }

    /// Whether the table takes additional fields in its section of `[schema]`.
    pub(crate) fn is_extensible(&self, table: &str) -> bool {
        let extends = |one: &DeclaredFeature| one.has(&[]) && one.declaration.extensible.contains(&table);
        self.declared.iter().any(extends)
    }

    /// The columns that features which are on add to the table that better-auth calls `table`.
    pub(crate) fn columns(&self, table: &str) -> impl Iterator<Item = &'static FeatureColumn> {
        let columns =
            |one: &DeclaredFeature| one.declaration.columns.iter().filter(|row| one.has(row.when)).collect::<Vec<_>>();
        self.declared.iter().flat_map(columns).filter(move |row| row.table == table)
    }

    /// Whether a key of a feature, `username.enabled`, is on, and its feature with it.
    pub fn is_on(&self, path: &str) -> bool {
        let Some((name, key)) = path.split_once('.') else { return false };
        let feature = self.declared.iter().find(|one| one.declaration.name == name);
        feature.is_some_and(|one| one.is_on("enabled") && one.is_on(key))
    }

    /// The names of the features that are on.
    pub(crate) fn names_of_those_on(&self) -> impl Iterator<Item = &'static str> {
        self.declared.iter().filter(|one| one.has(&[])).map(|one| one.declaration.name)
    }

    /// The limits of the features that are on.
    pub(crate) fn limits(&self) -> impl Iterator<Item = &'static LimitRule> {
        self.declared.iter().filter(|one| one.has(&[])).flat_map(|one| one.declaration.limits)
    }

    /// The switches of features that are on, as the file has them: `username.enabled`.
    pub(crate) fn switched_on(&self) -> impl Iterator<Item = EnabledSwitch> {
        let on =
            |one: &DeclaredFeature| one.on.iter().map(|on| on.clone().below(one.declaration.name)).collect::<Vec<_>>();
        self.declared.iter().filter(|one| one.has(&[])).flat_map(on)
    }
}

/// The options of better-auth's plugins without a key, by their path in the file, with the answer to each.
pub(crate) fn absent() -> impl Iterator<Item = (String, &'static str)> {
    let below =
        |one: &'static &Declaration| one.absent.iter().map(|(key, told)| (format!("{}.{key}", one.name), *told));
    ALL.iter().flat_map(below)
}

/// Every reason in words, those of the core and those of features.
pub fn reasons() -> impl Iterator<Item = &'static ExplainedReason> {
    reason::REASONS.iter().chain(DOCUMENTATION.iter().flat_map(|(_, documentation)| documentation.reasons))
}
