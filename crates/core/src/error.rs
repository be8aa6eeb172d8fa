//! The errors of requests. What the client sees ([`Error`]) and what the operator sees ([`Reason`] and the cause) are separate, and
//! every constructor requires the reason.

use std::borrow::Cow;

use http::StatusCode;

use crate::{code::Code, reason::Reason, rules::sign_in::Mismatch, store::StoreError};

/// The end of a request that does not succeed.
#[derive(Debug)]
pub enum Error {
    /// `{"message", "code"}` with a status.
    Api {
        /// The status, chosen where the error is raised.
        status: StatusCode,
        /// The code and its message.
        code: Code,
        /// A message that replaces the code's, if it depends on the request.
        message: Option<Cow<'static, str>>,
        /// The reason, for the operator.
        reason: Reason,
        /// The cause, only for the log.
        cause: Option<String>,
    },
    /// `{"message", "code"}` with a status, both of which one of the operator's hooks gave.
    Refused {
        /// The status, of the class 4xx.
        status: StatusCode,
        /// The code.
        code: String,
        /// The message.
        message: String,
        /// The reason, for the operator.
        reason: Reason,
    },
    /// 400 with a message and no code (spec core §8.3).
    Codeless {
        /// The message.
        message: String,
        /// The reason, for the operator.
        reason: Reason,
    },
    /// A status with a message and no code.
    Plain {
        /// The status.
        status: StatusCode,
        /// The message.
        message: &'static str,
        /// The reason, for the operator.
        reason: Reason,
    },
    /// 409 with a message and no code.
    Conflict {
        /// The message.
        message: &'static str,
        /// The reason, for the operator.
        reason: Reason,
    },
    /// A status with an empty body and no content type.
    Bare {
        /// The status, usually 404.
        status: StatusCode,
        /// The reason, for the operator.
        reason: Reason,
    },
    /// A status with an empty body whose content type is JSON (spec core §2).
    Blank {
        /// The status, usually 404.
        status: StatusCode,
        /// The reason, for the operator.
        reason: Reason,
    },
    /// 429 with a message and no code (spec core §9).
    TooManyRequests {
        /// The number of seconds after which the client may try again.
        retry_after: u32,
        /// The reason, for the operator.
        reason: Reason,
    },
    /// 429 with a message, a code, and `details` that say when to try again.
    TryAgain {
        /// The code and its message.
        code: Code,
        /// The number of milliseconds after which the client may try again.
        milliseconds: i64,
        /// The reason, for the operator.
        reason: Reason,
    },
    /// `{"message", "code", "missingPermissions"}` with status 403.
    Missing {
        /// The code and its message.
        code: Code,
        /// The permissions that the user lacks, each as `resource:action`.
        permissions: Vec<String>,
        /// The reason, for the operator.
        reason: Reason,
    },
    /// 302 to a page that shows the error.
    Redirect {
        /// The URL of the page, which is trusted.
        location: String,
        /// The reason, for the operator.
        reason: Reason,
        /// The cause, only for the log.
        cause: Option<String>,
    },
    /// 503 with `Retry-After`: the same request may succeed later.
    Unavailable {
        /// The code and its message.
        code: Code,
        /// The reason, for the operator.
        reason: Reason,
        /// The cause, only for the log.
        cause: String,
    },
    /// 500 with a message and no code.
    Failed {
        /// The message for the client.
        message: String,
        /// For the operator.
        reason: Reason,
        /// The cause, only for the log.
        cause: String,
    },
    /// 500 with an empty body, or with a code if the endpoint has one for it.
    Internal {
        /// The code and its message, if any.
        code: Option<Code>,
        /// The reason, for the operator.
        reason: Reason,
        /// The cause, only for the log.
        cause: String,
    },
}

impl Error {
    /// Creates an error with a status and a code with its message.
    pub fn api(status: StatusCode, code: Code, reason: Reason) -> Self {
        Self::Api { status, code, message: None, reason, cause: None }
    }

    /// Creates an error with status 400 and a code.
    pub fn bad(code: Code, reason: Reason) -> Self {
        Self::api(StatusCode::BAD_REQUEST, code, reason)
    }

    /// Creates the error of a password that does not match.
    pub fn mismatch(status: StatusCode, code: Code, mismatch: Mismatch) -> Self {
        Self::Api { status, code, message: None, reason: mismatch.reason, cause: mismatch.cause }
    }

    /// Creates an [`Error::api`] with a message of its own instead of the code's.
    pub fn explained(status: StatusCode, code: Code, message: String, reason: Reason) -> Self {
        Self::Api { status, code, message: Some(message.into()), reason, cause: None }
    }

    /// Adds the cause, for the log. Only [`Error::Api`] and [`Error::Redirect`] can have one.
    #[must_use]
    pub fn because(mut self, text: impl ToString) -> Self {
        if let Self::Api { cause, .. } | Self::Redirect { cause, .. } = &mut self {
            *cause = Some(text.to_string());
        }
        self
    }

    /// Creates a 404 with an empty body (spec core §1.2).
    pub fn not_found(reason: Reason) -> Self {
        Self::Bare { status: StatusCode::NOT_FOUND, reason }
    }

