//! The schema as statements need it: the names of tables and columns, the source of identifiers, the additional fields (spec
//! jwt-oauth-schema §5, core §12). A statement is written with placeholders like `{user.email}` (`store::template`), which are
//! filled in once; the text is kept.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use tokio_postgres::Row;

use super::{
    Param, StoreError,
    additional::{Columns, Lists},
    noted,
    param::SentValue,
    statement::Statement,
    template::Tables,
    triggers::{self, TriggerTime},
    unknown::UnknownAddress,
};
use crate::config;

/// The schema of this deployment, as statements need it.
pub struct Schema {
    tables: Tables,
    /// Filled-in statements by the address and length of their templates: hashing a whole statement would cost more than everything
    /// else here.
    statements: RwLock<HashMap<(usize, usize), Arc<Statement>>>,
}

/// Reads no row of any table, but the types of the additional fields.
pub(super) const TYPES: &str = "select true{user.shown}{session.shown}{account.shown} from (values (1)) one
    left join {user} u on false left join {session} s on false left join {account} a on false";

impl Schema {
    /// Creates the schema of these tables.
    pub fn new(tables: &config::Schema) -> Self {
        Self { tables: Tables::new(tables), statements: RwLock::default() }
    }

    /// Whether the service makes identifiers.
    pub(super) fn makes_ids(&self) -> bool {
        self.tables.names.ids.is_made_here()
    }

    /// Whether the database keeps statements as functions.
    pub(super) fn has_stored_functions(&self) -> bool {
        self.tables.names.stored_functions
    }

    /// Returns the name of a column.
    pub(super) fn column(&self, model: &str, field: &str) -> Option<&str> {
        Some(&self.tables.names.table(model)?.column(field)?.name)
    }

    /// Returns the additional fields of users.
    pub(super) fn user(&self) -> &Columns {
        &self.tables.user
    }

    /// Returns the additional fields of sessions.
    pub(crate) fn session(&self) -> &Columns {
        &self.tables.session
    }

    /// Returns the additional fields of accounts.
    pub(super) fn account(&self) -> &Columns {
        &self.tables.account
    }

    /// Returns a table with its additional fields, if it is one that takes some.
    pub(super) fn table(&self, model: &str) -> Option<(&config::Table, Option<&Columns>)> {
        Some((self.tables.names.table(model)?, self.tables.of_features.get(model)))
    }

    /// Returns the receivers of each kind of event, as JSON.
    pub(super) fn receivers(&self) -> &str {
        &self.tables.names.receivers
    }

    /// Whether the deployment has a table.
    pub(crate) fn has(&self, model: &str) -> bool {
        self.table(model).is_some()
    }

