//! What is to be done so that a database has what the configuration needs (spec jwt-oauth-schema §5.5): a pure comparison.
//! Nothing is ever dropped, renamed or given another type.

use std::collections::BTreeSet;

use gatepost_core::config::{self, Holds, Ids, Kind, Otherwise, Schema, Table};

use super::{
    found::{Column, Found, Relation},
    sql,
};

/// What is to be done, and what stands against it.
#[derive(Debug, Default)]
pub struct Plan {
    /// SQL in order.
    pub statements: Vec<String>,
    /// The tables that it makes.
    pub created: Vec<String>,
    /// The columns and indexes that it adds to others.
    pub added: Vec<String>,
    /// What is not as better-auth makes it, and works.
    pub warnings: Vec<String>,
    /// Why nothing is done.
    pub refusals: Vec<String>,
}

/// The column of accounts that better-auth 1.7.0 to 1.7.2 made: the service fills it where it is.
const LEFTOVER: &str = "issuer";

impl Plan {
    /// Compares; `populated` are the tables that have rows.
    pub(super) fn new(schema: &Schema, found: &Found, populated: &BTreeSet<String>) -> Self {
        let mut plan = Self::default();
        let (mut altered, mut indexes) = (Vec::new(), Vec::new());
        for table in &schema.tables {
            match found.relations.get(&table.name) {
                None => {
                    plan.statements.push(sql::create(schema, table, false));
                    plan.created.push(table.name.clone());
                    plan.index(schema, table, found, |column| column.indexed && !column.unique, &mut indexes);
                }
                Some(Relation { kind: "table", columns }) => {
                    for column in &table.columns {
                        match columns.get(&column.name) {
                            Some(there) => plan.compare(schema, table, column, there),
                            None if plan.may_add(table, column, populated.contains(&table.name)) => {
                                altered.push(sql::add(schema, table, column));
                                plan.added.push(format!("{}.{}", table.name, column.name));
                            }
                            None => {}
                        }
                    }
                    plan.warnings.extend(columns.keys().filter_map(|name| unguarded(table, name)));
                    let known: BTreeSet<_> = table.columns.iter().map(|column| column.name.as_str()).collect();
                    for (name, column) in columns.iter().filter(|(name, _)| !known.contains(name.as_str())) {
                        plan.look_at_foreign(table, name, column);
                    }
                    let missing = |column: &config::Column| {
                        (column.indexed || column.unique)
                            && !found.has_index(&table.name, &column.name, column.unique)
                    };
                    plan.index(schema, table, found, missing, &mut indexes);
                }
                Some(Relation { kind, .. }) => plan.refusals.push(format!(
                    "`{0}` is {kind}, and the service needs a table: give the table another name in `[schema.{1}] model_name`, \
                     or move {kind} out of the way",
                    table.name,
                    key(table)
                )),
            }
        }
        plan.statements.extend(altered.into_iter().chain(indexes));
        if !found.exists && !plan.created.is_empty() {
            plan.statements.splice(0..0, sql::named(schema));
        }
        plan
    }

    /// A column that is there.
    fn compare(&mut self, schema: &Schema, table: &Table, wanted: &config::Column, there: &Column) {
        let place = format!("the column `{}` of `{}`", wanted.name, table.name);
        if !fits(wanted.holds, schema.ids, &there.kind) {
            let text = format!("{place} is {}", there.kind);
            if matches!(wanted.holds, Holds::Value(_)) {
                self.warnings.push(format!("{text}, where better-auth has {}", named(wanted.holds, schema.ids)));
            } else {
                let ids = match there.kind.as_str() {
                    "uuid" => "set `[advanced.database] generate_id = \"uuid\"`",
                    "int2" | "int4" | "int8" => "set `[advanced.database] generate_id = \"serial\"`",
                    _ => "remove `[advanced.database] generate_id`, or make a database of its own",
                };
                self.refusals
                    .push(format!("{text}, and the configuration has {}: {ids}", named(wanted.holds, schema.ids)));
            }
        }
        if wanted.holds == Holds::Id && schema.ids != Ids::Text && !there.has_default {
            let text = "has no default, and the database is to make identifiers: give it one";
            self.refusals.push(format!("{place} {text}"));
        }
        if wanted.required && !there.not_null {
            self.warnings.push(format!("{place} takes null, where better-auth has none"));
        }
    }

