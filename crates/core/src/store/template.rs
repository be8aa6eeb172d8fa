//! The placeholders of statements, for example `{user.email}`, and their meaning. Each table has them, by better-auth's names of
//! tables and columns:
//!
//! - `{user}`, `{user.email}`: the table, and the column without the table in front of it;
//! - `{user.*}`: every column in order, with the table's first letter as alias, for example `u`, then the additional fields that
//!   answers show, as one text of JSON. Everything except times and flags is cast to text;
//! - `{user.new}` and `{new $1}`: in an insert, the identifier's column and its value, both followed by a comma, unless the
//!   database makes identifiers;
//! - `{user.columns $4}` and `{user.row $4}`: in an insert, the columns of a new row and its values, of which `$4` is the first
//!   (`store::new_row`); `{session.row $4 u}`: those of a session whose user is `u`;
//! - `{user.where $1}` and `{user.order $1}`: the conditions of a search on the user `u`, after `where`, and its order (`store::search`);
//! - `{user.names $9}`, `{user.values $9}`: in an insert, the columns of the additional fields that have a value, each after a
//!   comma, and their values;
//! - `{user.set $6}`: in an update, those columns with their values; `{user.reset $6}`: also the other columns, with their
//!   defaults;
//! - `{session.names $9}`, `{session.values $9}`: as those of users; with no value at all, the fields with their defaults;
//! - `{account.names}` and `{account.values}`: in an insert, the additional fields of accounts with their defaults;
//!   `{account.shown}`: those that answers show, as in `{user.*}`, after a comma;
//! - `{session.once}`: after an insert, returns the existing session if its token exists already, if the table has a constraint
//!   that keeps tokens unique;
//! - `{user.once $3}`: after the `select` of an insert, inserts no row if another user has the address in `$3`: by the table's
//!   constraint or, without one, by a look-up, which is correct only behind a lock (`store::unique`);
//! - `{founded new_user}`: behind the part `new_user` with a new user, the parts that write the user's organization, if the
//!   configuration gives users one (`store::founded`); `{founded.columns}`: its identifiers, as the last columns of the row.
//!   `{session.columns $4 founded}` and `{session.row $4 u founded}`: a new session in which it is active;
//! - `{time a.account.updatedAt}`: a time to compare or to sort by, with an alias or without one; `{instant a.account.updatedAt}`:
//!   such a time for statements that are sent outside this module, where nothing learns the column's type (`store::times`);
//! - `{leftover}` and `{leftover 'x'}`: in an insert of an account, a column and its value, each after a comma, if the table has
//!   the column that an old version left over;
//! - `{newer}` and `{newer $6, $7}`: in an insert of a key, the columns that tables of old versions lack, and their values, each
//!   after a comma, if the table has them;
//! - `{overtaken changed}`: after the parts of a statement, another part that removes the stored verification tokens of the users
//!   whose `id` is in the part `changed`, if the table `verification` is used;
//! - `{renewed $5}`: in an update, another identifier with a comma after it, unless the database counts identifiers;
//! - `{holds $1 $2 $3}`: a condition: the session whose token is in `$2` exists, and the password of the user in `$1` has the hash in
//!   `$3`. A value that is NULL is not compared (`store::ground`); `$3` may be left out, and `-` in the
//!   place of `$2` asks for no session;
//! - `{change user.banned changed $1 - -}`: after the parts of a statement, other parts that note the change and write its event if the
//!   part `changed` has a row (`store::noted`), if the table `audit` or `outboxEvent` is used; `{opened opened $3 id}`: another part that
//!   writes the event of a new session;
//! - `{?team}` and `{/team}`: the text between them is part of the statement only if the deployment has the table; `{?change}`: one of the
//!   tables into which `{change …}` writes.
//!
//! Any other placeholder stays as it is, and the database refuses it.

use std::collections::BTreeMap;

use super::{
    Param,
    additional::Columns,
    founded,
    learnt::{LEFTOVER, NEWER, TableProperties},
    new_row, noted, search,
    statement::Statement,
    times,
    written::quoted,
};
use crate::config::{self, Column, ColumnType, Ids, Kind, Table};

/// The expansion of `{overtaken part}`, up to the part.
const OVERTAKEN: &str =
    ", overtaken as (delete from {verification} where {verification.value} in (select {user.id}::text from ";