    /// Creates a 500 with an empty body; the cause goes to the log.
    pub fn internal(reason: Reason, cause: impl ToString) -> Self {
        Self::Internal { code: None, reason, cause: cause.to_string() }
    }

    /// Creates the error of a row with the client's values: 422 with `code` if a constraint (class 23: a duplicate in a unique
    /// column, or a missing value) or a trigger's exception (class P0) refuses it.
    pub fn of_row(error: StoreError, code: Code) -> Self {
        if error.is_of_rule() {
            return Self::refused_row(error, Self::api(StatusCode::UNPROCESSABLE_ENTITY, code, Reason::RowRefused));
        }
        error.into()
    }

    /// Creates the error of a row: `refused` with the database's words for the log, if the database refuses the row for any reason.
    pub fn refused_row(error: StoreError, refused: Self) -> Self {
        match error {
            StoreError::Refused { .. } => refused.because(error),
            error => error.into(),
        }
    }

    /// Creates a 400 for a password that is too short or too long.
    pub fn password_length(reason: Reason) -> Self {
        let is_short = reason == Reason::PasswordTooShort;
        Self::bad(if is_short { crate::code::PASSWORD_TOO_SHORT } else { crate::code::PASSWORD_TOO_LONG }, reason)
    }

    /// Returns the code and the message of a refusal that the client can do something about: a status of the class 4xx.
    pub fn refusal(&self) -> Option<(&str, &str)> {
        match self {
            Self::Api { status, code, message, .. } if status.is_client_error() => {
                Some((code.name, message.as_deref().unwrap_or(code.message)))
            }
            Self::Refused { code, message, .. } => Some((code, message)),
            _ => None,
        }
    }

    /// Returns the reason, for the operator.
    pub fn reason(&self) -> Reason {
        match self {
            Self::Api { reason, .. }
            | Self::Refused { reason, .. }
            | Self::Codeless { reason, .. }
            | Self::Plain { reason, .. }
            | Self::Conflict { reason, .. }
            | Self::Bare { reason, .. }
            | Self::Blank { reason, .. }
            | Self::Redirect { reason, .. }
            | Self::TooManyRequests { reason, .. }
            | Self::TryAgain { reason, .. }
            | Self::Missing { reason, .. }
            | Self::Unavailable { reason, .. }
            | Self::Failed { reason, .. }
            | Self::Internal { reason, .. } => *reason,
        }
    }

    /// Returns the cause, for the log; never for the client.
    pub fn cause(&self) -> Option<&str> {
        match self {
            Self::Unavailable { cause, .. } | Self::Failed { cause, .. } | Self::Internal { cause, .. } => Some(cause),
            Self::Redirect { cause, .. } | Self::Api { cause, .. } => cause.as_deref(),
            _ => None,
        }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        let cause = error.to_string();
        let unavailable =
            |reason| Self::Unavailable { code: crate::code::DATABASE_UNAVAILABLE, reason, cause: cause.clone() };
        match error {
            StoreError::Secondary(_) => Self::Unavailable {
                code: crate::code::SECONDARY_STORAGE_UNAVAILABLE,
                reason: Reason::SecondaryStorageUnavailable,
                cause,
            },
            StoreError::Unavailable(_) | StoreError::TimedOut(_) => unavailable(Reason::DatabaseUnavailable),
            StoreError::Undone(_) => unavailable(Reason::DatabaseConflict),
            StoreError::Exhausted(_) => unavailable(Reason::PoolExhausted),
            // Class 22: a client's value that its column cannot hold, such as a NUL or a number out of range; 54000: a value that
            // is too large for the column's index. Only the database knows its columns, so this is decided once, here. A constraint
            // or a trigger's exception is not about one value: see `of_row`.
            StoreError::Refused { .. } if !error.is_of_rule() => {
                Self::bad(crate::code::VALUE_NOT_STORABLE, Reason::RowRefused).because(cause)
            }
            StoreError::Refused { .. } | StoreError::Failed(_) => Self::internal(Reason::DatabaseError, cause),
        }
    }
}

impl From<crate::crypto::password::Error> for Error {
    fn from(error: crate::crypto::password::Error) -> Self {
        use crate::crypto::password::Error as Password;
        let cause = error.to_string();
        match error {
            Password::Overloaded(_) | Password::Gone => {
                Self::Unavailable { code: crate::code::OVERLOADED, reason: Reason::Overloaded, cause }
            }
        }
    }
}

impl From<crate::wire::Issue> for Error {
    fn from(crate::wire::Issue(text): crate::wire::Issue) -> Self {
        Self::explained(StatusCode::BAD_REQUEST, crate::code::VALIDATION_ERROR, text, Reason::InvalidInput)
    }
}

impl From<crate::rules::fields::Refusal> for Error {
    fn from(refusal: crate::rules::fields::Refusal) -> Self {
        let (code, message) = refusal.told();
        Self::explained(StatusCode::BAD_REQUEST, code, message, Reason::InvalidInput)
    }
}
