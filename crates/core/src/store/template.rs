//! The places of statements, as `{user.email}`, and what they stand for. For each table, by the names that better-auth gives to it
//! and its columns:
//!
//! - `{user}`, `{user.email}`: the table, and the column without the table in front of it;
//! - `{user.*}`: every column in order, behind the table's first letter as `u`, then the additional fields that answers
//!   show, as one text of JSON. What is no time and no flag is text;
//! - `{user.new}` and `{new $1}`: in an insert, the identifier's column and its value, both with a comma after them,
//!   unless the database makes identifiers;
//! - `{user.columns $4}` and `{user.row $4}`: in an insert, the columns of a new row and its values, of which `$4` is the first
//!   (`store::new_row`); `{session.row $4 u}`: of a session whose owner is `u`;
//! - `{user.names $9}`, `{user.values $9}`: in an insert, the columns of the additional fields that have a value, each
//!   after a comma, and their values;
//! - `{user.set $6}`: in an update, those columns with their values; `{user.reset $6}`: the others as well, with their
//!   defaults;
//! - `{account.names}` and `{account.values}`: in an insert, the same of the additional fields of accounts, which have
//!   their defaults, as those of sessions have; `{account.shown}`: those that answers show, as in `{user.*}`, behind a comma;
//! - `{session.once}`: behind an insert, that a session whose token is there already is the one that is inserted, where
//!   the table has a constraint that says so;
//! - `{user.once $3}`: behind the `select` of an insert, that there is no row where another user has the address in `$3`: by the
//!   table's constraint or, where it has none, by looking, which is right behind a lock alone (`store::unique`);
//! - `{time a.account.updatedAt}`: a time to compare or to sort by, behind the alias or without one; `{instant a.account.updatedAt}`:
//!   the same for a statement that is sent outside this module, where nothing learns what the column is (`store::times`);
//! - `{leftover}` and `{leftover 'x'}`: in an insert of an account, a column and its value, each after a comma, if the
//!   table has the leftover of an old version;
//! - `{newer}` and `{newer $6, $7}`: in an insert of a key, the columns that the table of an old version has not, and their
//!   values, after a comma, if it has them.
//! - `{overtaken changed}`: after the parts of a statement, one more that removes the stored secrets of the users whose `id`
//!   is in the part `changed`, if there is a table of secrets.
//!
//! A place that is none of these stays as it is, which the database refuses.

use super::{
    Param,
    additional::Columns,
    learnt::{LEFTOVER, Learnt, NEWER},
    new_row,
    statement::Statement,
    times,
    written::quoted,
};
use crate::config::{self, Column, Holds, Ids, Kind, Table};

/// What `{overtaken part}` stands for, up to the part.
const OVERTAKEN: &str =
    ", overtaken as (delete from {verification} where {verification.value} in (select {user.id}::text from ";

/// The tables by which places are filled in.
pub(super) struct Tables {
    /// How they and their columns are called.
    pub(super) names: config::Schema,
    /// The additional fields of users.
    pub(super) user: Columns,
    /// Those of sessions.
    pub(super) session: Columns,
    /// Those of accounts.
    pub(super) account: Columns,
    /// What errors have told of them.
    pub(super) learnt: Learnt,
}

impl Tables {
    /// The tables of a configuration.
    pub(super) fn new(names: &config::Schema) -> Self {
        Self {
            user: Columns::new('u', &names.additional.user),
            session: Columns::new('s', &names.additional.session),
            account: Columns::new('a', &names.additional.account),
            names: names.clone(),
            learnt: Learnt::default(),
        }
    }

    /// The additional fields of a table that has some.
    pub(super) fn columns(&self, model: &str) -> &Columns {
        match model {
            "user" => &self.user,
            "account" => &self.account,
            _ => &self.session,
        }
    }

