//! The sections of the core whose options are declared ([`options`](crate::options)).

use super::{Account, Bearer, EmailAndPassword, EmailVerification, User, Verification};
use crate::options::{Options as _, Table};

/// The options of the core that are declared, by section, for the documentation.
pub const OPTIONS: &[(&str, Table)] = &[
    ("email_and_password", EmailAndPassword::TABLE),
    ("email_verification", EmailVerification::TABLE),
    ("user", User::TABLE),
    ("account", Account::TABLE),
    ("verification", Verification::TABLE),
    ("bearer", Bearer::TABLE),
];
