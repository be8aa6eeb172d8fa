//! `[two_factor]`: a code besides the password (spec sign-in-plugins §4.1).

use super::{
    Problems,
    reader::Section,
    tables::{Added, boolean},
};
use crate::syntax::origin;

/// Users who give a code besides what they sign in with.
#[derive(Debug, Clone)]
pub struct TwoFactor {
    /// Whether there are second factors. Default off.
    pub enabled: bool,
    /// What authenticator apps call the service. Default: `app_name`.
    pub issuer: Option<String>,
    /// Whether an authenticator app counts before its first code was given. Default off.
    pub skip_verification_on_enable: bool,
    /// Whether users without a password manage their second factor without one. Default off.
    pub allow_passwordless: bool,
    /// At which sign-ins the second factor is asked for.
    pub ask_on: AskOn,
    /// Where a browser that navigates is sent to give the code. Default: where it would have gone with a session.
    pub page: Option<String>,
    /// Seconds within which the code must be given. Default ten minutes.
    pub cookie_max_age: u32,
    /// Seconds for which a trusted device is not asked. Default 30 days.
    pub trust_device_max_age: u32,
    /// Codes of authenticator apps.
    pub totp: Totp,
    /// Codes by mail.
    pub otp: Otp,
    /// Codes for those who have lost the others.
    pub backup_codes: BackupCodes,
    /// When wrong codes lock a user's second factor. Default: ten in a row, for 15 minutes.
    pub lockout: Option<Lockout>,
}

/// `ask_on`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskOn {
    /// Every way to a session that a user has who is there already.
    EveryWay,
    /// Passwords alone, as better-auth does.
    Credentials,
}

/// `totp_options`.
#[derive(Debug, Clone)]
pub struct Totp {
    /// Whether there are authenticator apps. Default yes.
    pub enabled: bool,
    /// Digits of a code. Default 6.
    pub digits: u32,
    /// Seconds of a time step. Default 30.
    pub period: u32,
    /// What `/two-factor/get-totp-uri` calls the service. Default: `app_name`.
    pub issuer: Option<String>,
    /// As [`TwoFactor::allow_passwordless`], which is the default, for `/two-factor/get-totp-uri`.
    pub allow_passwordless: bool,
}

/// `otp_options`.
#[derive(Debug, Clone)]
pub struct Otp {
    /// Whether codes are mailed. Default no: who reads the mailbox can often set a new password as well.
    pub send: bool,
    /// Seconds for which a code works. Default three minutes.
    pub period: u32,
    /// Digits of a code. Default 6.
    pub digits: u32,
    /// How many codes may be tried for one that was mailed. Default 5.
    pub allowed_attempts: u32,
    /// How codes are stored. Default plain.
    pub store: StoreOtp,
}

/// `otp_options.store_otp`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreOtp {
    /// As mailed.
    Plain,
    /// Encrypted with the deployment's secret.
    Encrypted,
    /// As SHA-256.
    Hashed,
}

/// `backup_code_options`.
#[derive(Debug, Clone)]
pub struct BackupCodes {
    /// How many a user gets. Default 10.
    pub amount: u32,
    /// Characters of one, without the hyphen. Default 10.
    pub length: u32,
    /// Whether they are stored encrypted with the deployment's secret. Default yes.
    pub encrypted: bool,
    /// As [`TwoFactor::allow_passwordless`], which is the default, for `/two-factor/generate-backup-codes`.
    pub allow_passwordless: bool,
}

/// `account_lockout`.
#[derive(Debug, Clone, Copy)]
pub struct Lockout {
    /// Wrong codes in a row, over all sign-ins. Default 10.
    pub max_failed_attempts: u32,
    /// Seconds for which no code is taken. Default 15 minutes.
    pub duration: u32,
}

const ASKED: &[(&str, AskOn)] = &[("every_way", AskOn::EveryWay), ("credentials", AskOn::Credentials)];
const STORED: &[(&str, StoreOtp)] =
    &[("plain", StoreOtp::Plain), ("encrypted", StoreOtp::Encrypted), ("hashed", StoreOtp::Hashed)];

