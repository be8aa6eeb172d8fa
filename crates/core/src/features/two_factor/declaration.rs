//! The section `[two_factor]`, and what the feature adds to the tables (spec sign-in-plugins §§0.9, 4.1).

use super::words;
use crate::{
    crypto::one_time_code::StoredForm,
    declaration::{
        ColumnDefault, CookieDeclaration, Declaration, Documentation, FeatureColumn, FeatureTable, Limit, LimitRule,
        Model, ModelColumn, Paths, Resource,
    },
    options::{Section, choice, lifetime, number, optional_switch, options, seconds, section, switch, text},
    problem::Problems,
    syntax::origin,
};

/// The cookie of a sign-in that waits for its code.
pub(super) const WAITING_COOKIE: &str = "two_factor";
/// The cookie of a trusted device.
pub(super) const DEVICE_COOKIE: &str = "trust_device";

/// The feature.
pub const DECLARATION: Declaration = Declaration {
    tables: &[FeatureTable {
        model: Model {
            name: "twoFactor",
            key: "two_factor",
            columns: &[
                ModelColumn::text("secret", "secret").indexed(),
                ModelColumn::text("backupCodes", "backup_codes"),
                ModelColumn::owner(),
                ModelColumn::boolean("verified", "verified").optional().or(ColumnDefault::Boolean(true)),
                ModelColumn::number("failedVerificationCount", "failed_verification_count")
                    .optional()
                    .or(ColumnDefault::Number(0)),
                ModelColumn::date("lockedUntil", "locked_until").optional(),
            ],
        },
        when: &[],
    }],
    columns: &[FeatureColumn {
        table: "user",
        column: ModelColumn::boolean("twoFactorEnabled", "two_factor_enabled")
            .optional()
            .or(ColumnDefault::Boolean(false)),
        input: false,
        returned: true,
        when: &[],
    }],
    cookies: &[
        CookieDeclaration {
            lifetime: "`two_factor.two_factor_cookie_max_age`",
            about: "Names the sign-in that waits for a code; signed",
            ..CookieDeclaration::of(WAITING_COOKIE)
        },
        CookieDeclaration {
            lifetime: "`two_factor.trust_device_max_age`",
            about: "Names a device that is not asked for a code; signed",
            ..CookieDeclaration::of(DEVICE_COOKIE)
        },
    ],
    limits: &[LimitRule { paths: Paths::BeginWith("/two-factor/"), limit: Limit { window: 10, max: 3 } }],
    absent: &[
        (
            "backup_code_options.custom_backup_codes_generate",
            "a function cannot be configured; codes are random letters and digits",
        ),
        ("schema", "write `[schema.two_factor]`, and `[schema.user] fields = { two_factor_enabled = \"…\" }`"),
        ("totp_options.backup_codes", "write `[two_factor.backup_code_options]`"),
        ("two_factor_table", "write `[schema.two_factor] model_name`"),
    ],
    ..Declaration::of("two_factor")
};

/// The documentation of the feature.
pub const DOCUMENTATION: Documentation = Documentation { reasons: words::REASONS, codes: words::CODES };

options! {
    /// A code in addition to the credentials that a user signs in with: better-auth's plugin `twoFactor`. It needs the table
    /// `twoFactor` and the column `twoFactorEnabled` of `user`: run `cargo gatepost migrate`. No session exists before the code is
    /// given.
    ///
    /// A script reads `{"twoFactorRedirect": true, "twoFactorMethods": ["totp", "otp"]}` instead of a session, which
    /// `twoFactorClient` acts on. A browser that navigates, from a provider or a mailed link, is redirected to `two_factor_page`. The
    /// page asks for the code, and calls `twoFactor.verifyTotp`, `twoFactor.verifyOtp` or `twoFactor.verifyBackupCode`.
    pub struct TwoFactor {
        /// Users can set a second factor up, and are asked for it.
        enabled: bool = switch("enabled", false).needs(Resource::Database),
        /// `"credentials"`: as in better-auth, the second factor is asked for after a password only, and not after a provider, an
        /// ID token or a mailed link.
        ask_on: AskOn = choice("ask_on", EVERY_WAY, &[EVERY_WAY, ("credentials", AskOn::Credentials)]),
        /// The page where a browser that navigates gives the code: a path, or a URL. Its query has `twoFactorRedirect=true`,
        /// `twoFactorMethods=totp,otp`, and in `callbackURL` where to go on. Without this key the browser is sent with the first two
        /// to the page where it would have gone with a session.
        page: String = text("two_factor_page", ""),
        /// The name that authenticator apps show for the service when they are set up; `app_name` if it is empty.
        issuer: String = text("issuer", ""),
        /// An authenticator app counts before it has given a code.
        skip_verification_on_enable: bool = switch("skip_verification_on_enable", false),
        /// Users without a password need none to set a second factor up, and to remove it.
        allow_passwordless: bool = switch("allow_passwordless", false),
        /// How long a sign-in waits for its code, in seconds.
        cookie_max_age: u32 = lifetime("two_factor_cookie_max_age", 600),
        /// How long a device is not asked again if the client sends `trustDevice`; each sign-in restarts the time.
        /// With `0` every device is asked.
        trust_device_max_age: u32 = seconds("trust_device_max_age", 2_592_000),
        /// Codes of authenticator apps.
        totp: TotpOptions = section::<TotpOptions>("totp_options"),
        /// Codes by mail.
        otp: OtpOptions = section::<OtpOptions>("otp_options"),
        /// Codes for users who have lost the others.
        backup_codes: BackupCodeOptions = section::<BackupCodeOptions>("backup_code_options"),
        /// How many wrong codes lock a user's second factor.
        lockout: AccountLockout = section::<AccountLockout>("account_lockout"),
    }
    check: contradictions
}

