//! Notes of changes. A statement that changes something writes a row of the table `audit` with it: if the row cannot be written,
//! nothing changes. The placeholder `{change user.banned changed $1 - -}` (`store::template`) is that part of the statement. Without the
//! table it is empty, and the statement has the text that it has without notes.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::{
    Param,
    statement::Statement,
    written::{literal, quoted},
};
use crate::config::Schema;

/// The table of the rows.
pub(super) const TABLE: &str = "audit";
/// The kind of a change of which no row is written.
const SILENT: &str = "-";

/// The proof of the identity of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum By {
    /// Another proof than a session or a key, for example a password, a mailed link, or a provider.
    #[default]
    Client,
    /// A session.
    Session,
    /// An API key.
    Key,
    /// A command of the operator.
    Operator,
}

impl By {
    /// Returns the text in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Session => "session",
            Self::Key => "key",
            Self::Operator => "operator",
        }
    }
}

/// The request or the command that makes a change. It has identifiers, and no token, password or key.
#[derive(Debug, Clone, Default)]
pub struct Author {
    /// The proof.
    pub by: By,
    /// The user of the session or of the key.
    pub user: Option<String>,
    /// The session.
    pub session: Option<String>,
    /// The API key.
    pub key: Option<String>,
    /// The administrator who acts as the user.
    pub impersonated_by: Option<String>,
    /// The endpoint, or the command.
    pub action: Option<&'static str>,
    /// The address of the client.
    pub ip_address: Option<String>,
    /// The program of the client.
    pub user_agent: Option<String>,
}

/// The author of the changes of one request. Without the table of notes it stays empty, and keeping it costs nothing.
#[derive(Debug, Default)]
pub struct Notes {
    /// Whether the deployment has the table.
    is_on: bool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    author: Author,
    /// The kind of the next change, instead of the one in its statement.
    next: Option<&'static str>,
}

impl Notes {
    /// Creates the notes of a request. `is_on` says whether the deployment has the table [`TABLE`].
    pub(super) fn new(is_on: bool) -> Self {
        Self { is_on, state: Mutex::default() }
    }

    /// Whether statements note their changes.
    pub(super) fn is_on(&self) -> bool {
        self.is_on
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds to the properties of the author.
    pub fn know(&self, change: impl FnOnce(&mut Author)) {
        if self.is_on {
            change(&mut self.state().author);
        }
    }

    /// Gives the next change another kind than its statement says.
    pub fn next_is(&self, kind: &'static str) {
        self.state().next = Some(kind);
    }

    /// Gives the next change a kind, unless the caller gave it one.
    pub(super) fn next_is_otherwise(&self, kind: &'static str) {
        self.state().next.get_or_insert(kind);
    }

    /// Writes no row of the next change, because time has ended something, or because it is noted already.
    pub fn next_is_silent(&self) {
        self.next_is(SILENT);
    }

    /// Whether the next change has a kind of its own, of which a row is written.
    pub(super) fn has_next(&self) -> bool {
        self.state().next.is_some_and(|kind| kind != SILENT)
    }

    /// Returns the values of a row, in the order of [`VALUES`].
    pub(super) fn values(&self, now: Timestamp) -> Vec<Option<String>> {
        let mut state = self.state();
        let next = state.next.take().map(str::to_owned);
        let Author { by, user, session, key, impersonated_by, action, ip_address, user_agent } = state.author.clone();
        let now = Param::from(now).sent().0.map(std::borrow::Cow::into_owned);
        let by = Some(by.name().to_owned());
        let action = action.map(str::to_owned);
        vec![next, action, by, user, session, key, impersonated_by, ip_address, user_agent, now]
    }
}

/// The columns of a row that the author gives, each with the place of its value. The first value is the kind.
const VALUES: [(&str, usize); 9] = [
    ("action", 1),
    ("actorType", 2),
    ("actorId", 3),
    ("sessionId", 4),
    ("keyId", 5),
    ("impersonatedBy", 6),
    ("ipAddress", 7),
    ("userAgent", 8),
    ("createdAt", 9),
];
/// The columns of a row that the statement gives.
const GIVEN: [&str; 3] = ["targetId", "objectId", "organizationId"];

/// Appends the part of a statement that writes the row, if `part` of the statement has one. `parameter` has the kind, the part, and the
/// three values of [`GIVEN`]: `-`, a value of the statement, or a column of the part by its table and field. `id` is its identifier.
/// A star behind the part asks for a note of each of its rows.
pub(super) fn append(names: &Schema, parameter: &str, statement: &mut Statement) -> Option<()> {
    let table = names.table(TABLE)?;
    let mut words = parameter.split(' ');
    let (kind, part) = (words.next()?, words.next()?);
    // A part that ends in a star has a row for each change, and others for one.
    let (part, limit) = part.strip_suffix('*').map_or((part, " limit 1"), |part| (part, ""));
    let column = |field: &str| Some(quoted(&table.column(field)?.name).into_owned());
    let columns = ["kind"].into_iter().chain(GIVEN).chain(VALUES.iter().map(|(field, _)| *field));
    let columns = columns.map(column).collect::<Option<Vec<_>>>()?.join(", ");
    let makes_ids = names.ids.is_made_here();
    let (id, made) = if makes_ids { ("\"id\", ", "gen_random_uuid(), ") } else { ("", "") };
    statement.text +=
        &format!(", noted_{part} as (insert into {} ({id}{columns}) select {made}coalesce(", names.quoted(table));
    statement.mention(0, Some((TABLE, 0)));
    statement.text += &format!("::text, {})", literal(kind));
    for _ in GIVEN {
        statement.text += ", ";
        match words.next()? {
            "-" => statement.text += "null",
            "id" => statement.text += "p.\"id\"::text",
            value if value.starts_with('$') => statement.append(&format!("{value}::text")),
            column => {
                let (model, field) = column.split_once('.')?;
                let name = quoted(&names.table(model)?.column(field)?.name).into_owned();
                statement.text += &format!("p.{name}::text");
            }
        }
    }
    for (_, place) in VALUES {
        statement.text += ", ";
        statement.mention(0, Some((TABLE, place)));
    }
    statement.text += &format!(" from (select * from {part}{limit}) p where coalesce(");
    statement.mention(0, Some((TABLE, 0)));
    statement.text += &format!("::text, {}) <> '{SILENT}')", literal(kind));
    Some(())
}