    /// Returns a statement with its placeholders filled in.
    pub(super) fn statement(&self, template: &'static str, params: &[Param<'_>]) -> Arc<Statement> {
        // Clients decide which fields have a value, and what they search for. Texts that they can vary are not kept.
        let varies = |param: &Param<'_>| match param {
            Param::Fields(values) => !values.is_empty(),
            Param::Search(_) => true,
            _ => false,
        };
        if params.iter().any(varies) {
            return self.tables.fill(template, params).into();
        }
        let place = (template.as_ptr().addr(), template.len());
        let known = self.statements.read().unwrap_or_else(PoisonError::into_inner).get(&place).cloned();
        known.unwrap_or_else(|| {
            let statement = Arc::new(self.tables.fill(template, params));
            let mut statements = self.statements.write().unwrap_or_else(PoisonError::into_inner);
            statements.insert(place, statement.clone());
            statement
        })
    }

    /// Returns the values of a statement's parameters in order. `notes` are the values of the row that notes a change.
    pub(super) fn sent<'a>(
        &self,
        statement: &Statement,
        params: &[Param<'a>],
        notes: &[Option<String>],
        lists: Lists,
    ) -> Vec<SentValue<'a>> {
        statement.sent(params, |given, model, field| {
            if model == noted::TABLE {
                return notes.get(field).cloned().flatten();
            }
            let columns = self.tables.columns(model);
            columns.sent(given.filter(|given| !given.is_empty()).unwrap_or(columns.defaults()), field, lists)
        })
    }

    /// Whether to write the lists among the values of a statement as arrays, after a column has refused JSON: before a row is read,
    /// the type of a column is unknown.
    pub(super) fn wants_arrays(&self, template: &str, params: &[Param<'_>], error: &StoreError) -> bool {
        let Tables { user, session, account, of_features, .. } = &self.tables;
        let given = |param: &Param<'_>| {
            let Param::Fields(values) = param else { return false };
            [user, session].into_iter().chain(of_features.values()).any(|columns| columns.has_list(values))
        };
        let inserts = |place: &str, columns: &Columns| template.contains(place) && columns.has_list(columns.defaults());
        let has_list = || inserts("{account.values}", account) || inserts("{session.row", session);
        error.is_malformed() && (params.iter().any(given) || has_list())
    }

    /// Remembers the types of additional fields from a row of [`TYPES`].
    pub(super) fn learns_types(&self, row: &Row) -> Result<(), StoreError> {
        let mut at = 1;
        for columns in [&self.tables.user, &self.tables.session, &self.tables.account] {
            columns.additional(row, at)?;
            at += columns.width();
        }
        Ok(())
    }

    /// Whether an error shows something about the tables that makes another statement of the same template, so that repeating it
    /// helps. This is how the schema recognizes tables of old versions of better-auth.
    pub(super) fn learns(&self, template: &str, error: &StoreError) -> bool {
        let learns = self.tables.learnt.learns(template, error);
        if learns {
            // Clear each time: another request may have kept a text that it built before.
            self.statements.write().unwrap_or_else(PoisonError::into_inner).clear();
        }
        learns
    }

    /// Returns a template's text with its placeholders filled in, for callers that keep it themselves or need it once. It has no
    /// values of additional fields.
    pub fn filled(&self, template: &str) -> String {
        self.tables.fill(template, &[]).text
    }

    /// SQL that names the triggers that a template sets off (`store::triggers`).
    pub(super) fn triggers(&self, template: &str, when: TriggerTime) -> Option<String> {
        triggers::sql(&self.tables.names, template, when)
    }

    /// Whether the column of clients' addresses takes an empty text.
    pub(super) fn unknown(&self) -> &UnknownAddress {
        &self.tables.learnt.unknown
    }

    /// Whether only a lock keeps addresses unique, as far as errors have shown.
    pub(super) fn addresses_may_repeat(&self) -> bool {
        self.tables.learnt.addresses_may_repeat()
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::{super::values::Values, *};

    const OWN: &str = "[user.additional_fields]\nplan = { type = \"string\", field_name = \"PLAN\" }\n\
        note = { type = \"json\", field_name = \"NOTE\", returned = false }\n";

    fn values(json: &str) -> Values {
        serde_json::from_str::<serde_json::Map<_, _>>(json).unwrap().into()
    }

    #[test]
    fn a_field_without_a_value_is_left_out() {
        let tables = config::Schema::load(config::Source { name: "gatepost.toml", text: OWN }).unwrap();
        let schema = Schema::new(&tables);
        let (both, one, none) = (values(r#"{"note":1,"plan":"a"}"#), values(r#"{"plan":null}"#), values("{}"));
        let filled = |values: &Values| {
            let params = [Param::from("x"), values.into()];
            let statement = schema.statement("a{user.names $2} b {user.values $2} c {user.set $2} $1", &params);
            let sent = schema.sent(&statement, &params, &[], Lists::Json);
            (statement.text.clone(), sent.into_iter().map(|sent| sent.0.map(Cow::into_owned)).collect::<Vec<_>>())
        };
        let (text, sent) = filled(&both);
        assert_eq!(text, r#"a, "PLAN", "NOTE" b , $1, $2 c , "PLAN" = $3, "NOTE" = $4 $5"#);
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(sent, [some("a"), some("1"), some("a"), some("1"), some("x")]);
        assert_eq!(filled(&one), (r#"a, "PLAN" b , $1 c , "PLAN" = $2 $3"#.to_owned(), vec![None, None, some("x")]));
        assert_eq!(filled(&none).0, "a b  c  $1");
    }
}