options! {
    /// Codes of authenticator apps.
    pub struct TotpOptions {
        /// Authenticator apps are switched off.
        disabled: bool = switch("disable", false),
        /// Digits of a code. Apps that are set up keep theirs.
        digits: u32 = number("digits", 6, 8, 6),
        /// Seconds for which an app shows a code. Apps that are set up keep theirs.
        period: u32 = number("period", 15, 300, 30),
        /// The name of the service in the answer of `/two-factor/get-totp-uri`; `app_name` if it is empty.
        issuer: String = text("issuer", ""),
        /// Overrides `two_factor.allow_passwordless` for `/two-factor/get-totp-uri`.
        allow_passwordless: Option<bool> = optional_switch("allow_passwordless", "`two_factor.allow_passwordless`"),
    }
}

options! {
    /// Codes by mail.
    pub struct OtpOptions {
        /// Codes are mailed (`two-factor-otp`). A user who reads the mailbox can often set a new password as well, so codes by mail are
        /// off by default.
        send: bool = switch("send_otp", false).needs(Resource::Mail),
        /// Minutes for which a mailed code works.
        minutes: u32 = number("period", 1, 60, 3),
        /// Digits of a mailed code.
        digits: u32 = number("digits", 6, 16, 6),
        /// How many codes may be tried for one that was mailed.
        allowed_attempts: u32 = number("allowed_attempts", 1, 20, 5),
        /// How mailed codes are stored: `"plain"`, `"encrypted"` or `"hashed"`.
        store: StoredForm = choice("store_otp", PLAIN, &[PLAIN, ("encrypted", StoredForm::Encrypted), ("hashed", StoredForm::Hashed)]),
    }
}

options! {
    /// Codes for users who have lost the others.
    pub struct BackupCodeOptions {
        /// How many backup codes a user gets.
        amount: u32 = number("amount", 1, 100, 10),
        /// Letters and digits of a backup code.
        length: u32 = number("length", 8, 64, 10),
        /// How backup codes are stored: `"encrypted"` or `"plain"`. Both are read.
        encrypted: bool = choice("store_backup_codes", ENCRYPTED, &[ENCRYPTED, ("plain", false)]),
        /// Overrides `two_factor.allow_passwordless` for `/two-factor/generate-backup-codes`.
        allow_passwordless: Option<bool> = optional_switch("allow_passwordless", "`two_factor.allow_passwordless`"),
    }
}

options! {
    /// How many wrong codes lock a user's second factor.
    pub struct AccountLockout {
        /// Wrong codes lock a user's second factor.
        enabled: bool = switch("enabled", true),
        /// How many wrong codes in a row, over all sign-ins of the user.
        max_failed_attempts: u32 = number("max_failed_attempts", 1, 1_000, 10),
        /// For how long no code is taken, in seconds.
        duration: u32 = lifetime("duration_seconds", 900),
    }
}

impl TwoFactor {
    /// Whether users without a password can see the key of their app again without one.
    pub fn shows_keys_freely(&self) -> bool {
        self.totp.allow_passwordless.unwrap_or(self.allow_passwordless)
    }

    /// Whether users without a password can get new backup codes without one.
    pub fn makes_codes_freely(&self) -> bool {
        self.backup_codes.allow_passwordless.unwrap_or(self.allow_passwordless)
    }
}

/// The sign-ins that require the second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskOn {
    /// Every way to a session that an existing user has.
    EveryWay,
    /// Passwords only, as in better-auth.
    Credentials,
}

const EVERY_WAY: (&str, AskOn) = ("every_way", AskOn::EveryWay);
const PLAIN: (&str, StoredForm) = ("plain", StoredForm::Plain);
const ENCRYPTED: (&str, bool) = ("encrypted", true);

fn contradictions(read: &TwoFactor, section: &Section<'_>, problems: &mut Problems) {
    if read.enabled && read.totp.disabled && !read.otp.send {
        let text = "no second factor is left: remove `two_factor.totp_options.disable`, or switch \
                    `two_factor.otp_options.send_otp` on";
        problems.add(section.place("enabled"), text);
    }
    let is_page = |page: &String| page.starts_with('/') || page.starts_with("https://") || page.starts_with("http://");
    if !read.page.is_empty() && !origin::written(&read.page).as_ref().is_some_and(is_page) {
        let text = format!("`{}` cannot be a page; write a path like /two-factor, or a URL", read.page);
        problems.add(section.place("two_factor_page"), text);
    }
}
