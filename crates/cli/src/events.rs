//! `gatepost events`: counts and lists deliveries of events, sends what is due, and sends events again.

use std::{fmt::Write as _, sync::Arc};

use gatepost_core::{
    Auth,
    features::events::{self, rows},
    store::{StoreError, record::Record},
};
use serde_json::json;

use crate::{
    arguments::{DeliveryState, Events},
    terminal::plain,
    users::CommandResult,
};

/// Runs a subcommand of `gatepost events`.
///
/// # Errors
/// A sentence with the cause and the fix.
pub async fn events(auth: &Arc<Auth>, command: Events) -> Result<CommandResult, String> {
    if auth.config.is_stateless() {
        return Err("DATABASE_URL is missing; set it to the URL of the deployment's database".to_owned());
    }
    if !auth.config.features.events.enabled {
        return Err(
            "`[events] enabled` is off; switch it on, and run `gatepost migrate`, which adds the table".to_owned()
        );
    }
    let (db, now) = (auth.db(), (auth.clock)());
    match command {
        Events::Status => {
            let counts = rows::count(&db).await.map_err(|error| told(&error))?;
            let mut text = String::new();
            for count in &counts {
                let rows::Count { receiver, waiting, failed, delivered, oldest } = count;
                let receiver = plain(receiver);
                let _ = write!(text, "{receiver}: {waiting} waiting, {failed} failed, {delivered} delivered");
                if let Some(oldest) = oldest {
                    let _ = write!(text, ", the oldest waits since {oldest:.0}");
                }
                text.push('\n');
            }
            if counts.is_empty() {
                text += "no events";
            }
            let all = counts.iter().map(|count| {
                json!({ "receiver": count.receiver, "waiting": count.waiting, "failed": count.failed,
                    "delivered": count.delivered, "oldestWaiting": count.oldest.map(|oldest| format!("{oldest:.3}")) })
            });
            let json = json!({ "receivers": all.collect::<Vec<_>>() });
            Ok(CommandResult { text: text.trim_end().to_owned(), json, audit: None })
        }
        Events::List { state, limit } => {
            let found = rows::list(&db, of(state), i64::from(limit)).await.map_err(|error| told(&error))?;
            let mut text = found.iter().map(|delivery| line(delivery) + "\n").collect::<String>();
            let noun = if found.len() == 1 { "delivery" } else { "deliveries" };
            let _ = write!(text, "{} {noun}", found.len());
            Ok(CommandResult { text, json: json!({ "deliveries": found }), audit: None })
        }
        Events::Deliver => {
            let done = events::deliver(auth, None).await.map_err(|error| told(&error))?;
            let text = format!("{} delivered, {} failed", done.delivered, done.failed);
            let json = json!({ "delivered": done.delivered, "failed": done.failed });
            Ok(CommandResult { text, json, audit: None })
        }
        Events::Replay { id, receiver } => {
            let again = rows::replay(&db, id.as_deref(), receiver.as_deref(), now).await;
            let again = again.map_err(|error| told(&error))?;
            if let (Some(id), 0) = (&id, again) {
                let receiver = receiver.map(|name| format!(" for the receiver `{name}`")).unwrap_or_default();
                return Err(format!(
                    "there is no event `{id}`{receiver}; `gatepost events list` shows the identifiers, and `gatepost cleanup` \
                     removes old ones"
                ));
            }
            let done = events::deliver(auth, None).await.map_err(|error| told(&error))?;
            let text = format!("{again} sent again: {} delivered, {} failed", done.delivered, done.failed);
            let json = json!({ "replayed": again, "delivered": done.delivered, "failed": done.failed });
            let audit = json!({ "level": "info", "command": "events replay", "actor": "operator", "replayed": again });
            Ok(CommandResult { text, json, audit: Some(audit) })
        }
    }
}

fn of(state: DeliveryState) -> rows::State {
    match state {
        DeliveryState::Waiting => rows::State::Waiting,
        DeliveryState::Failed => rows::State::Failed,
        DeliveryState::Delivered => rows::State::Delivered,
    }
}

/// Shows a delivery in one line.
fn line(delivery: &Record) -> String {
    let text = |field: &str| delivery.text(field).unwrap_or("-");
    let (id, at, receiver, kind) = (text("eventId"), text("createdAt"), text("receiver"), text("kind"));
    let mut line = format!("{id}  {at}  {receiver}  {kind}  {}", attempts(delivery));
    for (name, field) in [("user", "userId"), ("organization", "organizationId"), ("next", "dueAt"), ("cause", "cause")]
    {
        if let Some(value) = delivery.text(field) {
            let _ = write!(line, "  {name} {value}");
        }
    }
    plain(&line)
}

fn attempts(delivery: &Record) -> String {
    let attempts = delivery.get("attempts").to_string();
    if attempts == "1" { "1 attempt".to_owned() } else { format!("{attempts} attempts") }
}

fn told(error: &StoreError) -> String {
    format!("{error}; check the tables with `gatepost migrate --plan`, and run the command again")
}
