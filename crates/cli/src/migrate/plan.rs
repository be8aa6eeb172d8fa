//! Plans a migration by comparing the tables of a database with the required ones (spec jwt-oauth-schema §5.5). A pure function. Never
//! drops or renames anything, and never changes a type.

use std::collections::BTreeSet;

use gatepost_core::{
    config::{self, DefaultValue, Schema, Table},
    store::written::quoted,
};

use super::{Failure, functions::Functions, repeated::RepeatedValues, sql};
use crate::tables::{
    compared,
    fit::{self, Fault, LEFTOVER},
    found::{Column, FoundTables, Relation},
    identifiers,
    incomplete::IncompleteTables,
    mapping::Proposal,
    owners, section,
    unique::{self, Uniqueness},
};

/// The statements of a migration, and the reasons against it.
#[derive(Debug, Default)]
pub struct Plan {
    /// The SQL statements in order.
    pub statements: Vec<String>,
    /// The tables that the statements create.
    pub created: Vec<String>,
    /// The columns and indexes that they add to existing tables.
    pub added: Vec<String>,
    /// Warnings about tables that work but may be a mistake.
    pub warnings: Vec<String>,
    /// Columns that make requests fail, with the fix. They do not stop the migration.
    pub problems: Vec<String>,
    /// The reasons why nothing can be done.
    pub refusals: Vec<String>,
    /// The tables that the configuration should name, if others look like the missing ones.
    pub proposal: Option<Proposal>,
    /// The tables that are missing while related ones have rows.
    pub incomplete: Option<IncompleteTables>,
    /// Another table of users than the configured one, to which sessions and accounts refer.
    pub owner: Option<String>,
}

impl Plan {
    /// Compares the tables. `populated` are the tables that have rows, `repeated` the columns whose values prevent a unique index.
    pub(super) fn new(
        schema: &Schema,
        found: &FoundTables,
        populated: &BTreeSet<String>,
        repeated: &[RepeatedValues],
    ) -> Self {
        let mut plan = Self::default();
        let (mut altered, mut indexes) = (Vec::new(), Vec::new());
        let ids = |model: &str| found.other_ids(schema, model);
        for table in &schema.tables {
            match found.relations.get(&table.name) {
                None => {
                    plan.statements.push(sql::create(schema, table, false, &ids));
                    plan.created.push(table.name.clone());
                    plan.index(schema, table, found, |column| column.indexed && !column.unique, &mut indexes);
                }
                Some(Relation { kind: "table", columns, .. }) if !columns.contains_key("id") => {
                    let Fault { what, fix } = owners::foreign(table);
                    plan.refusals.push(format!("{what}: {fix}"));
                }
                Some(Relation { kind: "table", columns, .. }) => {
                    for column in &table.columns {
                        match columns.get(&column.name) {
                            Some(_) => {}
                            None if plan.may_add(table, column, populated.contains(&table.name)) => {
                                altered.push(sql::add(schema, table, column, &ids));
                                plan.added.push(format!("{}.{}", table.name, column.name));
                            }
                            None => {}
                        }
                    }
                    plan.warnings.extend(columns.keys().filter_map(|name| unguarded(table, name)));
                    plan.warnings.extend(columns.get(LEFTOVER).and_then(|column| leftover(table, column)));
                    let known: BTreeSet<_> = table.columns.iter().map(|column| column.name.as_str()).collect();
                    let foreign = columns.iter().filter(|(name, _)| !known.contains(name.as_str()));
                    let unfilled = foreign.filter_map(|(name, column)| fit::unfilled(found, table, name, column));
                    plan.refusals.extend(unfilled.map(|fault| format!("{}: {}", fault.what, fault.fix)));
                    let missing = |column: &config::Column| match column.unique {
                        true => unique::of(found, &table.name, &column.name) == Uniqueness::Missing,
                        false => column.indexed && !found.has_index(&table.name, &column.name, false),
                    };
                    let repeats = |column: &config::Column| repeated.iter().find(|repeated| repeated.is(table, column));
                    plan.problems.extend(table.columns.iter().filter_map(|column| {
                        let index = sql::index_name(&table.name, &column.name, true);
                        Some(repeats(column)?.problem(&index, table.model == "user" && column.field == "email"))
                    }));
                    let may_be = |column: &config::Column| missing(column) && repeats(column).is_none();
                    plan.index(schema, table, found, may_be, &mut indexes);
                }
                Some(Relation { kind, .. }) => plan.refusals.push(format!(
                    "`{0}` is {kind}, and the service needs a table: set another name in `[schema.{1}] model_name`",
                    table.name,
                    section(table)
                )),
            }
        }
        plan.statements.extend(altered.into_iter().chain(indexes));
        let identifiers = identifiers::faults(schema, found).into_iter();
        plan.refusals.extend(identifiers.map(|fault| format!("{}: {}", fault.what, fault.fix)));
        let faults = fit::faults(schema, found, &["credential"]).into_iter();
        plan.problems.extend(faults.map(|fault| format!("{}. To fix it, {}", fault.what, fault.fix)));
        let shared = unique::shared_defaults(schema, found).into_iter();
        plan.problems.extend(shared.map(|fault| format!("{}. To fix it, {}", fault.what, fault.fix)));
        let state = fit::short_state(schema, found);
        plan.warnings.extend(state.map(|fault| format!("{}: {}", fault.what, fault.fix)));
        let limited = unique::limited(schema, found).into_iter();
        plan.warnings.extend(limited.map(|fault| format!("{}: {}", fault.what, fault.fix)));
        let inexact = compared::inexact(schema, found).into_iter();
        plan.warnings.extend(inexact.map(|fault| format!("{}: {}", fault.what, fault.fix)));
        let is_prismas = found.relations.contains_key("_prisma_migrations");
        plan.warnings.extend((is_prismas && !plan.statements.is_empty()).then(|| {
            "Prisma manages this schema: add these tables and indexes to its schema file too, and migrate with Prisma. \
             `prisma db push` removes tables that the file does not have, and `prisma migrate dev` offers to reset the \
             database"
                .to_owned()
        }));
        if !found.exists && !plan.created.is_empty() {
            plan.statements.splice(0..0, sql::named(schema));
        }
        plan
    }

