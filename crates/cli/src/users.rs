//! `gatepost users` and `gatepost sessions`: an operator reads and changes users and sessions, by the statements of the service. Each
//! change is a line for the log.

use std::{fmt::Write as _, sync::Arc};

use gatepost_core::{
    Auth,
    context::{Context, Edge},
    features::admin::rows,
    flow, handle,
    model::{Session, User},
    options::duration,
    rules::search::{Condition, Match, Operator, Search, SearchField, SearchValue},
    store::{self, StoreError, noted::IdentityProof, user::Change, values::Values},
};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    arguments::{Sessions, Users},
    terminal::plain,
};

/// The result of a command: what it found, and the line for the log if it changed something.
pub struct CommandResult {
    /// The text for standard output.
    pub text: String,
    /// The result as JSON.
    pub json: Value,
    /// The line for the log: the command, and the identifiers that it concerns.
    pub audit: Option<Value>,
}

/// Runs a subcommand of `gatepost users`.
///
/// # Errors
/// A sentence with the cause and the fix.
pub async fn users(auth: Arc<Auth>, command: Users, edge: Edge) -> Result<CommandResult, String> {
    let mut operator = OperatorContext::new(auth, &edge, command.name())?;
    match command {
        Users::List { search, filter, sort, descending, limit, offset } => {
            let page = Page { sort: &sort, descending, limit, offset };
            let search = operator.search(("user", "email"), search, filter.as_deref(), &page)?;
            let (users, total) = rows::search(&operator.cx.db, &search).await.map_err(|error| told(&error))?;
            let mut text = users.iter().map(|user| line(user) + "\n").collect::<String>();
            let _ = write!(text, "{} of {total}", users.len());
            Ok(CommandResult { text, json: json!({ "users": users, "total": total }), audit: None })
        }
        Users::Show { user } => {
            let user = operator.find(&user).await?;
            Ok(CommandResult { text: whole(&user), json: json!(user), audit: None })
        }
        Users::Ban { user, reason, lasts } => {
            let until = lasts.map(|lasts| operator.after(&lasts)).transpose()?;
            let reason = reason.unwrap_or_else(|| operator.cx.auth.config.features.admin.default_ban_reason.clone());
            operator.cx.db.notes.next_is("user.banned");
            let user = operator.change("users ban", &user, rows::banned(&reason, until)).await?;
            operator.end_sessions(&user.0).await?;
            Ok(user.1)
        }
        Users::Unban { user } => {
            operator.cx.db.notes.next_is("user.unbanned");
            Ok(operator.change("users unban", &user, rows::lifted()).await?.1)
        }
        Users::SetRole { user, roles } => {
            let known = &operator.cx.auth.config.access.roles;
            if let Some(role) = roles.iter().find(|role| known.are_listed && known.get(role).is_none()) {
                let names: Vec<_> = known.names().collect();
                return Err(format!(
                    "there is no role `{role}`; write one of {}, or add it to `[access.roles]`",
                    names.join(", ")
                ));
            }
            operator.cx.db.notes.next_is("role.set");
            let (user, done) = operator.change("users set-role", &user, rows::with_role(&roles.join(","))).await?;
            // Those that the new roles do not permit would be there again with the old ones.
            rows::end_impersonations(&operator.cx.db, &user.id).await.map_err(|error| told(&error))?;
            Ok(done)
        }
        Users::RevokeSessions { user } => {
            let user = operator.find(&user).await?;
            operator.end_sessions(&user).await?;
            Ok(done("users revoke-sessions", &user, format!("the sessions of user {} have ended", user.id)))
        }
        Users::Remove { user, .. } => {
            let user = operator.find(&user).await?;
            store::user::delete(&operator.cx.db, &user.id, None, None).await.map_err(|error| told(&error))?;
            Ok(done("users remove", &user, format!("user {} is removed", user.id)))
        }
    }
}

