//! Finds tables under other names that the service should use, by their columns, and the lines of `gatepost.toml` that name them. On
//! a second, empty set of tables, the service would not know any user.

use std::collections::{BTreeMap, BTreeSet};

use gatepost_core::{
    config::{Column as Wanted, ColumnType, Schema, Table},
    store::StoreError,
};
use tokio_postgres::Transaction;

use super::{
    fit,
    found::{self, Column, FoundTables, Relation},
    lines,
};

/// Tables and columns that look like the ones that are missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The similarities, each as a part of a sentence.
    pub because: Vec<String>,
    /// The lines that replace the `[schema]` sections of `gatepost.toml`.
    pub toml: String,
    /// Whether a view has a configured name, so that no table can be created under it.
    pub is_occupied: bool,
}

impl Proposal {
    /// The fix if the existing tables are not the right ones.
    pub fn otherwise(&self) -> &'static str {
        if self.is_occupied {
            "If they are not, set other names in `[schema]`: a table cannot be created under a name that is taken"
        } else {
            "If they are not, `cargo gatepost migrate --new-tables` creates new, empty tables beside them"
        }
    }
}

/// An existing table that matches a required one.
pub(crate) struct Match<'a> {
    pub(crate) table: &'a Table,
    /// Its name in the database.
    pub(crate) name: &'a str,
    /// The names of its columns by field.
    pub(crate) columns: BTreeMap<&'a str, &'a str>,
}

/// The fields by which a table is recognised regardless of its name. A match has all of them.
const KNOWN_BY: [(&str, &[&str]); 13] = [
    ("user", &["email", "emailVerified"]),
    ("session", &["token", "expiresAt", "userId"]),
    ("account", &["accountId", "providerId", "userId"]),
    ("verification", &["identifier", "value", "expiresAt"]),
    ("jwks", &["publicKey", "privateKey"]),
    ("rateLimit", &["key", "count", "lastRequest"]),
    ("twoFactor", &["secret", "backupCodes", "userId"]),
    ("organization", &["slug", "logo", "metadata"]),
    ("organizationRole", &["organizationId", "role", "permission"]),
    ("team", &["name", "memberCount", "organizationId"]),
    ("teamMember", &["teamId", "userId", "membershipKey"]),
    ("member", &["organizationId", "userId", "role"]),
    ("invitation", &["organizationId", "email", "status"]),
];

/// Other names of fields, folded.
const ALSO: [(&str, &[&str]); 11] = [
    ("emailVerified", &["isemailverified", "emailisverified", "emailconfirmed", "isemailconfirmed"]),
    ("name", &["displayname", "fullname"]),
    ("image", &["avatarurl", "avatar", "picture", "photo", "imageurl"]),
    ("ipAddress", &["ip", "ipaddr"]),
    ("createdAt", &["created", "createdon"]),
    ("updatedAt", &["updated", "updatedon", "modifiedat"]),
    // NextAuth's names: better-auth's guide keeps its tables.
    ("token", &["sessiontoken"]),
    ("expiresAt", &["expires"]),
    ("accountId", &["provideraccountid"]),
    ("providerId", &["provider"]),
    ("password", &["passwordhash", "hashedpassword"]),
];

/// Looks for the tables that the service should use, if configured tables or columns are missing.
///
/// # Errors
/// If the database cannot be read.
pub async fn look(
    transaction: &Transaction<'_>,
    schema: &Schema,
    found: &FoundTables,
) -> Result<Option<Proposal>, StoreError> {
    let proposal = proposed(transaction, schema, found).await?;
    let others: Vec<String> = occupied(schema, found).collect();
    Ok(proposal.map(|Proposal { because, toml, .. }| Proposal {
        is_occupied: !others.is_empty(),
        because: others.into_iter().chain(because).collect(),
        toml,
    }))
}

/// Reports views that have the name of a table: `` `user` is a view, and the service needs a table ``.
pub fn occupied(schema: &Schema, found: &FoundTables) -> impl Iterator<Item = String> {
    schema.tables.iter().filter_map(|table| {
        let relation = found.relations.get(&table.name).filter(|relation| !relation.is_table())?;
        Some(format!("`{}` is {}, and the service needs a table", table.name, relation.kind))
    })
}

async fn proposed(
    transaction: &Transaction<'_>,
    schema: &Schema,
    found: &FoundTables,
) -> Result<Option<Proposal>, StoreError> {
    let here = matches(schema, &found.relations);
    if here.iter().any(|found| found.table.model == "user") {
        return Ok(propose(schema, &here, None));
    }
    for name in found::others(transaction, &found.schema).await? {
        let relations = found::relations(transaction, &name).await?;
        let there = matches(schema, &relations);
        let core = schema.tables.iter().filter(|table| matches!(table.model, "user" | "session" | "account"));
        if core.into_iter().all(|table| there.iter().any(|found| found.table.model == table.model)) {
            return Ok(propose(schema, &there, Some(&name)));
        }
    }
    Ok(propose(schema, &here, None))
}

