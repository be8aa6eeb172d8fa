//! Reports rows of `doctor` that a database refuses, and what its owner can do about it. Reports have names and no values.

use std::fmt::Write as _;

use gatepost_core::config::{ColumnType, Kind, Table};
use tokio_postgres::error::DbError;

use super::rows::CHECK;
use crate::{
    report::Finding,
    tables::{fit, found::FoundTables, remedy, section},
};

/// A column whose type does not take its value: the server does not name it.
pub(super) struct SuspectColumn {
    /// The column's name in the database.
    pub(super) column: String,
    /// Its type as it is declared.
    pub(super) declared: String,
}

/// A row or a statement that was refused.
pub(super) struct Refusal<'a> {
    pub(super) found: &'a FoundTables,
    /// In a sentence, behind "the database refuses".
    pub(super) what: &'a str,
    /// The table of the row; `None` if no single table is concerned.
    pub(super) table: Option<&'a Table>,
    pub(super) suspects: &'a [SuspectColumn],
    /// The columns of the table's constraint that refused it; empty where it was none.
    pub(super) checked: &'a [String],
    /// The server's answer.
    pub(super) answer: &'a DbError,
}

impl Refusal<'_> {
    /// A failure; a warning where real rows may pass.
    pub(super) fn finding(&self) -> Finding {
        let state = self.answer.code().code();
        let evidence = self.evidence(state);
        if state == "23514" && self.is_made() {
            let is_id = self.checked.iter().all(|name| name == "id");
            let form = if is_id { ", which are 32 letters and digits (`~ '^[0-9A-Za-z]{32}$'`)" } else { "" };
            let fix = format!(
                "gatepost makes these values itself, so that every such row fails: the project that owns the table should let the \
                 constraint accept them{form}{}",
                if is_id {
                    ". Or let the database make identifiers: give `id` a default that the constraint accepts, and set \
                     `[advanced.database] generate_id = \"uuid\"`"
                } else {
                    ""
                }
            );
            return Finding::fail(CHECK, evidence, fix);
        }
        if state == "23514" || state.starts_with("P0") {
            let fix = "if it accepts real rows, there is nothing to do: the row of this check has the address …@example.com and the \
                       name `gatepost doctor`";
            return Finding::warn(CHECK, evidence, fix);
        }
        if matches!(state, "55P03" | "57014") {
            let fix = "find out which session holds a lock on the table, and run `doctor` again";
            return Finding::warn(CHECK, evidence, fix);
        }
        Finding::fail(CHECK, evidence, self.fix(state))
    }

    /// Whether the constraint is about nothing but what gatepost makes: real rows have no other values there.
    fn is_made(&self) -> bool {
        let is_made = |name: &String| {
            let wanted = self
                .table
                .and_then(|table| Some((table.model, table.columns.iter().find(|wanted| wanted.name == *name)?)));
            wanted.is_some_and(|(model, wanted)| match wanted.holds {
                ColumnType::Id | ColumnType::Reference(_) | ColumnType::Value(Kind::Date) => true,
                ColumnType::Value(_) => {
                    matches!(
                        (model, wanted.field.as_str()),
                        ("session", "token") | ("account", "accountId" | "providerId" | "password")
                    )
                }
            })
        };
        !self.checked.is_empty() && self.checked.iter().all(is_made)
    }

    fn evidence(&self, state: &str) -> String {
        let Self { what, suspects, answer, .. } = self;
        let mut evidence = format!("the database refuses {what}: SQLSTATE {state}");
        let names = [
            ("table", answer.table()),
            ("column", answer.column()),
            ("type", answer.datatype()),
            ("constraint", answer.constraint()),
        ];
        for (kind, name) in names {
            let _ = name.map(|name| write!(evidence, ", {kind} `{name}`"));
        }
        if !suspects.is_empty() {
            let all: Vec<_> =
                suspects.iter().map(|suspect| format!("`{}` ({})", suspect.column, suspect.declared)).collect();
            let _ = write!(evidence, ", because of the type of {}", all.join(", "));
        }
        // What is said of rows quotes them; what is said of tables and rights does not.
        if matches!(state.get(..2), Some("42" | "0A" | "55" | "57")) {
            let _ = write!(evidence, " ({})", answer.message());
        } else if let Some(place) =
            answer.where_().and_then(|place| place.lines().next()).filter(|_| state.starts_with("P0"))
        {
            let _ = write!(evidence, " ({place})");
        }
        evidence
    }

    /// Lists the fixes for columns whose type is at fault and that a new column cannot replace.
    fn kept(&self) -> impl Iterator<Item = String> {
        self.suspects.iter().filter_map(|SuspectColumn { column, .. }| {
            let table = self.table?;
            let wanted = table.columns.iter().find(|wanted| wanted.name == *column)?;
            let there = self.found.relations.get(&table.name)?.columns.get(column)?;
            let is_text = wanted.holds == ColumnType::Value(Kind::Text) && fit::is_kept((table.model, &wanted.field));
            is_text.then(|| remedy::retyped(self.found, &table.name, column, there))
        })
    }

    fn fix(&self, state: &str) -> String {
        let constraint =
            self.answer.constraint().map_or_else(|| "the constraint".to_owned(), |name| format!("`{name}`"));
        match state {
            "42501" if self.answer.message().contains("row-level security") => by_policy(self.answer.message()),
            "42501" => "run the SQL of `cargo gatepost generate roles` as the owner of the tables, or grant this right".to_owned(),
            "27000" => "the project that owns the table's triggers should declare the one AFTER instead of BEFORE that changes or deletes \
                        the row which is written"
                .to_owned(),
            "22001" if self.table.is_some() && !self.suspects.is_empty() => {
                let table = self.table.map_or("", |table| &table.name);
                let each = self.suspects.iter().map(|suspect| remedy::widened(self.found, table, &suspect.column));
                each.collect::<Vec<_>>().join("; ")
            }
            "23503" | "23001" if self.what.ends_with("is deleted") && self.table.is_some_and(|table| table.model != "user") => format!(
                "{constraint} keeps rows that other rows refer to, so that signing out and changing a password fail: the project that owns \
                 the tables should decide what becomes of the other rows (`on delete cascade` or `on delete set null`)"
            ),
            "23503" | "23001" if self.what.ends_with("is deleted") => format!(
                "{constraint} keeps users that other rows refer to, and `[user.delete_user]` is on: the project that owns the tables should \
                 decide what becomes of these rows (`on delete cascade` or `on delete set null`), or set `enabled = false` there"
            ),
            "23503" => format!(
                "the foreign key {constraint} needs a row that gatepost does not write: the project that owns the tables should let it \
                 accept what better-auth writes, or make that row in a BEFORE trigger. If it leads to a table of users, name that one in \
                 `[schema.user] model_name`"
            ),
            "23505" | "23P01" => format!(
                "two rows of gatepost may have the same values there: the project that owns the table should leave {constraint} to the \
                 columns that better-auth keeps unique"
            ),
            "23502" => {
                let there = self.table.and_then(|table| {
                    let column = self.answer.column()?;
                    let found = self.found.relations.get(&table.name)?.columns.get(column)?;
                    Some(remedy::default(self.found, &table.name, column, found, false))
                });
                there.unwrap_or_else(|| "the project that owns the table should give the column a default".to_owned())
            }
            _ if self.kept().next().is_some() => self.kept().collect::<Vec<_>>().join("; "),
            _ if state.starts_with("22") => format!(
                "name another column for the field in `[schema.{}.fields]`; `cargo gatepost migrate` adds it and does not change the \
                 existing one",
                self.table.map_or("…", section)
            ),
            _ => "the project that owns the tables should let them accept what better-auth writes, or gatepost needs tables of its own, \
                  under other names in `[schema]`"
                .to_owned(),
        }
    }
}

/// Returns the fix for a policy of row level security that refuses a row.
pub(super) fn by_policy(message: &str) -> String {
    let is_named = message.contains("row-level security policy \"");
    if is_named {
        "a RESTRICTIVE policy refuses the row, and no other policy widens it: as the owner of the table, declare it for the other roles alone \
         (`alter policy … on … to …`), or let its condition accept rows that one statement writes together"
            .to_owned()
    } else {
        "as the owner of the tables, let this role write every row: the line `rights` has the policies".to_owned()
    }
}
