//! Notes and events of changes. A statement that changes something writes a row of the table `audit` with it, and a row of the table
//! `outboxEvent` for each receiver of its event: if a row cannot be written, nothing changes. The placeholder
//! `{change user.banned changed $1 - -}` (`store::template`) is that part of the statement. Without the tables it is empty, and the
//! statement has the text that it has without notes and events. `noted_parts.rs` splits sessions by the kinds of their ends.

use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering::Relaxed},
};

use jiff::Timestamp;

use super::{
    Param,
    noted_parts::{self, append_kind, append_value, written},
    statement::Statement,
    written::{literal, quoted},
};
use crate::config::{Schema, Table};

/// The table of notes.
pub(super) const TABLE: &str = "audit";
/// The table of events that wait for their delivery, with a row for each event and receiver.
pub(super) const OUTBOX: &str = "outboxEvent";
/// The event of a new session, of which there is no note.
const OPENED: &str = "session.created";
/// The kind of a change of which no row is written.
const SILENT: &str = "-";

/// The proof of the identity of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IdentityProof {
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

impl IdentityProof {
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
    pub by: IdentityProof,
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

/// The author of the changes of one request. Without the tables of notes and events it stays empty, and keeping it costs nothing.
#[derive(Debug, Default)]
pub struct Notes {
    /// Whether the deployment has the table of notes.
    has_notes: bool,
    /// Whether the deployment has the table of events.
    has_events: bool,
    /// Whether a statement may have written events.
    has_written: AtomicBool,
    state: Mutex<State>,
}

/// The rows that a statement writes besides its change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WrittenRows {
    /// None.
    Nothing,
    /// Those of a change, and perhaps that of a new session.
    Change,
    /// That of a new session.
    Opening,
}

#[derive(Debug, Default)]
struct State {
    author: Author,
    /// The kind of the next change, instead of the one in its statement.
    next: Option<&'static str>,
    /// The kinds of the next change whose part takes several, with commas between them.
    several: Option<String>,
}

impl Notes {
    /// Creates the notes of a request. The arguments say whether the deployment has the tables [`TABLE`] and [`OUTBOX`].
    pub(super) fn new(has_notes: bool, has_events: bool) -> Self {
        Self { has_notes, has_events, ..Self::default() }
    }

    /// Whether statements note their changes or write events.
    pub(super) fn is_on(&self) -> bool {
        self.has_notes || self.has_events
    }

    /// Whether statements write events.
    pub(super) fn has_events(&self) -> bool {
        self.has_events
    }

    /// Returns what the statement of a template writes.
    pub(super) fn writes(&self, template: &str) -> WrittenRows {
        match () {
            () if self.is_on() && template.contains("{change ") => WrittenRows::Change,
            () if self.has_events && template.contains("{opened ") => WrittenRows::Opening,
            () => WrittenRows::Nothing,
        }
    }

    /// Remembers that a statement has written its rows, as far as it has changed something.
    pub(super) fn wrote(&self) {
        self.has_written.store(self.has_events, Relaxed);
    }

    /// Forgets that the last statement may have written events, because its answer shows that it has changed nothing that is noted.
    /// `before` is what [`Self::has_written_events`] said before it.
    pub(crate) fn wrote_nothing(&self, before: bool) {
        self.has_written.store(before, Relaxed);
    }