impl TwoFactor {
    pub(super) fn read(mut section: Section<'_>, problems: &mut Problems) -> Self {
        let allow_passwordless = section.boolean("allow_passwordless", problems).unwrap_or(false);
        let read = Self {
            enabled: section.boolean("enabled", problems).unwrap_or(false),
            issuer: section.text("issuer", problems).filter(|issuer| !issuer.is_empty()),
            skip_verification_on_enable: section.boolean("skip_verification_on_enable", problems).unwrap_or(false),
            allow_passwordless,
            ask_on: section.choice("ask_on", problems, ASKED).unwrap_or(AskOn::EveryWay),
            page: page(&mut section, problems),
            cookie_max_age: positive(&mut section, "two_factor_cookie_max_age", 600, problems),
            trust_device_max_age: positive(&mut section, "trust_device_max_age", 2_592_000, problems),
            totp: Totp::read(section.section("totp_options", problems), allow_passwordless, problems),
            otp: Otp::read(section.section("otp_options", problems), problems),
            backup_codes: BackupCodes::read(
                section.section("backup_code_options", problems),
                allow_passwordless,
                problems,
            ),
            lockout: Lockout::read(section.section("account_lockout", problems), problems),
        };
        if read.enabled && !read.totp.enabled && !read.otp.send {
            let text = "no second factor is left: remove `two_factor.totp_options.disable`, or switch \
                        `two_factor.otp_options.send_otp` on";
            problems.add(section.place("enabled"), text);
        }
        section.finish(problems);
        read
    }

    pub(super) fn columns(&self) -> Vec<Added> {
        let column = boolean("twoFactorEnabled", "two_factor_enabled").optional().otherwise(false);
        if self.enabled { vec![Added { column, input: false }] } else { Vec::new() }
    }
}

/// Reads a duration of a second or more.
fn positive(section: &mut Section<'_>, key: &'static str, default: u32, problems: &mut Problems) -> u32 {
    u32::try_from(section.limit(key, problems, default).as_secs()).unwrap_or(default)
}

fn page(section: &mut Section<'_>, problems: &mut Problems) -> Option<String> {
    let text = section.text("two_factor_page", problems)?;
    let written = origin::written(&text).filter(|url| url.starts_with('/') || url.contains("://"));
    if written.is_none() {
        let text = format!("`{text}` cannot be a page; write a path like /two-factor, or a URL");
        problems.add(section.place("two_factor_page"), text);
    }
    written
}

impl Totp {
    fn read(mut section: Section<'_>, allow_passwordless: bool, problems: &mut Problems) -> Self {
        let read = Self {
            enabled: section.boolean("disable", problems) != Some(true),
            digits: section.number("digits", problems, 6..=8).unwrap_or(6),
            period: section.number("period", problems, 15..=300).unwrap_or(30),
            issuer: section.text("issuer", problems).filter(|issuer| !issuer.is_empty()),
            allow_passwordless: section.boolean("allow_passwordless", problems).unwrap_or(allow_passwordless),
        };
        section.finish(problems);
        read
    }
}

impl Otp {
    fn read(mut section: Section<'_>, problems: &mut Problems) -> Self {
        let read = Self {
            send: section.boolean("send_otp", problems).unwrap_or(false),
            // Better-auth counts this one option in minutes.
            period: section.number("period", problems, 1..=60).unwrap_or(3) * 60,
            digits: section.number("digits", problems, 6..=16).unwrap_or(6),
            allowed_attempts: section.number("allowed_attempts", problems, 1..=20).unwrap_or(5),
            store: section.choice("store_otp", problems, STORED).unwrap_or(StoreOtp::Plain),
        };
        section.finish(problems);
        read
    }
}

impl BackupCodes {
    fn read(mut section: Section<'_>, allow_passwordless: bool, problems: &mut Problems) -> Self {
        let stored = &[("plain", false), ("encrypted", true)];
        let read = Self {
            amount: section.number("amount", problems, 1..=100).unwrap_or(10),
            length: section.number("length", problems, 8..=64).unwrap_or(10),
            encrypted: section.choice("store_backup_codes", problems, stored).unwrap_or(true),
            allow_passwordless: section.boolean("allow_passwordless", problems).unwrap_or(allow_passwordless),
        };
        section.finish(problems);
        read
    }
}

impl Lockout {
    fn read(mut section: Section<'_>, problems: &mut Problems) -> Option<Self> {
        let enabled = section.boolean("enabled", problems).unwrap_or(true);
        let read = Self {
            max_failed_attempts: section.number("max_failed_attempts", problems, 1..=1_000).unwrap_or(10),
            duration: positive(&mut section, "duration_seconds", 900, problems),
        };
        section.finish(problems);
        enabled.then_some(read)
    }
}
