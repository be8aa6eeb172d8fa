//! What the statements leave open: the names of tables and columns, the type of identifiers, the columns of one's own (spec
//! jwt-oauth-schema §5, core §12). A statement is written with places like `{user.email}`; they are filled in once and the
//! text is kept.

use std::{
    borrow::Cow,
    collections::HashMap,
    fmt::Write as _,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use serde_json::{Map, Value};
use tokio_postgres::Row;

use super::StoreError;
use crate::{
    config::{self, Column, Field, Holds, Ids, Kind, Table},
    json,
    model::Additional,
};

/// The schema of this deployment, as statements need it.
pub struct Schema {
    tables: config::Schema,
    user: Columns,
    session: Columns,
    /// Whether the table of accounts wants [`LEFTOVER`].
    leftover: AtomicBool,
    /// Whether the table of keys is without [`NEWER`].
    old_keys: AtomicBool,
    /// By where the template is: to hash a whole statement would cost more than all else here.
    statements: RwLock<HashMap<(usize, usize), Arc<str>>>,
}

/// A column of accounts that better-auth 1.7.0 to 1.7.2 made, without a default, and that no other version fills.
const LEFTOVER: &str = "issuer";
/// The columns of keys that better-auth has since 1.7: where they are not there, keys are of the configured algorithm.
const NEWER: [&str; 2] = ["alg", "crv"];

/// Values of columns of one's own, as one text of JSON.
pub struct Values(pub(super) String);

impl From<Map<String, Value>> for Values {
    fn from(values: Map<String, Value>) -> Self {
        // As JavaScript has numbers: 36.0 is 36.
        Self(json::to_string(&values))
    }
}

/// The columns of one's own of a table.
pub(super) struct Columns {
    alias: char,
    fields: Vec<Field>,
}

impl Schema {
    /// With these tables.
    pub fn new(tables: &config::Schema) -> Self {
        Self {
            user: Columns { alias: 'u', fields: tables.additional.user.clone() },
            session: Columns { alias: 's', fields: tables.additional.session.clone() },
            tables: tables.clone(),
            leftover: AtomicBool::new(false),
            old_keys: AtomicBool::new(false),
            statements: RwLock::default(),
        }
    }

    /// Who makes identifiers.
    pub(super) fn ids(&self) -> Ids {
        self.tables.ids
    }

    /// The columns of one's own of users.
    pub(super) fn user(&self) -> &Columns {
        &self.user
    }

    /// Those of sessions.
    pub(super) fn session(&self) -> &Columns {
        &self.session
    }

    /// A statement with its places filled in. For each table, by the names that better-auth gives to it and its columns:
    ///
    /// - `{user}`, `{user.email}`: the table, and the column without the table in front of it;
    /// - `{user.*}`: every column in order, behind the table's first letter as `u`, then those of one's own that answers
    ///   show, as one text of JSON. Identifiers are text;
    /// - `{user.new}` and `{new $1}`: in an insert, the identifier's column and its value, both with a comma after them,
    ///   unless the database makes identifiers;
    /// - `{id}`: behind a text that is compared with identifiers or stored as one, what makes it one;
    /// - `{user.names}`, `{user.values $9}`: in an insert, the columns of one's own, each after a comma, and their values out
    ///   of the text of JSON in a parameter;
    /// - `{user.set $6}`: in an update, those that the text of JSON names;
    /// - `{user.shown $2}`: behind others, what `{user.*}` has of one's own, if the row had these values;
    /// - `{user.same $2}`: behind another condition, or one that no two rows have the same of has this value in `u`;
    /// - `{leftover}` and `{leftover 'x'}`: in an insert of an account, a column and its value, each after a comma, if the
    ///   table has the leftover of an old version;
    /// - `{newer}` and `{newer $6, $7}`: in an insert of a key, the columns that the table of an old version has not, and their
    ///   values, after a comma, if it has them.
    ///
    /// A place that is none of these stays as it is, which the database refuses.
    pub(super) fn statement(&self, template: &'static str) -> Arc<str> {
        let place = (template.as_ptr().addr(), template.len());
        let known = self.statements.read().unwrap_or_else(PoisonError::into_inner).get(&place).cloned();
        known.unwrap_or_else(|| {
            let text: Arc<str> = self.filled(template).into();
            let mut statements = self.statements.write().unwrap_or_else(PoisonError::into_inner);
            statements.insert(place, text.clone());
            text
        })
    }

    /// Whether an error says something of the tables that makes another statement of the same template: then it is worth
    /// repeating. Tables that an old version of better-auth made tell what they are by that.
    pub(super) fn learns(&self, template: &str, error: &StoreError) -> bool {
        let learnt = match error {
            StoreError::Refused { column: Some(column), .. } if column == LEFTOVER => &self.leftover,
            StoreError::Failed(text) if template.contains("{jwks") && text.ends_with("(SQLSTATE 42703)") => {
                &self.old_keys
            }
            _ => return false,
        };
        if !learnt.swap(true, Relaxed) {
            self.statements.write().unwrap_or_else(PoisonError::into_inner).clear();
        }
        true
    }

    /// A template's text with its places filled in, for whoever keeps it elsewhere or needs it once.
    pub fn filled(&self, template: &str) -> String {
        let mut text = String::new();
        let mut rest = template;
        while let Some((before, (place, after))) =
            rest.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
        {
            text.push_str(before);
            match self.place(place) {
                Some(filled) => text.push_str(&filled),
                None => text.extend(["{", place, "}"]),
            }
            rest = after;
        }
        text + rest
    }

    fn place(&self, place: &str) -> Option<String> {
        let (name, parameter) = place.split_once(' ').unwrap_or((place, ""));
        let made_here = self.tables.ids == Ids::Text;
        match name {
            "id" => return Some(if made_here { String::new() } else { format!("::{}", self.tables.ids.sql()) }),
            "new" => return Some(if made_here { format!("{parameter}, ") } else { String::new() }),
            "leftover" if !self.leftover.load(Relaxed) => return Some(String::new()),
            "leftover" if parameter.is_empty() => return Some(format!(", {}", quoted(LEFTOVER))),
            "leftover" => return Some(format!(", {parameter}")),
            "newer" if self.old_keys.load(Relaxed) => return Some(String::new()),
            "newer" if parameter.is_empty() => return self.filled(", {jwks.alg}, {jwks.crv}").into(),
            "newer" => return Some(format!(", {parameter}")),
            _ => {}
        }
        let (model, what) = name.split_once('.').unwrap_or((name, ""));
        let table = self.tables.table(model)?;
        let own = if model == "user" { &self.user } else { &self.session };
        Some(match what {
            "" => self.tables.quoted(table),
            "*" => self.read(table),
            "new" if made_here => "\"id\", ".to_owned(),
            "new" => String::new(),
            "names" => own.names(),
            "values" => own.values(parameter),
            "set" => own.set(parameter),
            "shown" => own.shown(|field| value(field, parameter)),
            "same" => own.same(parameter),
            field => quoted(&table.column(field)?.name).into_owned(),
        })
    }

    fn read(&self, table: &Table) -> String {
        let own = match table.model {
            "user" => Some(&self.user),
            "session" => Some(&self.session),
            _ => None,
        };
        let alias = table.model.get(..1).unwrap_or_default();
        let cast = if self.tables.ids == Ids::Text { "" } else { "::text" };
        let is_old = table.model == "jwks" && self.old_keys.load(Relaxed);
        let column = |column: &Column| {
            if is_old && NEWER.contains(&column.field.as_str()) {
                return "null::text".to_owned();
            }
            let cast = if matches!(column.holds, Holds::Value(_)) { "" } else { cast };
            format!("{alias}.{}{cast}", quoted(&column.name))
        };
        let count = table.columns.len() - own.map_or(0, |own| own.fields.len());
        let columns: Vec<_> = table.columns.iter().take(count).map(column).collect();
        columns.join(", ") + &own.map(Columns::read).unwrap_or_default()
    }
}

impl config::Schema {
    /// A table as statements name it.
    pub fn quoted(&self, table: &Table) -> String {
        let schema = self.name.as_deref().map(|name| format!("{}.", quoted(name))).unwrap_or_default();
        schema + &quoted(&table.name)
    }
}

impl Columns {
    /// How many columns they are in `{user.*}`.
    pub(super) fn width(&self) -> usize {
        usize::from(self.returned().next().is_some())
    }

    fn returned(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| field.returned)
    }

    /// What a row has where nothing is given.
    pub(super) fn defaults(&self) -> Values {
        Field::defaults(&self.fields).into()
    }

    fn read(&self) -> String {
        self.shown(|field| format!("{}.{}", self.alias, quoted(&field.column)))
    }

    /// Those that answers show, each with what it is read from.
    fn shown(&self, from: impl Fn(&Field) -> String) -> String {
        let member = |field: &Field| {
            let from = from(field);
            let value = match field.kind {
                Kind::Date => format!(r#"to_char({from} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"#),
                _ => from,
            };
            format!("{}, {value}", literal(&field.name))
        };
        let members: Vec<_> = self.returned().map(member).collect();
        if members.is_empty() { String::new() } else { format!(", json_build_object({})::text", members.join(", ")) }
    }

    fn names(&self) -> String {
        self.fields.iter().fold(String::new(), |text, field| text + ", " + &quoted(&field.column))
    }

    fn values(&self, parameter: &str) -> String {
        self.fields.iter().fold(String::new(), |text, field| text + ", " + &value(field, parameter))
    }

    fn same(&self, parameter: &str) -> String {
        let unique = self.fields.iter().filter(|field| field.unique);
        let same =
            |field: &Field| format!(" or {}.{} = {}", self.alias, quoted(&field.column), value(field, parameter));
        unique.map(same).collect()
    }

    fn set(&self, parameter: &str) -> String {
        self.fields.iter().fold(String::new(), |mut text, field| {
            let (column, name) = (quoted(&field.column), literal(&field.name));
            // Writing into a String cannot fail.
            let _ = write!(
                text,
                ", {column} = case when {parameter}::jsonb ? {name} then {} else {}.{column} end",
                value(field, parameter),
                self.alias
            );
            text
        })
    }

    /// Reads them.
    pub(super) fn additional(&self, row: &Row, at: usize) -> Result<Additional, StoreError> {
        if self.width() == 0 {
            return Ok(Additional::default());
        }
        let text: String = row.try_get(at)?;
        let mut values: Map<String, Value> = serde_json::from_str(&text)
            .map_err(|error| StoreError::Failed(format!("the additional fields cannot be read: {error}")))?;
        let take = |field: &Field| (field.name.clone(), values.remove(&field.name).unwrap_or_default());
        Ok(Additional(self.returned().map(take).collect()))
    }
}

/// A date as ISO 8601 has it, in parts: without an offset it is in UTC, whatever the server's time zone is. Whatever is none is
/// a text that the database refuses.
const DATE: &str = "^([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?\
                    (?:[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]+)?)?)(Z|[+-][0-9]{2}:?[0-9]{2})?)?$";

/// A value out of the text of JSON in a parameter.
fn value(field: &Field, parameter: &str) -> String {
    let name = literal(&field.name);
    let (whole, text) = (format!("{parameter}::jsonb -> {name}"), format!("({parameter}::jsonb ->> {name})"));
    match field.kind {
        // A text is JSON itself, as better-auth hands it on.
        Kind::Json => format!(
            "case jsonb_typeof({whole}) when 'null' then null when 'string' then {text}::jsonb else {whole} end"
        ),
        Kind::Date => format!(
            "case jsonb_typeof({whole}) when 'string' then (select date_trunc('milliseconds', concat(d[1], '-', \
             coalesce(d[2], '01'), '-', coalesce(d[3], '01'), 'T', coalesce(d[4], '00:00'), coalesce(d[5], 'Z'))::timestamptz) \
             from (select regexp_match({text}, '{DATE}')) as read (d)) else {text}::timestamptz end"
        ),
        kind => format!("{text}::{}", kind.sql()),
    }
}

/// An identifier, whatever it is made of.
pub fn quoted(name: &str) -> Cow<'_, str> {
    format!("\"{}\"", name.replace('"', "\"\"")).into()
}

