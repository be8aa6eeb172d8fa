//! Hooks in Rust, as a deployment's own crate has them. Every service of the tests is linked with them.

use std::{sync::Mutex, time::Duration};

use gatepost_core::{
    hooks::{HookResult, Input, RustHook, Verdict},
    rust_hooks,
};
use serde_json::json;

pub const HOOKS: &[RustHook] = rust_hooks![
    refuse_freely,
    refuse_wrongly,
    set_role,
    set_team,
    set_plan,
    show_team,
    claim_plan,
    fail,
    crash,
    sleep,
    note
];

/// The events that [`note`] was called for, each with the address of the user.
pub static NOTED: Mutex<Vec<(String, String)>> = Mutex::new(Vec::new());

async fn refuse_freely(input: Input) -> HookResult {
    let user = input.data.user.ok_or("there is no user")?;
    match user.email.as_deref() {
        Some("free@example.com") => Ok(Verdict::refuse(400, "WORK_ADDRESS", "Use your work address")),
        _ => Ok(Verdict::Continue),
    }
}

/// The status is none of those that a hook may give.
async fn refuse_wrongly(_: Input) -> HookResult {
    Ok(Verdict::refuse(200, "FINE", "All is well"))
}

/// The role is the part of the address behind the `@`.
async fn set_role(input: Input) -> HookResult {
    let email = input.data.user.and_then(|user| user.email).ok_or("there is no address")?;
    let domain = email.split_once('@').map_or("", |(_, domain)| domain);
    Ok(Verdict::set([("role", json!(domain))]))
}

async fn set_team(input: Input) -> HookResult {
    let way = input.data.way.ok_or("there is no way")?;
    Ok(Verdict::set([("team", json!(format!("came by {way}")))]))
}

async fn set_plan(input: Input) -> HookResult {
    let name = input.data.changes.and_then(|changes| changes.get("name").cloned()).ok_or("there is no new name")?;
    Ok(Verdict::set([("plan", name)]))
}

async fn show_team(input: Input) -> HookResult {
    let session = input.data.session.ok_or("there is no session")?;
    let lasts = session.expires_at.duration_since(session.created_at.ok_or("it has no beginning")?).as_hours();
    Ok(Verdict::set([("shown", json!({ "team": session.additional.get("team"), "days": lasts / 24 }))]))
}

async fn claim_plan(input: Input) -> HookResult {
    let user = input.data.user.ok_or("there is no user")?;
    Ok(Verdict::set([("plan", json!(user.additional.get("plan")))]))
}

async fn fail(_: Input) -> HookResult {
    Err("the list of tenants cannot be read")
}

async fn crash(input: Input) -> HookResult {
    panic!("a panic that names {:?}", input.data.user.and_then(|user| user.email));
}

async fn sleep(_: Input) -> HookResult {
    tokio::time::sleep(Duration::from_secs(60)).await;
    Ok(Verdict::Continue)
}

async fn note(input: Input) -> HookResult {
    let email = input.data.user.and_then(|user| user.email).unwrap_or_default();
    NOTED.lock().unwrap().push((input.event, email));
    Ok(Verdict::Continue)
}