/// Runs a subcommand of `gatepost sessions`.
///
/// # Errors
/// A sentence with the cause and the fix.
pub async fn sessions(auth: Arc<Auth>, command: Sessions, edge: Edge) -> Result<CommandResult, String> {
    let operator = OperatorContext::new(auth, &edge, command.name())?;
    match command {
        Sessions::List { user } => {
            let user = operator.find(&user).await?;
            let sessions = operator.sessions(&user).await?;
            let mut text = sessions.iter().map(|session| session_line(session) + "\n").collect::<String>();
            let _ = write!(text, "{} of user {}", sessions.len(), user.id);
            Ok(CommandResult { text, json: sessions.iter().map(without_token).collect(), audit: None })
        }
        Sessions::Revoke { user, session } => {
            let user = operator.find(&user).await?;
            let all = operator.sessions(&user).await?;
            let found = all.iter().find(|one| one.id == session);
            let found = found.ok_or_else(|| {
                format!("user {} has no session `{session}`; `gatepost sessions list` prints the identifiers", user.id)
            })?;
            store::session::delete(&operator.cx.db, &found.token).await.map_err(|error| told(&error))?;
            Ok(done("sessions revoke", &user, format!("session {session} of user {} has ended", user.id)))
        }
    }
}

/// The order and the part of a list.
pub(crate) struct Page<'a> {
    /// The field that decides the order.
    pub(crate) sort: &'a str,
    /// Whether the order is descending.
    pub(crate) descending: bool,
    /// How many rows to print.
    pub(crate) limit: u32,
    /// How many rows to pass over.
    pub(crate) offset: u32,
}

/// The deployment, as an operator reaches it.
pub(crate) struct OperatorContext {
    /// The context of the command.
    pub(crate) cx: Context,
}

impl OperatorContext {
    pub(crate) fn new(auth: Arc<Auth>, edge: &Edge, command: &'static str) -> Result<Self, String> {
        if auth.config.is_stateless() {
            return Err("DATABASE_URL is missing; set it to the URL of the deployment's database".to_owned());
        }
        let request = http::Request::get("/").body(()).map_err(|error| error.to_string())?;
        let cx = handle::begin(auth, request.into_parts().0, edge);
        cx.db.notes.know(|author| {
            author.by = IdentityProof::Operator;
            author.action = Some(command);
        });
        Ok(Self { cx })
    }

    /// Finds a user by identifier or address.
    pub(crate) async fn find(&self, name: &str) -> Result<User, String> {
        let by_id = match store::user::by_id(&self.cx.db, name).await {
            // A text that cannot be an identifier names no user.
            Err(StoreError::Refused { .. }) => None,
            found => found.map_err(|error| told(&error))?,
        };
        let found = match by_id {
            Some(user) => Some(user),
            None => {
                let email = gatepost_core::syntax::email::stored(name);
                store::user::by_email(&self.cx.db, &email).await.map_err(|error| told(&error))?
            }
        };
        found.ok_or_else(|| {
            format!("no user has the identifier or the address `{name}`; `gatepost users list` prints both")
        })
    }

    /// Returns the search for rows of a table: `text` is a part of the field `within`, and `filter` a field with its value.
    pub(crate) fn search(
        &self,
        (model, within): (&str, &str),
        text: Option<String>,
        filter: Option<&str>,
        page: &Page<'_>,
    ) -> Result<Search, String> {
        let known = |name: &str| {
            let found = SearchField::of(&self.cx.auth.config.schema, model, name);
            found.ok_or_else(|| {
                format!("{model}s have no field `{name}` that answers show; name one that the command `show` prints")
            })
        };
        let mut conditions = Vec::new();
        if let Some(text) = text {
            conditions.push(Condition::new(known(within)?, Operator::Text(Match::Contains), SearchValue::One(text)));
        }
        if let Some(filter) = filter {
            let (field, value) = filter.split_once('=').ok_or("pass --filter as FIELD=VALUE, such as role=admin")?;
            conditions.push(Condition::new(known(field)?, Operator::Equal, SearchValue::One(value.to_owned())));
        }
        let Page { sort, descending, limit, offset } = *page;
        Ok(Search { conditions, order: known(sort)?, descending, limit: limit.into(), offset: offset.into() })
    }

    /// Returns the end of a duration that begins now.
    fn after(&self, lasts: &str) -> Result<Timestamp, String> {
        Ok(self.cx.now + std::time::Duration::from_secs(seconds(lasts)?.into()))
    }