/// The SQL of `{holds $1 $2 $3}`, in two parts. The user is `USER`, the token `TOKEN` and the hash `HASH`.
const SESSION_HOLDS: &str = "(TOKEN::text is null or exists (select 1 from {session} where {session.token} = TOKEN))";
const PASSWORD_HOLDS: &str = "(HASH::text is null or exists (select 1 from {account} where {account.userId} = USER
        and {account.providerId} = 'credential' and {account.accountId} = USER and {account.password} = HASH))";

/// The tables by which placeholders are filled in.
pub(super) struct Tables {
    /// How they and their columns are called.
    pub(super) names: config::Schema,
    /// The additional fields of users.
    pub(super) user: Columns,
    /// The additional fields of sessions.
    pub(super) session: Columns,
    /// The additional fields of accounts.
    pub(super) account: Columns,
    /// The additional fields of features' tables, by the names of the tables.
    pub(super) of_features: BTreeMap<&'static str, Columns>,
    /// The properties of the tables that errors have shown.
    pub(super) learnt: TableProperties,
}

impl Tables {
    /// Creates the tables of a configuration.
    pub(super) fn new(names: &config::Schema) -> Self {
        Self {
            user: Columns::new('u', &names.additional.user),
            session: Columns::new('s', &names.additional.session),
            account: Columns::new('a', &names.additional.account),
            of_features: names
                .additional
                .of_features
                .iter()
                .map(|(model, fields)| (*model, Columns::new(model.chars().next().unwrap_or_default(), fields)))
                .collect(),
            names: names.clone(),
            learnt: TableProperties::default(),
        }
    }

    /// Returns the additional fields of `user`, `account`, `session` or a feature's table.
    pub(super) fn columns(&self, model: &str) -> &Columns {
        match model {
            "user" => &self.user,
            "account" => &self.account,
            other => self.of_features.get(other).unwrap_or(&self.session),
        }
    }