    /// Adds the functions that the database keeps of statements.
    pub(super) fn keep(&mut self, functions: Functions) {
        self.statements.extend(functions.statements);
        self.added.extend(functions.created);
        self.warnings.extend(functions.problems);
        self.refusals.extend(functions.refusal);
    }

    /// The plan, unless it would make empty tables beside those that are meant. With `new_tables` it does, unless sessions refer to
    /// another table of users.
    ///
    /// # Errors
    /// If other tables look like the missing ones, or related ones have rows.
    pub fn judged(self, new_tables: bool) -> Result<Self, Failure> {
        match self {
            Self { proposal: Some(proposal), .. } if !new_tables => Err(Failure::Elsewhere(proposal)),
            Self { incomplete: Some(incomplete), refusals, .. } if !new_tables && refusals.is_empty() => {
                Err(Failure::Incomplete(incomplete))
            }
            Self { owner: owner @ Some(_), refusals, .. } => {
                Err(Failure::Refused(owner.into_iter().chain(refusals).collect()))
            }
            plan => Ok(Self { proposal: None, incomplete: None, ..plan }),
        }
    }

    /// Lists the notes of a plan: warnings, columns that make requests fail, and missing tables that [`Self::judged`] does not report
    /// because refusals come first.
    pub fn notes(&self) -> Vec<String> {
        let warnings = self.warnings.iter().map(|warning| format!("warning: {warning}"));
        let problems = self.problems.iter().map(|problem| format!("problem: {problem}"));
        let hidden = self.incomplete.clone().filter(|_| !self.refusals.is_empty()).map(Failure::Incomplete);
        warnings.chain(problems).chain(hidden.map(|failure| format!("problem: {failure}"))).collect()
    }

    /// Says what was done: `created jwks; added session_userId_idx`. Empty if nothing was.
    pub fn done(&self) -> String {
        let list = |what: &str, names: &[String]| (!names.is_empty()).then(|| format!("{what} {}", names.join(", ")));
        let done: Vec<_> = list("created", &self.created).into_iter().chain(list("added", &self.added)).collect();
        done.join("; ")
    }

    /// Returns whether a missing column can be added; otherwise adds a refusal.
    fn may_add(&mut self, table: &Table, column: &config::Column, is_populated: bool) -> bool {
        let has_value = column.default == Some(DefaultValue::Now) || sql::always(column).is_some();
        if column.required && !has_value && is_populated {
            self.refusals.push(format!(
                "cannot add the required column `{0}` to `{1}`, which has rows, because no value is known for them: add it \
                 without `not null`, and give every row a value",
                column.name, table.name
            ));
            return false;
        }
        true
    }

    fn index(
        &mut self,
        schema: &Schema,
        table: &Table,
        found: &FoundTables,
        wanted: impl Fn(&config::Column) -> bool,
        indexes: &mut Vec<String>,
    ) {
        for column in table.columns.iter().filter(|column| wanted(column)) {
            let name = sql::index_name(&table.name, &column.name, column.unique);
            match found.indexes.get(&name) {
                None => {
                    if found.relations.contains_key(&table.name) {
                        self.added.push(name);
                    }
                    indexes.push(sql::index(schema, table, column, false));
                }
                Some(other) if other.is_invalid_on(&table.name, &column.name) => self.refusals.push(format!(
                    "the index `{name}` on `{}` is not valid, as after a `create index concurrently` that failed: drop it, `drop index \
                     {}.{}`, and run the command again",
                    table.name,
                    quoted(&found.schema),
                    quoted(&name)
                )),
                Some(other) => self.refusals.push(format!(
                    "an index `{name}` exists on `{}` ({}), and an index on `{}` ({}) needs its name: rename the existing \
                     index",
                    other.table,
                    other.columns.join(", "),
                    table.name,
                    column.name
                )),
            }
        }
    }
}

/// The warning about a column of a plugin that keeps users out and that gatepost does not serve. None for the columns of features that
/// are on.
pub(crate) fn unguarded(table: &Table, column: &str) -> Option<String> {
    if table.columns.iter().any(|known| known.name == column) {
        return None;
    }
    let letters: String = column.chars().filter(|letter| *letter != '_').collect();
    let (what, consequence, section) = match (table.model, letters.to_ascii_lowercase().as_str()) {
        ("user", "twofactorenabled") => {
            ("second factors, which are", "users with one can sign in with only their password", "two_factor")
        }
        ("user", "banned") => ("administration, which is", "banned users can sign in", "admin"),
        _ => return None,
    };
    Some(format!("`{}.{column}` belongs to {what} off: {consequence}; set `[{section}] enabled = true`", table.name))
}

/// The warning about a column that older versions of better-auth left, and that the service fills.
fn leftover(table: &Table, column: &Column) -> Option<String> {
    let is_it = table.model == "account" && table.column(LEFTOVER).is_none() && column.not_null && !column.has_default;
    is_it.then(|| {
        format!(
            "`{}.{LEFTOVER}` is a leftover of better-auth 1.7.0 to 1.7.2. gatepost fills it, so it may stay; better-auth 1.7.3 \
             and later do not start with it, and say what to do",
            table.name
        )
    })
}
