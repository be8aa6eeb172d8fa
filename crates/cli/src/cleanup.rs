//! `gatepost cleanup`: removes expired rows, by the statements of the service.

use std::{fmt::Write as _, sync::Arc};

use gatepost_core::{
    Auth,
    features::cleanup::{self, Walk, rows},
    store::StoreError,
};
use serde_json::{Map, json};

use crate::{plural::counted, users::CommandResult};

/// How many removed rows one line of progress stands for.
const PROGRESS: u64 = 100_000;

/// Removes rows, or with `plan` counts them. `keep_days` replaces `[cleanup] keep_days`. `progress` gets a line for each further
/// [`PROGRESS`] rows.
///
/// # Errors
/// A sentence with the cause and the fix. The rows that were removed before it stay removed.
pub async fn run(
    auth: &Arc<Auth>,
    keep_days: Option<u32>,
    plan: bool,
    progress: &mut (dyn FnMut(&str) + Send),
) -> Result<CommandResult, String> {
    if auth.config.is_stateless() {
        return Err("DATABASE_URL is missing; set it to the URL of the deployment's database".to_owned());
    }
    let (db, now) = (auth.db(), (auth.clock)());
    let keep_days = keep_days.unwrap_or(auth.config.features.cleanup.keep_days);
    let (mut text, mut counts) = (String::new(), Map::new());
    for (kind, before) in cleanup::kinds(&auth.config, now, keep_days) {
        let name = kind.name();
        let count = if plan {
            rows::count(&db, kind, before).await.map_err(|error| told(name, &error))?
        } else {
            let (mut walk, mut shown) = (Walk::new(kind, before, None), 0);
            while walk.step(&db, auth).await.map_err(|error| told(name, &error))? {
                if walk.removed / PROGRESS > shown {
                    shown = walk.removed / PROGRESS;
                    progress(&format!("{name}: {} removed", counted(walk.removed, "row")));
                }
            }
            walk.removed
        };
        let verb = if plan { "to remove" } else { "removed" };
        let _ = writeln!(text, "{name}: {} {verb}", counted(count, "row"));
        counts.insert(name.to_owned(), json!(count));
    }
    let audit =
        (!plan).then(|| json!({ "level": "info", "command": "cleanup", "actor": "operator", "removed": counts }));
    Ok(CommandResult { text: text.trim_end().to_owned(), json: json!(counts), audit })
}

fn told(table: &str, error: &StoreError) -> String {
    format!("{table}: {error}; the removed rows stay removed; run the command again to remove the others")
}