    /// Returns a statement with its placeholders filled in. `params` determine which additional fields have a value.
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
            // A part for a table that is not there is left out.
            if let Some(model) = place.strip_prefix('?') {
                let end = after.split_once(&format!("{{/{model}}}"));
                let is_there =
                    if model == "change" { noted::is_on(&self.names) } else { self.names.table(model).is_some() };
                rest = end.filter(|_| !is_there).map_or(after, |(_, after)| after);
                continue;
            }
            if place.starts_with('/') {
                rest = after;
                continue;
            }
            if self.place(place, params, statement).is_none() {
                statement.text.extend(["{", place, "}"]);
            }
            rest = after;
        }
        statement.append(rest);
    }

    /// Fills in one placeholder; `None` if `place` is not one.
    fn place(&self, place: &str, params: &[Param<'_>], statement: &mut Statement) -> Option<()> {
        let (name, parameter) = place.split_once(' ').unwrap_or((place, ""));
        let made_here = self.names.ids.is_made_here();
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
            // An identifier stays that only the database can make.
            "renewed" if matches!(self.names.ids, Ids::Serial | Ids::Database) => return Some(()),
            "renewed" => {
                statement.text += "\"id\" = ";
                statement.append(parameter);
                statement.text += ", ";
                return Some(());
            }
            "change" => return noted::append(&self.names, parameter, statement),
            "opened" => return noted::append_opened(&self.names, parameter, statement),
            "holds" => return self.holds(parameter, params, statement),
            "founded" | "founded.columns" if !self.names.founds => return Some(()),
            "founded" => {
                self.append(&founded::PARTS.replace("USER", parameter), params, statement);
                return Some(());
            }
            "founded.columns" => {
                self.append(founded::COLUMNS, params, statement);
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
            "where" | "order" => {
                let value: usize = parameter.strip_prefix('$')?.parse().ok()?;
                let Param::Search(asked) = params.get(value.checked_sub(1)?)? else { return None };
                let times_are_texts = self.learnt.times_are_texts();
                match what {
                    "where" => search::conditions(asked, value, times_are_texts, statement),
                    _ => statement.text += &search::order(asked, times_are_texts),
                }
            }
            field => statement.text += &quoted(&table.column(field)?.name),
        }
        Some(())
    }

    /// Fills in the condition that a session and a password are as they were. Without a table of sessions none is looked for there.
    fn holds(&self, parameter: &str, params: &[Param<'_>], statement: &mut Statement) -> Option<()> {
        let (user, rest) = parameter.split_once(' ')?;
        let (token, hash) = rest.split_once(' ').map_or((rest, None), |(token, hash)| (token, Some(hash)));
        let is_asked = token != "-" && self.names.table("session").is_some();
        let session = is_asked.then(|| SESSION_HOLDS.replace("TOKEN", token));
        let password = hash.map(|hash| PASSWORD_HOLDS.replace("USER", user).replace("HASH", hash));
        let all: Vec<_> = session.into_iter().chain(password).collect();
        let all = if all.is_empty() { "true".to_owned() } else { all.join(" and ") };
        self.append(&all, params, statement);
        Some(())
    }

    /// Fills in a time: a model and a field, with or without an alias before them.
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
        let (parameter, founds) = match parameter.strip_suffix(" founded") {
            Some(parameter) => (parameter, self.names.founds),
            None => (parameter, false),
        };
        let given = || {
            let value: usize = parameter.strip_prefix('$')?.parse().ok()?;
            match params.get(value.checked_sub(1)?)? {
                Param::Fields(values) => Some((value, *values)),
                _ => None,
            }
        };
        let (value, values) = match (model, what, given()) {
            ("session", "names" | "values", Some(given)) if !given.1.is_empty() => given,
            ("account", ..) | ("session", "names" | "values", _) => (0, self.columns(model).defaults()),
            (_, _, Some(given)) => given,
            (_, _, None) => return Some(()),
        };
        let is_founded = |column: &String| {
            let mut active = founded::ACTIVE.iter().filter_map(|field| self.names.table(model)?.column(field));
            founds && active.any(|active| quoted(&active.name) == *column)
        };
        for (field, column) in self.columns(model).given(values).filter(|(_, column)| !is_founded(column)) {
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
        for (field, value) in founded::ACTIVE.iter().zip(founded::ACTIVE_VALUES).filter(|_| founds) {
            let Some(column) = self.names.table(model).and_then(|table| table.column(field)) else { continue };
            statement.text += ", ";
            match what {
                "names" => statement.text += &quoted(&column.name),
                _ => self.append(value, params, statement),
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
            other => self.of_features.get(other),
        };
        let alias = table.model.get(..1).unwrap_or_default();
        let is_old = table.model == "jwks" && !self.learnt.has_newer();
        let column = |column: &Column| {
            if is_old && NEWER.contains(&column.field.as_str()) {
                return "null".to_owned();
            }
            // For a type that PostgreSQL does not define itself, for example an enum, the driver would have to ask the database.
            let cast = match column.holds {
                _ if column.field == "ipAddress" => "",
                ColumnType::Value(Kind::Text) | ColumnType::Id | ColumnType::Reference(_) => "::text",
                ColumnType::Value(_) => "",
            };
            format!("{alias}.{}{cast}", quoted(&column.name))
        };
        let own_fields = own.map_or(0, Columns::len);
        let count = table.columns.len() - own_fields;
        let shown = table.columns.iter().take(count).filter(|column| !column.hidden);
        let columns: Vec<_> = shown.map(column).collect();
        columns.join(", ") + &own.map(Columns::read).unwrap_or_default()
    }
}

impl config::Schema {
    /// Returns a table's name as statements write it.
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
    fn a_part_for_a_table_is_there_if_the_table_is() {
        let sql = "select 1{?jwks}, {jwks.alg}{/jwks}{?team}, $1 {team.name}{/team} from {user}";
        assert_eq!(tables("").fill(sql, &[]).text, r#"select 1, "alg" from "user""#);
    }

    #[test]
    fn identifiers_are_made_by_whoever_is_configured() {
        let sql = "insert into {jwks} ({jwks.new}{jwks.alg}) values ({new $1}$2)";
        assert_eq!(tables("").fill(sql, &[]).text, r#"insert into "jwks" ("id", "alg") values ($1, $2)"#);
        let uuid = tables("[advanced.database]\ngenerate_id = \"uuid\"").fill(sql, &[]).text;
        assert_eq!(uuid, r#"insert into "jwks" ("alg") values ($1)"#);
    }
}
