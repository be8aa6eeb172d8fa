//! What the statements leave open: the columns of one's own (spec core §12). A statement is written with places like
//! `{user}`; they are filled in once and the text is kept.

use std::{
    borrow::Cow,
    collections::HashMap,
    fmt::Write as _,
    sync::{Arc, PoisonError, RwLock},
};

use serde_json::{Map, Value};
use tokio_postgres::Row;

use super::StoreError;
use crate::{
    config::{AdditionalFields, Field, Kind},
    model::Additional,
};

/// The schema of this deployment.
pub struct Schema {
    user: Columns,
    session: Columns,
    /// By where the template is: to hash a whole statement would cost more than all else here.
    statements: RwLock<HashMap<(usize, usize), Arc<str>>>,
}

/// Values of columns of one's own, as one text of JSON.
pub struct Values(pub(super) String);

impl From<Map<String, Value>> for Values {
    fn from(values: Map<String, Value>) -> Self {
        Self(Value::Object(values).to_string())
    }
}

/// The columns of one's own of a table.
pub(super) struct Columns {
    alias: char,
    fields: Vec<Field>,
}

impl Schema {
    /// With these columns.
    pub fn new(fields: &AdditionalFields) -> Self {
        Self {
            user: Columns { alias: 'u', fields: fields.user.clone() },
            session: Columns { alias: 's', fields: fields.session.clone() },
            statements: RwLock::default(),
        }
    }

    /// Those of users.
    pub(super) fn user(&self) -> &Columns {
        &self.user
    }

    /// Those of sessions.
    pub(super) fn session(&self) -> &Columns {
        &self.session
    }

    /// A statement with its places filled in: of the table `user`, and the same of `session`,
    ///
    /// - `{user}`: what is read besides the table's own columns, as one text of JSON, after a comma;
    /// - `{user.names}`: the columns of an insert, after a comma;
    /// - `{user.values $9}`: their values, out of the text of JSON in a parameter;
    /// - `{user.set $6}`: those of an update that the text of JSON names.
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

    fn filled(&self, template: &str) -> String {
        let mut text = String::new();
        let mut rest = template;
        while let Some((before, (place, after))) =
            rest.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
        {
            text.push_str(before);
            text.push_str(&self.place(place));
            rest = after;
        }
        text + rest
    }

    fn place(&self, place: &str) -> String {
        let (name, parameter) = place.split_once(' ').unwrap_or((place, ""));
        let (table, what) = name.split_once('.').unwrap_or((name, ""));
        let columns = if table == "user" { &self.user } else { &self.session };
        match what {
            "" => columns.read(),
            "names" => columns.names(),
            "values" => columns.values(parameter),
            _ => columns.set(parameter),
        }
    }
}

impl Columns {
    /// How many columns `{user}` stands for.
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
        let alias = self.alias;
        let member = |field: &Field| {
            let column = quoted(&field.column);
            let value = match field.kind {
                Kind::Date => {
                    format!(r#"to_char({alias}.{column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"#)
                }
                _ => format!("{alias}.{column}"),
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

    /// Reads what `{user}` stands for.
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

/// A value out of the text of JSON in a parameter.
fn value(field: &Field, parameter: &str) -> String {
    let name = literal(&field.name);
    match field.kind {
        Kind::Json => format!("nullif({parameter}::jsonb -> {name}, 'null'::jsonb)"),
        kind => format!("({parameter}::jsonb ->> {name})::{}", kind.sql()),
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

    fn schema() -> Schema {
        let field = |name: &str, kind, returned| Field {
            name: name.to_owned(),
            column: name.to_uppercase(),
            kind,
            required: None,
            default: None,
            input: true,
            returned,
        };
        let user = vec![field("plan", Kind::Text, true), field("note", Kind::Json, false)];
        Schema::new(&AdditionalFields { user, session: Vec::new() })
    }

    #[test]
    fn places_are_filled_in_with_the_columns_of_ones_own() {
        let schema = schema();
        assert_eq!(&*schema.statement("a{user}{session} b"), "a, json_build_object(E'plan', u.\"PLAN\")::text b");
        assert_eq!(&*schema.statement("({user.names}{session.names})"), "(, \"PLAN\", \"NOTE\")");
        assert_eq!(
            &*schema.statement("{user.values $2}"),
            ", ($2::jsonb ->> E'plan')::text, nullif($2::jsonb -> E'note', 'null'::jsonb)"
        );
    }

    #[test]
    fn names_cannot_break_out_of_their_quotes() {
        assert_eq!(quoted(r#"a"b"#), r#""a""b""#);
        assert_eq!(literal(r"a'b\'c"), r"E'a''b\\''c'");
    }
}