    /// A column that is not there.
    fn may_add(&mut self, table: &Table, column: &config::Column, is_populated: bool) -> bool {
        let has_value = column.default == Some(Otherwise::Now) || sql::always(column).is_some();
        if column.holds == Holds::Id {
            self.refusals.push(format!(
                "`{}` has no column `id`: it is no table of better-auth's; give the table another name in \
                 `[schema.{}] model_name`",
                table.name,
                key(table)
            ));
            return false;
        }
        if column.required && !has_value && is_populated {
            self.refusals.push(format!(
                "cannot add the required column `{0}` to `{1}`, which has rows, and nothing says what they get: add it \
                 without `not null`, give every row a value, then set it `not null`",
                column.name, table.name
            ));
            return false;
        }
        true
    }

    /// A column that is not ours may stay, if rows can be written without it.
    fn look_at_foreign(&mut self, table: &Table, name: &str, column: &Column) {
        if !column.not_null || column.has_default {
            return;
        }
        let fix = format!("alter table … alter column \"{name}\" drop not null");
        if table.model == "account" && name == LEFTOVER {
            self.warnings.push(format!(
                "`{}.{name}` is a leftover of better-auth 1.7.0 to 1.7.2. gatepost fills it; better-auth from 1.7.3 on \
                 does not start until it takes null: {fix}",
                table.name
            ));
        } else {
            self.refusals.push(format!(
                "the column `{name}` of `{}` takes no null and has no default, and nothing here writes it: give it a \
                 default, or let it take null ({fix})",
                table.name
            ));
        }
    }

    fn index(
        &mut self,
        schema: &Schema,
        table: &Table,
        found: &Found,
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
                Some(other) => self.refusals.push(format!(
                    "the index `{name}` is there, on `{}` ({}), and is not the one on `{}` ({}) that is needed: rename it",
                    other.table,
                    other.columns.join(", "),
                    table.name,
                    column.name
                )),
            }
        }
    }
}

/// What a column says that is not heeded: better-auth's plugin for it would keep somebody out, and there is none here.
pub(crate) fn unguarded(table: &Table, column: &str) -> Option<String> {
    let letters: String = column.chars().filter(|letter| *letter != '_').collect();
    let (plugin, consequence) = match (table.model, letters.to_ascii_lowercase().as_str()) {
        ("user", "twofactorenabled") => ("twoFactor", "whoever has a second factor signs in with the password alone"),
        ("user", "banned") => ("admin", "whoever is banned signs in"),
        _ => return None,
    };
    Some(format!(
        "`{}.{column}` is of better-auth's plugin `{plugin}`, and nothing here heeds it: {consequence}",
        table.name
    ))
}

/// A table's section in the configuration.
fn key(table: &Table) -> &'static str {
    if table.model == "rateLimit" { "rate_limit" } else { table.model }
}

/// What a column holds, as PostgreSQL calls it.
fn named(holds: Holds, ids: Ids) -> &'static str {
    match holds {
        Holds::Value(kind) => kind.sql(),
        _ => ids.sql(),
    }
}

/// Whether a type that is there can take what the service writes (spec jwt-oauth-schema §5.2).
fn fits(holds: Holds, ids: Ids, kind: &str) -> bool {
    let texts: &[&str] = &["text", "varchar", "bpchar", "citext"];
    let numbers: &[&str] = &["int2", "int4", "int8"];
    let fitting = match (holds, ids) {
        (Holds::Id | Holds::Reference(_), Ids::Text) => texts,
        (Holds::Id | Holds::Reference(_), Ids::Uuid) => &["uuid"],
        (Holds::Id | Holds::Reference(_), Ids::Serial) => numbers,
        (Holds::Value(Kind::Text), _) => texts,
        (Holds::Value(Kind::Number), _) => &["int4", "int8", "int2", "numeric", "float4", "float8"],
        (Holds::Value(Kind::BigNumber), _) => &["int8"],
        (Holds::Value(Kind::Boolean), _) => &["bool"],
        (Holds::Value(Kind::Date), _) => &["timestamptz"],
        (Holds::Value(Kind::Json | Kind::List), _) => &["json", "jsonb"],
    };
    fitting.contains(&kind)
}
