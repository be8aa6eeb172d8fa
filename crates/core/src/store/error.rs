//! Errors of the store, as the operator reads them.

use super::{advice, words};

/// An error of the store, as the operator reads it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached, or the connection was lost.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// All connections stayed in use for this many seconds.
    #[error("no connection became free within {0} s: raise `database.max_connections`, or look for slow statements")]
    Exhausted(u64),
    /// The statement took longer than this many seconds; its connection is given up.
    #[error("a statement was not answered within {0} s")]
    TimedOut(u64),
    /// A deadlock or a serialization failure: the database has undone the statement twice.
    #[error("the database undid the statement twice: {0}")]
    Undone(String),
    /// A constraint, a value that the column cannot take, or an exception of a trigger refused the row.
    #[error("{0}")]
    Refused(Box<RefusedRow>),
    /// The secondary storage cannot be reached, took too long or refused a command; the text says which.
    #[error("the secondary storage: {0}")]
    Secondary(String),
    /// Any other error of the database.
    #[error("the database answered with an error: {0}")]
    Failed(String),
}

/// The details of a row that the database refused.
#[derive(Debug, Default, thiserror::Error)]
#[error("the database refused a row: SQLSTATE {state}{}{}", names([
    ("table", table), ("column", column), ("type", data_type), ("constraint", constraint)
]), place.as_deref().map(|place| format!(", in {place}")).unwrap_or_default())]
pub struct RefusedRow {
    /// The SQLSTATE: of class 22, 23 or P0, or 54000 or 428C9.
    pub state: String,
    /// The name of the violated constraint.
    pub constraint: Option<String>,
    /// The name of the column that takes no null.
    pub column: Option<String>,
    /// The name of the table, if the server reports it: for every constraint, but not for a value that a type does not take.
    pub table: Option<String>,
    /// The type that does not take a value.
    pub data_type: Option<String>,
    /// The function and its line, if a function refused the row.
    pub place: Option<String>,
}

impl From<RefusedRow> for StoreError {
    fn from(row: RefusedRow) -> Self {
        Self::Refused(Box::new(row))
    }
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        let text = words::of_statement(&error);
        let Some(answer) = error.as_db_error() else {
            // An error without an answer means that the connection failed, unless its source is something else: a value that cannot
            // be read.
            let transport = std::error::Error::source(&error).is_none_or(|cause| cause.is::<std::io::Error>());
            return if transport { Self::Unavailable(text) } else { Self::Failed(text) };
        };
        let state = answer.code().code();
        let own = |name: Option<&str>| name.filter(|_| !words::is_raised(answer)).map(str::to_owned);
        // Details of classes 22 and 23 quote the row, which contains personal data.
        match state.get(..2).unwrap_or_default() {
            _ if is_of_row(state) => RefusedRow {
                state: state.to_owned(),
                constraint: own(answer.constraint()),
                column: own(answer.column()),
                table: own(answer.table()),
                data_type: own(answer.datatype().or_else(|| words::named_type(answer.message()))),
                place: answer.where_().and_then(words::place).map(str::to_owned),
            }
            .into(),
            _ if state == "40P01" => Self::Undone(
                "a deadlock (SQLSTATE 40P01): triggers or other services lock the same rows in another order"
                    .to_owned(),
            ),
            _ if state == "40001" => {
                Self::Undone("another transaction changed the same rows (SQLSTATE 40001)".to_owned())
            }
            // Connection, resources, shutdown, system.
            "08" | "28" | "3D" | "53" | "58" => Self::Unavailable(text),
            // The server only reads, as after a failover; it cancelled the statement; or a lock was not available within
            // `lock_timeout`.
            _ if state.starts_with("57P") || matches!(state, "25006" | "57014" | "55P03") => Self::Unavailable(text),
            _ => Self::Failed(text),
        }
    }
}

/// Whether an SQLSTATE is about the content of a row: a value (class 22), a constraint (class 23), a value that is too large for
/// the row or an index (54000), a value for a column that the database fills by itself (428C9), or an exception of a trigger (class
/// P0).
fn is_of_row(state: &str) -> bool {
    ["22", "23", "P0"].iter().any(|class| state.starts_with(class)) || matches!(state, "54000" | "428C9")
}

/// Writes the known names, as they follow the SQLSTATE.
fn names(names: [(&str, &Option<String>); 4]) -> String {
    let known = names.into_iter().filter_map(|(kind, name)| Some(format!(", {kind} `{}`", name.as_ref()?)));
    known.collect()
}

impl StoreError {
    /// Whether a constraint (class 23) or an exception of a trigger (class P0) refused a row whose values fit their columns.
    pub fn is_of_rule(&self) -> bool {
        matches!(self, Self::Refused(row) if row.state.starts_with("23") || row.state.starts_with("P0"))
    }

    /// Whether a value is malformed for its column (SQLSTATE 22P02).
    pub(super) fn is_malformed(&self) -> bool {
        matches!(self, Self::Refused(row) if row.state == "22P02")
    }

    /// Whether a row was refused because another row has a value that must be unique (SQLSTATE 23505).
    pub fn is_taken(&self) -> bool {
        matches!(self, Self::Refused(row) if row.state == "23505")
    }

    /// Creates the error of a failed attempt to connect. Its text may quote the server because no statement, and so no row, was
    /// sent.
    pub(super) fn connecting(error: &tokio_postgres::Error, unsaid: Option<&str>) -> Self {
        Self::Unavailable(words::of_connecting(error, unsaid))
    }
}

/// Whether connecting may succeed in a moment: the port does not listen yet, the network broke off, the server starts or is full,
/// or a pooler in front of it reports that.
pub(super) fn is_passing(error: &tokio_postgres::Error) -> bool {
    use std::{error::Error as _, io};
    if let Some(answer) = error.as_db_error() {
        let state = answer.code().code();
        return !advice::is_final(answer) && ["08", "53", "57P", "XX"].iter().any(|class| state.starts_with(class));
    }
    // TLS will refuse again what it has refused once.
    let cause = error.source().and_then(|cause| cause.downcast_ref::<io::Error>());
    error.is_closed() || cause.is_some_and(|cause| cause.kind() != io::ErrorKind::InvalidData)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_row_is_told_by_names_alone() {
        let refused = StoreError::from(RefusedRow {
            state: "22P02".to_owned(),
            table: Some("users".to_owned()),
            data_type: Some("role".to_owned()),
            ..RefusedRow::default()
        });
        assert_eq!(refused.to_string(), "the database refused a row: SQLSTATE 22P02, table `users`, type `role`");
    }
}
