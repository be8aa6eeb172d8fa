//! `gatepost audit`: an operator reads the audit log.

use std::{fmt::Write as _, sync::Arc, time::Duration};

use gatepost_core::{
    Auth,
    context::Edge,
    features::{
        audit::rows::{self, AuditFilter},
        events::declaration::KINDS,
    },
    options::duration,
    store::record::Record,
};
use jiff::Timestamp;
use serde_json::json;

use crate::{
    arguments::Audit,
    terminal::plain,
    users::{CommandResult, OperatorContext, is_too_long, told, too_long},
};

/// Lists the audit log, the newest change first.
///
/// # Errors
/// A sentence with the cause and the fix.
pub async fn audit(auth: Arc<Auth>, asked: Audit, edge: Edge) -> Result<CommandResult, String> {
    if !auth.config.features.audit.enabled {
        return Err(
            "`[audit] enabled` is off; switch it on, and run `gatepost migrate`, which adds the table".to_owned()
        );
    }
    if let Some(kind) = asked.kind.as_deref().filter(|kind| !noted_kinds().any(|known| known == *kind)) {
        let all = noted_kinds().collect::<Vec<_>>().join(", ");
        return Err(format!("there is no kind `{}`; write one of {all}", plain(kind)));
    }
    let operator = OperatorContext::new(auth, &edge, "audit")?;
    let (target, actor) = (id(&operator, asked.user).await?, id(&operator, asked.actor).await?);
    let now = operator.cx.now;
    let asked = AuditFilter {
        target: target.as_deref(),
        actor: actor.as_deref(),
        organization: asked.organization.as_deref(),
        kind: asked.kind.as_deref(),
        action: asked.action.as_deref(),
        since: asked.since.map(|text| instant(&text, now)).transpose()?,
        until: asked.until.map(|text| instant(&text, now)).transpose()?,
        limit: asked.limit.into(),
        offset: asked.offset.into(),
    };
    let changes = rows::list(&operator.cx.db, &asked).await.map_err(|error| told(&error))?;
    let mut text = changes.iter().map(|change| line(change) + "\n").collect::<String>();
    let noun = if changes.len() == 1 { "change" } else { "changes" };
    let _ = write!(text, "{} {noun}", changes.len());
    Ok(CommandResult { text, json: json!({ "changes": changes }), audit: None })
}

/// The kinds of noted changes: those of events, except that of a new session.
fn noted_kinds() -> impl Iterator<Item = &'static str> {
    KINDS.into_iter().filter(|kind| *kind != "session.created")
}

/// Returns the identifier of a user. An address is looked up; any other text is an identifier, also of a user who is deleted.
async fn id(operator: &OperatorContext, name: Option<String>) -> Result<Option<String>, String> {
    match name {
        Some(name) if name.contains('@') => Ok(Some(operator.find(&name).await?.id)),
        name => Ok(name),
    }
}

/// Reads an instant, or a duration before now.
fn instant(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    if let Ok(instant) = text.parse() {
        return Ok(instant);
    }
    if is_too_long(text) {
        return Err(too_long(text));
    }
    let seconds = duration(text).ok_or_else(|| {
        format!("`{text}` is no time; write an instant like 2026-01-31T12:00:00Z, or a duration before now, like 7d")
    })?;
    Ok(now - Duration::from_secs(seconds.into()))
}

/// Shows a change in one line.
fn line(change: &Record) -> String {
    let text = |field: &str| change.text(field);
    let actor = match (text("actorId"), text("impersonatedBy")) {
        (Some(id), Some(by)) => format!("{by} as {id}"),
        (Some(id), None) => id.to_owned(),
        (None, _) => text("actorType").unwrap_or("-").to_owned(),
    };
    let mut line = format!("{}  {}  by {actor}", text("createdAt").unwrap_or("-"), text("kind").unwrap_or("-"));
    for (name, field) in [
        ("user", "targetId"),
        ("object", "objectId"),
        ("organization", "organizationId"),
        ("key", "keyId"),
        ("action", "action"),
        ("from", "ipAddress"),
    ] {
        if let Some(value) = text(field) {
            let _ = write!(line, "  {name} {value}");
        }
    }
    plain(&line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_an_instant_or_a_duration_that_ends_now() {
        let now: Timestamp = "2026-01-31T12:00:00Z".parse().unwrap();
        assert_eq!(instant("7d", now).unwrap().to_string(), "2026-01-24T12:00:00Z");
        assert_eq!(instant("2025-12-31T00:00:00Z", now).unwrap().to_string(), "2025-12-31T00:00:00Z");
        assert!(instant("yesterday", now).unwrap_err().contains("`yesterday` is no time; write an instant like"));
    }
}