    /// Whether a statement may have written events.
    pub(crate) fn has_written_events(&self) -> bool {
        self.has_written.load(Relaxed)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds to the properties of the author.
    pub fn know(&self, change: impl FnOnce(&mut Author)) {
        if self.is_on() {
            change(&mut self.state().author);
        }
    }

    /// Gives the next change another kind than its statement says.
    pub fn next_is(&self, kind: &'static str) {
        self.state().next = Some(kind);
    }

    /// Gives the next change several kinds, each with a row of its own. Its part of the statement ends in `&`.
    pub fn next_are(&self, kinds: &[&'static str]) {
        self.state().several = Some(kinds.join(",")).filter(|kinds| !kinds.is_empty());
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

    /// Returns the values of the rows of a change, by their places. `receivers` are those of each kind, as JSON.
    pub(super) fn values(&self, now: Timestamp, receivers: &str) -> Vec<Option<String>> {
        let mut state = self.state();
        let next = state.next.take().map(str::to_owned);
        let several = state.several.take().or_else(|| next.clone());
        let Author { by, user, session, key, impersonated_by, action, ip_address, user_agent } = state.author.clone();
        let by = Some(by.name().to_owned());
        let action = action.map(str::to_owned);
        let receivers = Some(receivers.to_owned());
        vec![
            next,
            action,
            by,
            user,
            session,
            key,
            impersonated_by,
            ip_address,
            user_agent,
            text(now),
            receivers,
            several,
        ]
    }

    /// Returns the values of the event of a new session, by their places. The kind of the next change stays.
    pub(super) fn values_of_opening(now: Timestamp, receivers: &str) -> Vec<Option<String>> {
        let mut values = vec![None; NOW];
        values.extend([text(now), Some(receivers.to_owned())]);
        values
    }
}

/// Returns an instant as statements send it.
fn text(now: Timestamp) -> Option<String> {
    Param::from(now).sent().0.map(std::borrow::Cow::into_owned)
}

/// The place of the time among the values.
const NOW: usize = 9;
/// The place of the receivers among the values.
const RECEIVERS: usize = 10;
/// The place of the kinds of a change that has several.
const SEVERAL: usize = 11;

/// The columns of a note that the author gives, each with the place of its value. The first value is the kind.
const VALUES: [(&str, usize); 9] = [
    ("action", 1),
    ("actorType", 2),
    ("actorId", 3),
    ("sessionId", 4),
    ("keyId", 5),
    ("impersonatedBy", 6),
    ("ipAddress", 7),
    ("userAgent", 8),
    ("createdAt", NOW),
];
/// The columns of a note that the statement gives.
const GIVEN: [&str; 3] = ["targetId", "objectId", "organizationId"];
/// The columns of an event, in the order in which [`append_event`] writes their values.
const OF_EVENT: [&str; 10] =
    ["eventId", "receiver", "kind", "userId", "objectId", "organizationId", "email", "createdAt", "dueAt", "attempts"];

/// Whether the deployment has a table into which `{change …}` writes.
pub(super) fn is_on(names: &Schema) -> bool {
    names.table(TABLE).is_some() || names.table(OUTBOX).is_some()
}

/// Whether a template writes events where the deployment has their table.
pub(super) fn writes_events(template: &str) -> bool {
    template.contains("{change ") || template.contains("{opened ")
}

/// Appends the parts of a statement that write the note and the events, if `part` of the statement has a row. `parameter` has the kind,
/// the part, and the three values of [`GIVEN`]: `-`, a value of the statement, or a column of the part by its table and field. `id` is
/// its identifier. A plus behind the part asks for a note and an event of each of its rows. A star asks for a note of each, and for no
/// event: the users of an import are not new to the receivers. An ampersand asks for a row of each kind that the request has given to
/// [`Notes::next_are`].
pub(super) fn append(names: &Schema, parameter: &str, statement: &mut Statement) -> Option<()> {
    let mut words = parameter.split(' ');
    let (kind, part) = (words.next()?, words.next()?);
    let given: Vec<_> = words.collect();
    if !is_on(names) {
        return Some(());
    }
    if noted_parts::is_split(names, kind) {
        let name = rows_of(part).0;
        let [own, acted] = noted_parts::append_split(names, name, statement)?;
        let own = part.replace(name, &own);
        append_rows(names, (kind, &own, &given, &written(kind)), statement)?;
        let (kind, given) = (noted_parts::IMPERSONATION, noted_parts::OF_IMPERSONATION);
        return append_rows(names, (kind, &format!("{acted}+"), &given, &written(kind)), statement);
    }
    if let Some(name) = part.strip_suffix('&') {
        let part = noted_parts::append_several(kind, name, (TABLE, SEVERAL), statement);
        return append_rows(names, (kind, &format!("{part}+"), &given, noted_parts::KIND), statement);
    }
    append_rows(names, (kind, part, &given, &written(kind)), statement)
}

/// Appends the part that writes the note, and the part that writes the events.
fn append_rows(
    names: &Schema,
    (kind, part, given, written): (&str, &str, &[&str], &str),
    statement: &mut Statement,
) -> Option<()> {
    if let Some(table) = names.table(TABLE) {
        append_note(names, table, (written, part, given), statement)?;
    }
    if let Some(table) = names.table(OUTBOX).filter(|_| !part.ends_with('*')) {
        append_event(names, table, &format!("told_{}", rows_of(part).0), (kind, written, part, given), statement)?;
    }
    Some(())
}

/// Appends the part of a statement that writes the events of a new session, if `part` of the statement has a row. `parameter` has the
/// part and the values of the user and of the session, as in [`append`].
pub(super) fn append_opened(names: &Schema, parameter: &str, statement: &mut Statement) -> Option<()> {
    let Some(table) = names.table(OUTBOX) else { return Some(()) };
    let mut words = parameter.split(' ');
    let part = words.next()?;
    let given: Vec<_> = words.chain(["-"]).collect();
    append_event(names, table, &format!("opened_{part}"), (OPENED, &literal(OPENED), part, &given), statement)
}

/// Returns the names of these columns of a table, with the identifier if the service makes it, and the beginning of their values.
fn columns<'a>(names: &Schema, table: &Table, fields: impl Iterator<Item = &'a str>) -> Option<(String, &'static str)> {
    let column = |field: &str| Some(quoted(&table.column(field)?.name).into_owned());
    let columns = fields.map(column).collect::<Option<Vec<_>>>()?.join(", ");
    Some(if names.ids.is_made_here() { (format!("\"id\", {columns}"), "gen_random_uuid(), ") } else { (columns, "") })
}

/// Returns the name of a part, and the limit of its rows: those of a part that ends in a star or a plus are changes of their own.
fn rows_of(part: &str) -> (&str, &'static str) {
    part.strip_suffix(['*', '+']).map_or((part, " limit 1"), |part| (part, ""))
}

/// Appends the part that writes the note.
fn append_note(
    names: &Schema,
    table: &Table,
    (written, part, given): (&str, &str, &[&str]),
    statement: &mut Statement,
) -> Option<()> {
    let (part, limit) = rows_of(part);
    let fields = ["kind"].into_iter().chain(GIVEN).chain(VALUES.iter().map(|(field, _)| *field));
    let (columns, made) = columns(names, table, fields)?;
    statement.text += &format!(", noted_{part} as (insert into {} ({columns}) select {made}", names.quoted(table));
    append_kind(written, TABLE, statement);
    for (word, _) in given.iter().zip(GIVEN) {
        statement.text += ", ";
        append_value(names, word, statement)?;
    }
    for (_, place) in VALUES {
        statement.text += ", ";
        statement.mention(0, Some((TABLE, place)));
    }
    statement.text += &format!(" from (select * from {part}{limit}) p where ");
    append_kind(written, TABLE, statement);
    statement.text += &format!(" <> '{SILENT}')");
    Some(())
}

/// Appends the part that writes the event for each of its receivers, by the name of that part. `written` is SQL for the kind, in which
/// `$` is the kind that the request has given.
fn append_event(
    names: &Schema,
    table: &Table,
    name: &str,
    (kind, written, part, given): (&str, &str, &str, &[&str]),
    statement: &mut Statement,
) -> Option<()> {
    let (columns, made) = columns(names, table, OF_EVENT.into_iter())?;
    let table = names.quoted(table);
    statement.text +=
        &format!(", {name} as (insert into {table} ({columns}) select {made}p.\"gatepost event\", r.receiver, ");
    append_kind(written, TABLE, statement);
    for word in given {
        statement.text += ", ";
        append_value(names, word, statement)?;
    }
    statement.text += ", ";
    // When the event is delivered, the row with the address is gone.
    match (kind, given.first()) {
        ("user.deleted", Some(user)) => {
            let users = names.table("user")?;
            let email = quoted(&users.column("email")?.name).into_owned();
            statement.text += &format!("(select u.{email}::text from {} u where u.\"id\" = ", names.quoted(users));
            statement.append(user);
            statement.text += ")";
        }
        _ => statement.text += "null",
    }
    for place in [NOW, NOW] {
        statement.text += ", ";
        statement.mention(0, Some((TABLE, place)));
    }
    let (part, limit) = rows_of(part);
    statement.text += &format!(
        ", 0 from (select gen_random_uuid()::text as \"gatepost event\", q.* from {part} q{limit}) p \
         cross join lateral jsonb_array_elements_text("
    );
    statement.mention(0, Some((TABLE, RECEIVERS)));
    statement.text += "::jsonb -> ";
    append_kind(written, TABLE, statement);
    statement.text += ") r (receiver)";
    if kind == OPENED {
        // A session whose change has a kind of its own, such as `impersonation.begun`, is no sign-in of its user.
        statement.text += " where ";
        statement.mention(0, Some((TABLE, 0)));
        statement.text += "::text is null";
    }
    statement.text += ")";
    Some(())
}
