//! The proof that the statements that serve go through: one statement writes the rows of a sign-up, and triggers meet that otherwise
//! than rows that come one by one.

use gatepost_core::{
    config::{Config, Schema},
    store::{
        StoreError,
        rehearsal::{Rehearsal, RehearsedRequest, Rows, StoppedRehearsal},
        user::NewUserRow,
    },
};
use tokio_postgres::Client;

use super::{
    placeholder::Placeholder,
    refusal::by_policy,
    rows::{BOUNDS, CHECK},
};
use crate::{report::Finding, tables::found::FoundTables};

/// Runs a sign-up, a change of the password and, if it is enabled, the deletion of a user, and rolls them back. `None` if all of them
/// succeed, or if passwords are off.
///
/// # Errors
/// An error of the database, if the connection is lost.
pub(super) async fn check(
    client: &Client,
    schema: &Schema,
    found: &FoundTables,
    config: &Config,
    placeholder: &Placeholder,
) -> Result<Option<Finding>, StoreError> {
    let is_there = |model: &str| schema.table(model).is_some();
    if !config.email_and_password.enabled || !is_there("user") || !is_there("account") {
        return Ok(None);
    }
    let (user, additional) = placeholder.user(schema, found);
    let (hash, account_id) = (Placeholder::hash(), placeholder.number(3));
    let new = NewUserRow {
        user: &user,
        account_id: &account_id,
        password_hash: &hash,
        additional: &additional,
        if_first: None,
    };
    let (first, next) = (placeholder.session(1), placeholder.session(2));
    let first = Some(&first).filter(|_| is_there("session") && !config.email_and_password.hides_taken_addresses());
    let next = Some(&next).filter(|_| is_there("session"));
    let rows = Rows { new, first, next, now: placeholder.now() };
    let rehearsal = Rehearsal::new(client, schema);
    let deletes = config.user.delete_user.enabled.then_some(RehearsedRequest::DeleteUser);
    for what in [RehearsedRequest::SignUp, RehearsedRequest::ChangePassword].into_iter().chain(deletes) {
        if let Err(stopped) = rehearsal.run(what, &rows, BOUNDS).await? {
            return Ok(Some(told(&stopped)));
        }
    }
    Ok(None)
}

fn told(StoppedRehearsal { at, error, after }: &StoppedRehearsal) -> Finding {
    let what = match at {
        RehearsedRequest::SignUp => "a sign-up",
        RehearsedRequest::ChangePassword => "a change of the password",
        RehearsedRequest::DeleteUser => "the deletion of a user",
    };
    let although =
        if *at == RehearsedRequest::SignUp { ", although each of its rows is accepted by itself" } else { "" };
    let evidence = format!("{what} fails{although}: {error}");
    if *at != RehearsedRequest::SignUp && is_of_values(error) {
        let fix = "if it accepts real users, there is nothing to do: the user of this check has the address …@example.com and the \
                   name `gatepost doctor`";
        return Finding::warn(CHECK, evidence, fix);
    }
    let text = error.to_string();
    let fix = if text.contains("SQLSTATE 27000") {
        "the project that owns the trigger should declare it AFTER instead of BEFORE: gatepost writes, changes and deletes these rows in \
         one statement, and PostgreSQL refuses one whose BEFORE trigger deletes or changes rows that the statement comes to later. An \
         AFTER trigger also sees the rows that the statement has written: let it spare them, with `and xmin <> \
         pg_current_xact_id()::xid` in its condition. docs/POSTGRES.md, `Triggers`, has an example"
            .to_owned()
    } else if text.contains("is gone when the statement ends") {
        "the project that owns the trigger should let it spare the rows of its own transaction, with `and xmin <> \
         pg_current_xact_id()::xid` in the condition of its `delete`"
            .to_owned()
    } else if text.contains("row-level security") {
        by_policy(&text)
    } else if after.is_empty() {
        "gatepost writes, changes and deletes these rows in one statement: let the triggers and constraints that the evidence names accept \
         that"
            .to_owned()
    } else {
        format!(
            "gatepost writes these rows in one statement, and AFTER triggers run when it ends: {after}. If the row that is refused needs \
             what such a trigger makes, the project that owns the trigger should declare it BEFORE, with foreign keys to the new row \
             `deferrable initially deferred`; or check what is needed in a constraint trigger that is `deferrable initially deferred`. \
             docs/POSTGRES.md, `Triggers`, has an example"
        )
    };
    Finding::fail(CHECK, evidence, fix)
}

/// Whether a condition on values or an exception of a function refused the row: those of real users may pass.
fn is_of_values(error: &StoreError) -> bool {
    matches!(error, StoreError::Refused(row) if row.state == "23514" || row.state.starts_with("P0"))
}
