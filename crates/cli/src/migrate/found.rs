//! What a database has: the tables of one PostgreSQL schema, their columns and indexes.

use std::collections::BTreeMap;

use gatepost_core::store::StoreError;
use tokio_postgres::{Transaction, types::Type};

/// What is there by the names that are looked for.
pub(super) struct Found {
    /// Whether the PostgreSQL schema is there.
    pub(super) exists: bool,
    /// Tables, and whatever else has a name like one.
    pub(super) relations: BTreeMap<String, Relation>,
    /// Indexes by name: unique in a schema.
    pub(super) indexes: BTreeMap<String, Index>,
}

/// A table, or something that has a name like one.
pub(super) struct Relation {
    /// `table`, else what it is: `view`.
    pub(super) kind: &'static str,
    /// Its columns by name.
    pub(super) columns: BTreeMap<String, Column>,
}

/// A column.
pub(super) struct Column {
    /// PostgreSQL's own short name of the type: `text`, `int4`.
    pub(super) kind: String,
    /// Whether it takes no null.
    pub(super) not_null: bool,
    /// Whether the database knows a value where none is given.
    pub(super) has_default: bool,
}

/// An index.
pub(super) struct Index {
    /// Of which table.
    pub(super) table: String,
    /// The columns in order.
    pub(super) columns: Vec<String>,
    /// Whether no two rows have the same.
    pub(super) unique: bool,
    /// Whether it is usable and has every row.
    pub(super) whole: bool,
}

impl Found {
    /// Looks at the schema with this name, else at the first one of the search path.
    pub(super) async fn look(transaction: &Transaction<'_>, name: Option<&str>) -> Result<Self, StoreError> {
        let sql = "select coalesce($1, current_schema()::text, 'public'),
            exists (select from pg_namespace where nspname = coalesce($1, current_schema()::text, 'public'))";
        let row = transaction.query_typed_one(sql, &[(&name, Type::TEXT)]).await?;
        let (schema, exists): (String, bool) = (row.try_get(0)?, row.try_get(1)?);

        let sql = r#"select c.relname::text, c.relkind::text, a.attname::text, t.typname::text, a.attnotnull,
                a.atthasdef or a.attidentity <> '' or a.attgenerated <> ''
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            left join pg_type t on t.oid = a.atttypid
            where n.nspname = $1 and c.relkind in ('r', 'p', 'v', 'm', 'f')"#;
        let mut relations: BTreeMap<String, Relation> = BTreeMap::new();
        for row in transaction.query_typed(sql, &[(&schema, Type::TEXT)]).await? {
            let relation = relations.entry(row.try_get(0)?).or_insert(Relation {
                kind: match row.try_get::<_, &str>(1)? {
                    "v" => "a view",
                    "m" => "a materialized view",
                    "f" => "a foreign table",
                    _ => "table",
                },
                columns: BTreeMap::new(),
            });
            if let Some(name) = row.try_get(2)? {
                let column = Column {
                    kind: row.try_get(3)?,
                    not_null: row.try_get(4)?,
                    has_default: row.try_get::<_, Option<bool>>(5)?.unwrap_or(false),
                };
                relation.columns.insert(name, column);
            }
        }

        let sql = r#"select i.relname::text, c.relname::text, x.indisunique,
                x.indisvalid and x.indpred is null and x.indexprs is null,
                array(select a.attname::text from unnest(x.indkey::int2[]) with ordinality as k (number, place)
                    join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number order by k.place)
            from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
            join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1"#;
        let mut indexes = BTreeMap::new();
        for row in transaction.query_typed(sql, &[(&schema, Type::TEXT)]).await? {
            let index = Index {
                table: row.try_get(1)?,
                unique: row.try_get(2)?,
                whole: row.try_get(3)?,
                columns: row.try_get(4)?,
            };
            indexes.insert(row.try_get(0)?, index);
        }
        Ok(Self { exists, relations, indexes })
    }

    /// Whether an index finds rows by this column, or keeps its values apart.
    pub(super) fn has_index(&self, table: &str, column: &str, unique: bool) -> bool {
        self.indexes.values().any(|index| {
            let begins = index.columns.first().is_some_and(|first| first == column);
            index.table == table && index.whole && begins && (!unique || (index.unique && index.columns.len() == 1))
        })
    }
}