fn propose(schema: &Schema, matches: &[Match<'_>], elsewhere: Option<&str>) -> Option<Proposal> {
    let mut because = Vec::new();
    for found in matches {
        let table = found.table;
        if found.name != table.name {
            // The lines name its columns.
            because.push(format!("`{}` looks like `{}`", found.name, table.name));
            continue;
        } else if let Some(name) = elsewhere {
            because.push(format!("`{name}.{}` looks like `{}`", found.name, table.name));
        }
        let mut others = table.columns.iter().filter_map(|column| {
            let name = found.columns.get(column.field.as_str()).filter(|name| **name != column.name)?;
            Some(format!("`{}.{name}` looks like `{}`", found.name, column.name))
        });
        if let Some(first) = others.next() {
            because.push(match others.count() {
                0 => first,
                1 => format!("{first}, as another of its columns does"),
                count => format!("{first}, as {count} others of its columns do"),
            });
        }
    }
    if because.is_empty() {
        return None;
    }
    Some(Proposal { because, toml: lines::toml(schema, matches, elsewhere)?, is_occupied: false })
}

/// Folds a name to lower case without separators.
pub(super) fn folded(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Finds the matching table for each required one.
fn matches<'a>(schema: &'a Schema, relations: &'a BTreeMap<String, Relation>) -> Vec<Match<'a>> {
    let mut matches: Vec<Match<'a>> = Vec::new();
    for table in &schema.tables {
        let users = matches.iter().find(|found| found.table.model == "user").map(|found| found.name);
        let taken: BTreeSet<&str> = matches.iter().map(|found| found.name).collect();
        let configured: BTreeSet<&str> =
            schema.tables.iter().filter(|other| other.model != table.model).map(|other| other.name.as_str()).collect();
        let free = relations.iter().filter(|(name, relation)| {
            relation.is_table() && !taken.contains(name.as_str()) && !configured.contains(name.as_str())
        });
        let additional = schema.additional.of(table.model).len();
        let mut candidates: Vec<_> = free
            .filter_map(|(name, relation)| {
                let (columns, near) = (columns(schema, table, relation, users)?, nearness(table, name));
                // Many tables have a token, an expiry and a user: under another name, a match must have all of better-auth's columns.
                let is_it = near > 0 || columns.len() + additional >= table.columns.len();
                is_it.then_some((near, columns.len(), Match { table, name, columns }))
            })
            .collect();
        // Beside the tables of another library that has the same names, the set with every column is the one.
        let is_whole = |columns: usize| columns + additional >= table.columns.len();
        candidates.sort_by_key(|(near, columns, _)| {
            std::cmp::Reverse((*near == SAME, *near > 0 && is_whole(*columns), *near, *columns))
        });
        let mut candidates = candidates.into_iter();
        let Some((near, _, best)) = candidates.next() else { continue };
        // A match only by columns must be the only one.
        if near > 0 || candidates.next().is_none() {
            matches.push(best);
        }
    }
    matches
}

/// The nearness of a table that has the wanted name.
const SAME: u8 = 3;

/// How closely a table's name matches the wanted one: equal, another spelling or number, behind a prefix, or not at all.
pub(super) fn nearness(table: &Table, name: &str) -> u8 {
    let (name_folded, model) = (folded(name), folded(table.model));
    let name_folded = name_folded.as_str();
    let singular = name_folded.strip_suffix('s').unwrap_or(name_folded);
    let model = model.strip_suffix('s').unwrap_or(&model);
    match () {
        () if name == table.name => SAME,
        () if singular == model || singular.strip_suffix('s') == Some(model) => 2,
        () if singular.ends_with(model) => 1,
        () => 0,
    }
}

/// Decides whether a column with this name is the required one.
type NameRule<'a> = dyn Fn(&Wanted, &str, &Column) -> bool + 'a;

/// Finds the columns of a table that look like required ones, by field. `users` is the table of users, to which owners refer.
pub(super) fn alike<'a>(table: &'a Table, relation: &'a Relation, users: Option<&str>) -> BTreeMap<&'a str, &'a str> {
    let mut columns: BTreeMap<&str, &str> = BTreeMap::new();
    let ways: [&NameRule<'_>; 4] = [
        &|wanted, name, _| name == wanted.name,
        &|wanted, name, _| folded(name) == folded(&wanted.field),
        &|wanted, _, column| {
            matches!(wanted.holds, ColumnType::Reference(_)) && users.is_some() && column.references.as_deref() == users
        },
        &|wanted, name, _| {
            let also = ALSO.iter().find(|(field, _)| *field == wanted.field);
            also.is_some_and(|(_, names)| names.contains(&folded(name).as_str()))
        },
    ];
    for way in ways {
        for wanted in &table.columns {
            if columns.contains_key(wanted.field.as_str()) {
                continue;
            }
            let free = relation.columns.iter().find(|(name, column)| {
                way(wanted, name, column) && !columns.values().any(|taken| *taken == name.as_str())
            });
            if let Some((name, _)) = free {
                columns.insert(&wanted.field, name);
            }
        }
    }
    columns
}

/// Finds the matching columns by field; `None` if the table does not match.
fn columns<'a>(
    schema: &Schema,
    table: &'a Table,
    relation: &'a Relation,
    users: Option<&str>,
) -> Option<BTreeMap<&'a str, &'a str>> {
    let mut columns = alike(table, relation, users);
    let (_, known_by) = KNOWN_BY.iter().find(|(model, _)| *model == table.model)?;
    let is_it = columns.contains_key("id") && known_by.iter().all(|field| columns.contains_key(field));
    // A field that was renamed because this column does not accept its values keeps its name.
    columns.retain(|field, name| {
        let (Some(wanted), Some(column)) = (table.column(field), relation.columns.get(*name)) else { return true };
        let is_renamed = wanted.name != *name && folded(&wanted.name) != folded(field);
        !is_renamed || fit::takes(schema, table, wanted, column)
    });
    is_it.then_some(columns)
}