    /// A statement with its places filled in. `params` say which additional fields have a value.
    pub(super) fn fill(&self, template: &str, params: &[Param<'_>]) -> Statement {
        let mut statement = Statement::default();
        self.append(template, params, &mut statement);
        statement
    }

    fn append(&self, template: &str, params: &[Param<'_>], statement: &mut Statement) {
        let mut rest = template;
        while let Some((before, (place, after))) =
            rest.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
        {
            statement.append(before);
            if self.place(place, params, statement).is_none() {
                statement.text.extend(["{", place, "}"]);
            }
            rest = after;
        }
        statement.append(rest);
    }

    /// Fills in one place; none where it is none.
    fn place(&self, place: &str, params: &[Param<'_>], statement: &mut Statement) -> Option<()> {
        let (name, parameter) = place.split_once(' ').unwrap_or((place, ""));
        let made_here = self.names.ids == Ids::Text;
        let mut after_comma = |what: &str, there: bool| {
            if there {
                statement.text += ", ";
                statement.append(what);
            }
            Some(())
        };
        let has_newer = self.learnt.has_newer();
        match name {
            "new" if made_here => {
                statement.append(parameter);
                statement.text += ", ";
                return Some(());
            }
            "new" => return Some(()),
            "leftover" if parameter.is_empty() => return after_comma(&quoted(LEFTOVER), self.learnt.has_leftover()),
            "leftover" => return after_comma(parameter, self.learnt.has_leftover()),
            "newer" if parameter.is_empty() => {
                return after_comma(&self.fill("{jwks.alg}, {jwks.crv}", &[]).text, has_newer);
            }
            "newer" => return after_comma(parameter, has_newer),
            "time" | "instant" => return self.time(name, parameter, statement),
            "overtaken" if self.names.table("verification").is_none() => return Some(()),
            "overtaken" => {
                statement.text += &self.fill(OVERTAKEN, &[]).text;
                statement.text.extend([parameter, "))"]);
                return Some(());
            }
            _ => {}
        }
        let (model, what) = name.split_once('.').unwrap_or((name, ""));
        let table = self.names.table(model)?;
        match what {
            "" => statement.text += &self.names.quoted(table),
            "*" => statement.text += &self.read(table),
            "new" if made_here => statement.text += "\"id\", ",
            "new" => {}
            "once" if table.model == "user" => {
                let (users, email) = (self.names.quoted(table), quoted(&table.column("email")?.name));
                if self.learnt.addresses_may_repeat() {
                    statement.text += &format!("where not exists (select 1 from {users} where {email} = ");
                    statement.append(&format!("{parameter})"));
                } else {
                    statement.text += &format!("on conflict ({email}) do nothing");
                }
            }
            "once" if self.learnt.tokens_may_repeat() => {}
            "once" => {
                let token = quoted(&table.column("token")?.name);
                statement.text += &format!("on conflict ({token}) do update set {token} = excluded.{token}");
            }
            "shown" => statement.text += &self.columns(table.model).read(),
            "columns" | "row" => self.append(&new_row::template(table.model, what, parameter)?, params, statement),
            "names" | "values" | "set" | "reset" => self.fields(table.model, what, parameter, params, statement)?,
            field => statement.text += &quoted(&table.column(field)?.name),
        }
        Some(())
    }

    /// Fills in a time: a model and a field, and perhaps an alias before them.
    fn time(&self, kind: &str, parameter: &str, statement: &mut Statement) -> Option<()> {
        let (model, field) = parameter.rsplit_once('.')?;
        let (alias, model) = model.rsplit_once('.').map_or(("", model), |(alias, model)| (alias, model));
        let name = quoted(&self.names.table(model)?.column(field)?.name);
        let column = if alias.is_empty() { name.into_owned() } else { format!("{alias}.{name}") };
        let is_any = kind == "instant" || self.learnt.times_are_texts();
        statement.text += &if is_any { times::of_any_type(&column) } else { times::of_type(&column) };
        Some(())
    }

    /// Fills in the additional fields that have a value.
    fn fields(
        &self,
        model: &'static str,
        what: &str,
        parameter: &str,
        params: &[Param<'_>],
        statement: &mut Statement,
    ) -> Option<()> {
        let (value, values) = match (model, what) {
            ("account", _) | ("session", "names" | "values") => (0, self.columns(model).defaults()),
            _ => {
                let value: usize = parameter.strip_prefix('$')?.parse().ok()?;
                let Some(Param::Fields(values)) = params.get(value.checked_sub(1)?) else { return Some(()) };
                (value, *values)
            }
        };
        for (field, column) in self.columns(model).given(values) {
            statement.text += ", ";
            if what != "values" {
                statement.text += &column;
            }
            if what == "set" || what == "reset" {
                statement.text += " = ";
            }
            if what != "names" {
                statement.mention(value, Some((model, field)));
            }
        }
        if what == "reset" {
            let others = self.columns(model).not_given(values);
            statement.text.extend(others.map(|column| format!(", {column} = default")));
        }
        Some(())
    }

    fn read(&self, table: &Table) -> String {
        let own = match table.model {
            "user" => Some(&self.user),
            "session" => Some(&self.session),
            "account" => Some(&self.account),
            _ => None,
        };
        let alias = table.model.get(..1).unwrap_or_default();
        let is_old = table.model == "jwks" && !self.learnt.has_newer();
        let column = |column: &Column| {
            if is_old && NEWER.contains(&column.field.as_str()) {
                return "null".to_owned();
            }
            // A type that PostgreSQL does not bring along, as an enum is, would cost the driver questions of its own.
            let cast = match column.holds {
                _ if column.field == "ipAddress" => "",
                Holds::Value(Kind::Text) | Holds::Id | Holds::Reference(_) => "::text",
                Holds::Value(_) => "",
            };
            format!("{alias}.{}{cast}", quoted(&column.name))
        };
        let own_fields = own.map_or(0, Columns::len);
        let count = table.columns.len() - own_fields;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn tables(toml: &str) -> Tables {
        Tables::new(&config::Schema::load(config::Source { name: "gatepost.toml", text: toml }).unwrap())
    }

    const RENAMED: &str = "[database]\nschema_name = \"my auth\"\n[schema.user]\nmodel_name = \"us\\\"ers\"\n\
        [schema.user.fields]\nemail_verified = \"verified?\"\n[schema.session.fields]\nuser_id = \"owner$1\"\n";

    #[test]
    fn places_are_filled_in_with_the_configured_names() {
        let tables = tables(RENAMED);
        let filled = |sql: &str| tables.fill(sql, &[]).text;
        assert_eq!(filled("{user} {user.emailVerified}"), r#""my auth"."us""ers" "verified?""#);
        assert_eq!(filled("{session} {session.userId} {session.id}"), r#""my auth"."session" "owner$1" "id""#);
        let read = r#"u."id"::text, u."name"::text, u."email"::text, u."verified?", u."image"::text, u."createdAt""#;
        assert!(filled("{user.*}").starts_with(read));
        assert_eq!(filled("{user.nothing} {nobody} {"), "{user.nothing} {nobody} {");
    }

    #[test]
    fn identifiers_are_made_by_whoever_is_configured() {
        let sql = "insert into {jwks} ({jwks.new}{jwks.alg}) values ({new $1}$2)";
        assert_eq!(tables("").fill(sql, &[]).text, r#"insert into "jwks" ("id", "alg") values ($1, $2)"#);
        let uuid = tables("[advanced.database]\ngenerate_id = \"uuid\"").fill(sql, &[]).text;
        assert_eq!(uuid, r#"insert into "jwks" ("alg") values ($1)"#);
    }
}