    async fn change(&self, command: &'static str, name: &str, values: Values) -> Result<(User, CommandResult), String> {
        if !self.cx.auth.config.features.admin.enabled {
            return Err(
                "`[admin] enabled` is off; switch it on, and run `gatepost migrate`, which adds the columns".to_owned()
            );
        }
        let user = self.find(name).await?;
        let change = Change { name: None, image: None, additional: values };
        let changed = store::user::update(&self.cx.db, &user.id, &change, None, self.cx.now).await;
        let changed = changed.map_err(|error| told(&error))?;
        let changed = changed.ok_or_else(|| {
            format!("user {} was removed meanwhile; nothing was changed, and there is nothing to do", user.id)
        })?;
        let done = CommandResult { json: json!(changed), ..done(command, &changed, whole(&changed)) };
        Ok((changed, done))
    }

    /// Ends the sessions of a user, and what belongs to them.
    async fn end_sessions(&mut self, user: &User) -> Result<(), String> {
        store::session::delete_all(&self.cx.db, &user.id).await.map_err(|error| told(&error))?;
        let ended = flow::others_ended(&mut self.cx, user).await;
        ended.map_err(|error| error.cause().unwrap_or_else(|| error.reason().name()).to_owned())
    }

    async fn sessions(&self, user: &User) -> Result<Vec<Session>, String> {
        store::session::list(&self.cx.db, &user.id, self.cx.now).await.map_err(|error| told(&error))
    }
}

/// Reads a duration.
pub(crate) fn seconds(lasts: &str) -> Result<u32, String> {
    match duration(lasts) {
        Some(0) => Err(format!("`{lasts}` is no time at all; write a duration like 30m, 12h or 7d")),
        Some(seconds) => Ok(seconds),
        None if is_too_long(lasts) => Err(too_long(lasts)),
        None => Err(format!("`{lasts}` is no duration; write one like 30m, 12h or 7d")),
    }
}

/// Whether a text is a duration but for its size.
pub(crate) fn is_too_long(lasts: &str) -> bool {
    let unit = lasts.trim_start_matches(|letter: char| letter.is_ascii_digit());
    unit.len() < lasts.len() && duration(&format!("1{unit}")).is_some() && duration(lasts).is_none()
}

/// Returns the text about a duration that is too long.
pub(crate) fn too_long(lasts: &str) -> String {
    format!("`{lasts}` is too long; write a duration of at most {}d", u32::MAX / 86_400)
}

fn done(command: &str, user: &User, text: String) -> CommandResult {
    let audit = json!({ "level": "info", "command": command, "actor": "operator", "target": user.id });
    CommandResult { text, json: json!({ "id": user.id }), audit: Some(audit) }
}

/// Returns the text about a failure of the database.
pub(crate) fn told(error: &StoreError) -> String {
    format!("{error}; `gatepost doctor` says what to do")
}

/// Shows a user in one line.
fn line(user: &User) -> String {
    let role = user.additional.text("role").unwrap_or("-");
    let banned = if user.additional.get("banned") == &Value::Bool(true) { "  banned" } else { "" };
    plain(&format!("{}  {}  {role}{banned}", user.id, user.email))
}

/// Shows every field of a user, each in a line.
fn whole(user: &User) -> String {
    lines(&json!(user))
}

/// Shows the members of an object, each in a line.
pub(crate) fn lines(value: &Value) -> String {
    let Value::Object(members) = value else { return String::new() };
    let shown = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let lines = members.iter().map(|(name, value)| plain(&format!("{name}: {}", shown(value))));
    lines.collect::<Vec<_>>().join("\n")
}

fn session_line(session: &Session) -> String {
    let began = session.created_at.map_or_else(|| "-".to_owned(), |at| at.to_string());
    let agent = session.user_agent.as_deref().unwrap_or_default();
    let by = session.impersonated_by().map(|by| format!("  impersonated by {by}")).unwrap_or_default();
    plain(&format!("{}  from {began}  until {}  {agent}{by}", session.id, session.expires_at))
}

/// Returns a session without the token, which signs its holder in.
fn without_token(session: &Session) -> Value {
    let mut value = json!(session);
    if let Value::Object(members) = &mut value {
        members.remove("token");
    }
    value
}

/// Adds a member to an object of JSON.
pub(crate) fn with(mut object: Value, name: &str, value: impl Into<Value>) -> Value {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), value.into());
    }
    object
}
