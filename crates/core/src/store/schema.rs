//! What the statements leave open: the names of tables and columns, who makes identifiers, the additional fields (spec
//! jwt-oauth-schema §5, core §12). A statement is written with places like `{user.email}`; they are filled in once and the
//! text is kept.

use std::{
    borrow::Cow,
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use tokio_postgres::Row;

use super::{
    Param, StoreError,
    additional::{Columns, Values},
    learnt::{LEFTOVER, Learnt, NEWER},
    param::Sent,
    statement::{Lists, Statement},
    times,
};
use crate::config::{self, Column, Holds, Ids, Kind, Table};

/// The schema of this deployment, as statements need it.
pub struct Schema {
    tables: config::Schema,
    user: Columns,
    session: Columns,
    account: Columns,
    /// What a new account has in its additional fields: nothing else gives them a value.
    account_values: Values,
    pub(super) learnt: Learnt,
    /// By where the template is: to hash a whole statement would cost more than all else here.
    statements: RwLock<HashMap<(usize, usize), Arc<Statement>>>,
}

/// Reads no row of any table, and the types of the additional fields all the same.
pub(super) const TYPES: &str = "select true{user.shown}{session.shown}{account.shown} from (values (1)) one
    left join {user} u on false left join {session} s on false left join {account} a on false";

/// What `{overtaken part}` stands for, up to the part.
const OVERTAKEN: &str =
    ", overtaken as (delete from {verification} where {verification.value} in (select {user.id}::text from ";

impl Schema {
    /// With these tables.
    pub fn new(tables: &config::Schema) -> Self {
        let account = Columns::new('a', &tables.additional.account);
        Self {
            user: Columns::new('u', &tables.additional.user),
            session: Columns::new('s', &tables.additional.session),
            account_values: account.defaults(),
            account,
            tables: tables.clone(),
            learnt: Learnt::default(),
            statements: RwLock::default(),
        }
    }

    /// The additional fields of users.
    pub(super) fn user(&self) -> &Columns {
        &self.user
    }

    /// Those of sessions.
    pub(crate) fn session(&self) -> &Columns {
        &self.session
    }

    /// Those of accounts.
    pub(super) fn account(&self) -> &Columns {
        &self.account
    }

    fn columns(&self, model: &str) -> &Columns {
        match model {
            "user" => &self.user,
            "account" => &self.account,
            _ => &self.session,
        }
    }

    /// A statement with its places filled in. For each table, by the names that better-auth gives to it and its columns:
    ///
    /// - `{user}`, `{user.email}`: the table, and the column without the table in front of it;
    /// - `{user.*}`: every column in order, behind the table's first letter as `u`, then the additional fields that answers
    ///   show, as one text of JSON. What is no time and no flag is text;
    /// - `{user.new}` and `{new $1}`: in an insert, the identifier's column and its value, both with a comma after them,
    ///   unless the database makes identifiers;
    /// - `{user.names $9}`, `{user.values $9}`: in an insert, the columns of the additional fields that have a value, each
    ///   after a comma, and their values;
    /// - `{user.set $6}`: in an update, those columns with their values; `{user.reset $6}`: the others as well, with their
    ///   defaults;
    /// - `{account.names}` and `{account.values}`: in an insert, the same of the additional fields of accounts, which have
    ///   their defaults; `{account.shown}`: those that answers show, as in `{user.*}`, behind a comma;
    /// - `{session.once}`: behind an insert, that a session whose token is there already is the one that is inserted, where
    ///   the table has a constraint that says so;
    /// - `{user.once $3}`: behind the `select` of an insert, that there is no row where another user has the address in `$3`: by the
    ///   table's constraint or, where it has none, by looking, which is right behind a lock alone (`store::unique`);
    /// - `{time a.account.updatedAt}`: a time to compare or to sort by, behind the alias or without one; `{instant a.account.updatedAt}`:
    ///   the same for a statement that is sent outside this module, where nothing learns what the column is (`store::times`);
    /// - `{leftover}` and `{leftover 'x'}`: in an insert of an account, a column and its value, each after a comma, if the
    ///   table has the leftover of an old version;
    /// - `{newer}` and `{newer $6, $7}`: in an insert of a key, the columns that the table of an old version has not, and their
    ///   values, after a comma, if it has them.
    /// - `{overtaken changed}`: after the parts of a statement, one more that removes the stored secrets of the users whose `id`
    ///   is in the part `changed`, if there is a table of secrets.
    ///
    /// A place that is none of these stays as it is, which the database refuses.
    pub(super) fn statement(&self, template: &'static str, params: &[Param<'_>]) -> Arc<Statement> {
        // A client decides which fields have a value: what it can vary is not kept.
        if params.iter().any(|param| matches!(param, Param::Fields(values) if !values.json().is_empty())) {
            return self.fill(template, params).into();
        }
        let place = (template.as_ptr().addr(), template.len());
        let known = self.statements.read().unwrap_or_else(PoisonError::into_inner).get(&place).cloned();
        known.unwrap_or_else(|| {
            let statement = Arc::new(self.fill(template, params));
            let mut statements = self.statements.write().unwrap_or_else(PoisonError::into_inner);
            statements.insert(place, statement.clone());
            statement
        })
    }

    /// The values of a statement's parameters in order.
    pub(super) fn sent<'a>(&self, statement: &Statement, params: &[Param<'a>], lists: Lists) -> Vec<Sent<'a>> {
        statement.sent(params, |given, model, field| {
            self.columns(model).sent(given.unwrap_or(&self.account_values), field, lists)
        })
    }

    /// Whether to write the lists among these values as arrays, where a column refused JSON: before a row is read, nothing says
    /// what a column holds.
    pub(super) fn wants_arrays(&self, params: &[Param<'_>], error: &StoreError) -> bool {
        let has_list = |param: &Param<'_>| matches!(param, Param::Fields(values) if self.user.has_list(values) || self.session.has_list(values));
        let is_malformed = matches!(error, StoreError::Refused { state, .. } if state == "22P02");
        is_malformed && (params.iter().any(has_list) || self.account.has_list(&self.account_values))
    }

    /// Remembers the types of additional fields out of a row of [`TYPES`].
    pub(super) fn learns_types(&self, row: &Row) -> Result<(), StoreError> {
        let mut at = 1;
        for columns in [&self.user, &self.session, &self.account] {
            columns.additional(row, at)?;
            at += columns.width();
        }
        Ok(())
    }

    /// Whether an error says something of the tables that makes another statement of the same template: then it is worth
    /// repeating. Tables that an old version of better-auth made tell what they are by that.
    pub(super) fn learns(&self, template: &str, error: &StoreError) -> bool {
        let learns = self.learnt.learns(template, error);
        if learns {
            // Each time: another request may have kept a text that it began before.
            self.statements.write().unwrap_or_else(PoisonError::into_inner).clear();
        }
        learns
    }

    /// A template's text with its places filled in, for whoever keeps it elsewhere or needs it once. It has no values of
    /// additional fields.
    pub fn filled(&self, template: &str) -> String {
        self.fill(template, &[]).text
    }

    /// Whether nothing but a lock keeps two users from one address, as far as errors have told.
    pub(super) fn addresses_may_repeat(&self) -> bool {
        self.learnt.addresses_may_repeat()
    }

    fn fill(&self, template: &str, params: &[Param<'_>]) -> Statement {
        let mut statement = Statement::default();
        let mut rest = template;
        while let Some((before, (place, after))) =
            rest.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
        {
            statement.append(before);
            if self.place(place, params, &mut statement).is_none() {
                statement.text.extend(["{", place, "}"]);
            }
            rest = after;
        }
        statement.append(rest);
        statement
    }

    /// Fills in one place; none where it is none.
    fn place(&self, place: &str, params: &[Param<'_>], statement: &mut Statement) -> Option<()> {
        let (name, parameter) = place.split_once(' ').unwrap_or((place, ""));
        let made_here = self.tables.ids == Ids::Text;
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
            "newer" if parameter.is_empty() => return after_comma(&self.filled("{jwks.alg}, {jwks.crv}"), has_newer),
            "newer" => return after_comma(parameter, has_newer),
            "time" | "instant" => return self.time(name, parameter, statement),
            "overtaken" if self.tables.table("verification").is_none() => return Some(()),
            "overtaken" => {
                statement.text += &self.filled(OVERTAKEN);
                statement.text.extend([parameter, "))"]);
                return Some(());
            }
            _ => {}
        }
        let (model, what) = name.split_once('.').unwrap_or((name, ""));
        let table = self.tables.table(model)?;
        match what {
            "" => statement.text += &self.tables.quoted(table),
            "*" => statement.text += &self.read(table),
            "new" if made_here => statement.text += "\"id\", ",
            "new" => {}
            "once" if table.model == "user" => {
                let (users, email) = (self.tables.quoted(table), quoted(&table.column("email")?.name));
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
            "names" | "values" | "set" | "reset" => self.fields(table.model, what, parameter, params, statement)?,
            field => statement.text += &quoted(&table.column(field)?.name),
        }
        Some(())
    }

    /// Fills in a time: a model and a field, and perhaps an alias before them.
    fn time(&self, kind: &str, parameter: &str, statement: &mut Statement) -> Option<()> {
        let (model, field) = parameter.rsplit_once('.')?;
        let (alias, model) = model.rsplit_once('.').map_or(("", model), |(alias, model)| (alias, model));
        let name = quoted(&self.tables.table(model)?.column(field)?.name);
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
        let (value, values) = match model {
            "account" => (0, &self.account_values),
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
    use super::{super::additional::Values, *};

    fn schema(toml: &str) -> Schema {
        Schema::new(&config::Schema::load(config::Source { name: "gatepost.toml", text: toml }).unwrap())
    }

    const OWN: &str = "[user.additional_fields]\nplan = { type = \"string\", field_name = \"PLAN\" }\n\
        note = { type = \"json\", field_name = \"NOTE\", returned = false }\n";
    const RENAMED: &str = "[database]\nschema_name = \"my auth\"\n[schema.user]\nmodel_name = \"us\\\"ers\"\n\
        [schema.user.fields]\nemail_verified = \"verified?\"\n[schema.session.fields]\nuser_id = \"owner$1\"\n";

    fn values(json: &str) -> Values {
        serde_json::from_str::<serde_json::Map<_, _>>(json).unwrap().into()
    }

    #[test]
    fn a_field_without_a_value_is_left_out() {
        let schema = schema(OWN);
        let (both, one, none) = (values(r#"{"note":1,"plan":"a"}"#), values(r#"{"plan":null}"#), values("{}"));
        let filled = |values: &Values| {
            let params = [Param::from("x"), values.into()];
            let statement = schema.fill("a{user.names $2} b {user.values $2} c {user.set $2} $1", &params);
            let sent = schema.sent(&statement, &params, Lists::Json);
            (statement.text, sent.into_iter().map(|sent| sent.0.map(Cow::into_owned)).collect::<Vec<_>>())
        };
        let (text, sent) = filled(&both);
        assert_eq!(text, r#"a, "PLAN", "NOTE" b , $1, $2 c , "PLAN" = $3, "NOTE" = $4 $5"#);
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(sent, [some("a"), some("1"), some("a"), some("1"), some("x")]);
        assert_eq!(filled(&one), (r#"a, "PLAN" b , $1 c , "PLAN" = $2 $3"#.to_owned(), vec![None, None, some("x")]));
        assert_eq!(filled(&none).0, "a b  c  $1");
    }

    #[test]
    fn places_are_filled_in_with_the_configured_names() {
        let schema = schema(RENAMED);
        assert_eq!(schema.filled("{user} {user.emailVerified}"), r#""my auth"."us""ers" "verified?""#);
        assert_eq!(schema.filled("{session} {session.userId} {session.id}"), r#""my auth"."session" "owner$1" "id""#);
        let read = r#"u."id"::text, u."name"::text, u."email"::text, u."verified?", u."image"::text, u."createdAt""#;
        assert!(schema.filled("{user.*}").starts_with(read));
        assert_eq!(schema.filled("{user.nothing} {nobody} {"), "{user.nothing} {nobody} {");
    }

    #[test]
    fn identifiers_are_made_by_whoever_is_configured() {
        let sql = "insert into {jwks} ({jwks.new}{jwks.alg}) values ({new $1}$2)";
        assert_eq!(schema("").filled(sql), r#"insert into "jwks" ("id", "alg") values ($1, $2)"#);
        let uuid = schema("[advanced.database]\ngenerate_id = \"uuid\"").filled(sql);
        assert_eq!(uuid, r#"insert into "jwks" ("alg") values ($1)"#);
    }

    #[test]
    fn names_cannot_break_out_of_their_quotes() {
        assert_eq!(quoted(r#"a"b"#), r#""a""b""#);
        assert_eq!(literal(r"a'b\'c"), r"E'a''b\\''c'");
    }
}