/// A text as SQL writes it.
pub fn literal(text: &str) -> String {
    // With a backslash a plain literal would depend on the server's settings.
    format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(toml: &str) -> Schema {
        Schema::new(&config::Schema::load(config::Source { name: "gatepost.toml", text: toml }).unwrap())
    }

    const OWN: &str = "[user.additional_fields]\nplan = { type = \"string\", field_name = \"PLAN\" }\n\
        note = { type = \"json\", field_name = \"NOTE\", returned = false }\n";
    const RENAMED: &str = "[database]\nschema_name = \"my auth\"\n[schema.user]\nmodel_name = \"us\\\"ers\"\n\
        [schema.user.fields]\nemail_verified = \"verified?\"\n[schema.session.fields]\nuser_id = \"owner\"\n";

    #[test]
    fn places_are_filled_in_with_the_columns_of_ones_own() {
        let schema = schema(OWN);
        assert!(schema.filled("{user.*}").ends_with(r#", u."updatedAt", json_build_object(E'plan', u."PLAN")::text"#));
        assert!(schema.filled("{session.*}").ends_with(r#", s."userAgent", s."userId""#));
        assert_eq!(schema.filled("({user.names}{session.names})"), "(, \"PLAN\", \"NOTE\")");
        assert_eq!(
            schema.filled("{user.values $2}"),
            ", ($2::jsonb ->> E'plan')::text, case jsonb_typeof($2::jsonb -> E'note') when 'null' then null \
             when 'string' then ($2::jsonb ->> E'note')::jsonb else $2::jsonb -> E'note' end"
        );
    }

    #[test]
    fn places_are_filled_in_with_the_configured_names() {
        let schema = schema(RENAMED);
        assert_eq!(schema.filled("{user} {user.emailVerified}"), r#""my auth"."us""ers" "verified?""#);
        assert_eq!(schema.filled("{session} {session.userId} {session.id}"), r#""my auth"."session" "owner" "id""#);
        assert!(schema.filled("{user.*}").starts_with(r#"u."id", u."name", u."email", u."verified?""#));
        assert_eq!(schema.filled("{user.nothing} {nobody} {"), "{user.nothing} {nobody} {");
    }

    #[test]
    fn identifiers_are_made_by_whoever_is_configured() {
        let sql = "insert into {jwks} ({jwks.new}{jwks.alg}) values ({new $1}$2); select {session.*} where $1{id}";
        let text = schema("").filled(sql);
        assert!(text.starts_with(r#"insert into "jwks" ("id", "alg") values ($1, $2); select s."id", s."expiresAt""#));
        assert!(text.ends_with(r#"s."userId" where $1"#), "{text}");
        let uuid = schema("[advanced.database]\ngenerate_id = \"uuid\"").filled(sql);
        assert!(uuid.starts_with(r#"insert into "jwks" ("alg") values ($2); select s."id"::text, s."expiresAt""#));
        assert!(uuid.ends_with(r#"s."userId"::text where $1::uuid"#), "{uuid}");
        assert!(schema("[advanced.database]\ngenerate_id = \"serial\"").filled(sql).ends_with("$1::integer"));
    }

    #[test]
    fn tables_of_old_versions_are_known_by_their_errors() {
        let schema = schema("");
        let sql = "insert into a (b{leftover}) values (1{leftover 'local:' || $2})";
        let lacking = |column: &str| StoreError::Refused {
            state: "23502".to_owned(),
            constraint: None,
            column: Some(column.to_owned()),
        };
        assert_eq!(&*schema.statement(sql), "insert into a (b) values (1)");
        assert!(!schema.learns(sql, &lacking("name")));
        assert!(schema.learns(sql, &lacking("issuer")));
        assert_eq!(&*schema.statement(sql), "insert into a (b, \"issuer\") values (1, 'local:' || $2)");

        let keys = "{jwks.*} ({jwks.createdAt}{newer}) ($4{newer $6, $7})";
        let unknown = StoreError::Failed("column \"alg\" does not exist (SQLSTATE 42703)".to_owned());
        assert!(
            schema.statement(keys).ends_with("j.\"alg\", j.\"crv\" (\"createdAt\", \"alg\", \"crv\") ($4, $6, $7)")
        );
        assert!(!schema.learns(sql, &unknown) && schema.learns(keys, &unknown));
        assert!(schema.statement(keys).ends_with("j.\"expiresAt\", null::text, null::text (\"createdAt\") ($4)"));
    }

    #[test]
    fn names_cannot_break_out_of_their_quotes() {
        assert_eq!(quoted(r#"a"b"#), r#""a""b""#);
        assert_eq!(literal(r"a'b\'c"), r"E'a''b\\''c'");
    }
}
