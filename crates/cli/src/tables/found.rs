//! Reads the tables of one PostgreSQL schema, with their columns and indexes.

use std::collections::BTreeMap;

use gatepost_core::{config::Schema, store::StoreError};
use tokio_postgres::{Transaction, types::Type};

use super::fit::TEXTS;

/// The tables and indexes of a PostgreSQL schema.
pub struct FoundTables {
    /// The name of the PostgreSQL schema.
    pub schema: String,
    /// Whether the PostgreSQL schema exists.
    pub exists: bool,
    /// The search path, if it leads to no schema although the configuration names none either.
    pub astray: Option<String>,
    /// The time zone of a session of this role in this database.
    pub time_zone: String,
    /// Tables and views by name.
    pub relations: BTreeMap<String, Relation>,
    /// Indexes by name, which is unique in a schema.
    pub indexes: BTreeMap<String, Index>,
}

/// A table, or a view.
pub struct Relation {
    /// `table`, or the kind with its article: `a view`.
    pub kind: &'static str,
    /// Its columns by name.
    pub columns: BTreeMap<String, Column>,
    /// The columns by which it is partitioned, if it is; empty where it is partitioned by an expression.
    pub partitioned_by: Option<Vec<String>>,
}

impl Relation {
    /// Returns whether it is a table.
    pub fn is_table(&self) -> bool {
        self.kind == "table"
    }
}

/// A column.
#[derive(Debug, Clone, Default)]
pub struct Column {
    /// PostgreSQL's own short name of the type, of a domain its base type's: `text`, `int4`.
    pub kind: String,
    /// The type as it is declared: `character varying(20)`.
    pub declared: String,
    /// Whether it refuses NULL.
    pub not_null: bool,
    /// Whether it has a default.
    pub has_default: bool,
    /// Whether the database generates the value and accepts no other.
    pub is_generated: bool,
    /// The default as SQL, if it is an expression.
    pub default: Option<String>,
    /// The most characters that it accepts, if that is limited.
    pub length: Option<usize>,
    /// The collation, if it is nondeterministic: different texts may be equal.
    pub collation: Option<String>,
    /// The values of an enumeration in order; empty for other types.
    pub labels: Vec<String>,
    /// The table of the same PostgreSQL schema whose rows it names by a foreign key of its own.
    pub references: Option<String>,
    /// The table to which it refers in another PostgreSQL schema, with that schema.
    pub references_elsewhere: Option<String>,
}

/// An index.
pub struct Index {
    /// The table.
    pub table: String,
    /// The columns in order.
    pub columns: Vec<String>,
    /// Whether it is unique.
    pub unique: bool,
    /// Whether it is valid and covers every row.
    pub whole: bool,
    /// The condition that its rows meet, where it has not all of them.
    pub condition: Option<String>,
    /// The columns of its expressions and of its condition.
    pub involved: Vec<String>,
}

impl Index {
    /// Whether it would be the index of this column, and is not valid.
    pub fn is_invalid_on(&self, table: &str, column: &str) -> bool {
        !self.whole && self.condition.is_none() && self.table == table && self.columns == [column]
    }
}

impl FoundTables {
    /// Reads the schema with this name, or else the first one of the search path.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn look(transaction: &Transaction<'_>, name: Option<&str>) -> Result<Self, StoreError> {
        let sql = "select coalesce($1, current_schema()::text, 'public'),
            exists (select from pg_namespace where nspname = coalesce($1, current_schema()::text, 'public')),
            current_setting('TimeZone'),
            case when coalesce($1, current_schema()::text) is null then current_setting('search_path') end";
        let row = transaction.query_typed_one(sql, &[(&name, Type::TEXT)]).await?;
        let (schema, exists): (String, bool) = (row.try_get(0)?, row.try_get(1)?);
        Ok(Self {
            exists,
            time_zone: row.try_get(2)?,
            astray: row.try_get(3)?,
            relations: relations(transaction, &schema).await?,
            indexes: indexes(transaction, &schema).await?,
            schema,
        })
    }

    /// The type of the identifiers of a table, by its model, if a reference of the configured type could not have them all.
    pub fn other_ids(&self, schema: &Schema, model: &str) -> Option<String> {
        let id = self.relations.get(&schema.table(model)?.name)?.columns.get("id")?;
        let is_alike = match schema.ids.sql() {
            "text" => TEXTS.contains(&id.kind.as_str()),
            "integer" => id.kind == "int4",
            other => id.kind == other,
        };
        (!is_alike).then(|| id.declared.clone())
    }

    /// Returns whether an index begins with this column, or with `unique` whether the column has a unique index of its own.
    pub fn has_index(&self, table: &str, column: &str, unique: bool) -> bool {
        self.indexes.values().any(|index| {
            let begins = index.columns.first().is_some_and(|first| first == column);
            index.table == table && index.whole && begins && (!unique || (index.unique && index.columns.len() == 1))
        })
    }
}

/// Lists the other PostgreSQL schemas that have a table with a column `emailVerified`, in any spelling.
///
/// # Errors
/// If the database cannot be read.
pub async fn others(transaction: &Transaction<'_>, besides: &str) -> Result<Vec<String>, StoreError> {
    let sql = "select distinct n.nspname::text from pg_attribute a join pg_class c on c.oid = a.attrelid
            join pg_namespace n on n.oid = c.relnamespace
        where lower(replace(a.attname, '_', '')) = 'emailverified' and not a.attisdropped and c.relkind in ('r', 'p')
            and n.nspname <> $1 and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'
            and has_schema_privilege(n.oid, 'usage')
        order by 1 limit 20";
    let rows = transaction.query_typed(sql, &[(&besides, Type::TEXT)]).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// Reads the tables and views of a PostgreSQL schema.
///
/// # Errors
/// If the database cannot be read.
pub async fn relations(transaction: &Transaction<'_>, schema: &str) -> Result<BTreeMap<String, Relation>, StoreError> {
    let sql = "select c.relname::text, c.relkind::text, a.attname::text, coalesce(b.typname, t.typname)::text,
            format_type(a.atttypid, a.atttypmod), a.attnotnull or t.typnotnull,
            a.atthasdef or a.attidentity <> '' or t.typdefault is not null, a.attgenerated <> '' or a.attidentity = 'a',
            coalesce(pg_get_expr(d.adbin, d.adrelid), t.typdefault),
            case when coalesce(b.typname, t.typname) in ('varchar', 'bpchar') then
                nullif(case when t.typtype = 'd' then t.typtypmod else a.atttypmod end, -1) - 4 end,
            array(select e.enumlabel::text from pg_enum e where e.enumtypid = coalesce(b.oid, t.oid) order by e.enumsortorder),
            (select f.relname::text from pg_constraint k join pg_class f on f.oid = k.confrelid
                where k.conrelid = c.oid and k.contype = 'f' and k.conkey = array[a.attnum] and f.relnamespace = c.relnamespace limit 1),
            (select l.collname::text from pg_collation l where l.oid = a.attcollation and not l.collisdeterministic),
            case when c.relkind = 'p' then array(select k.attname::text from pg_partitioned_table p, unnest(p.partattrs::int2[]) as n (number)
                join pg_attribute k on k.attrelid = c.oid and k.attnum = n.number
                where p.partrelid = c.oid and 0 <> all (p.partattrs::int2[])) end,
            (select format('%I.%I', s.nspname, f.relname) from pg_constraint k join pg_class f on f.oid = k.confrelid
                join pg_namespace s on s.oid = f.relnamespace
                where k.conrelid = c.oid and k.contype = 'f' and k.conkey = array[a.attnum] and s.oid <> n.oid limit 1)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
        left join pg_type t on t.oid = a.atttypid
        left join pg_type b on b.oid = t.typbasetype
        where n.nspname = $1 and c.relkind in ('r', 'p', 'v', 'm', 'f')";
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
            partitioned_by: row.try_get(13)?,
        });
        let Some(name) = row.try_get(2)? else { continue };
        let column = Column {
            kind: row.try_get(3)?,
            declared: row.try_get(4)?,
            not_null: row.try_get(5)?,
            has_default: row.try_get(6)?,
            is_generated: row.try_get(7)?,
            default: row.try_get(8)?,
            length: row.try_get::<_, Option<i32>>(9)?.and_then(|length| usize::try_from(length).ok()),
            labels: row.try_get(10)?,
            references: row.try_get(11)?,
            collation: row.try_get(12)?,
            references_elsewhere: row.try_get(14)?,
        };
        relation.columns.insert(name, column);
    }
    Ok(relations)
}

async fn indexes(transaction: &Transaction<'_>, schema: &str) -> Result<BTreeMap<String, Index>, StoreError> {
    let sql = "select i.relname::text, c.relname::text, x.indisunique,
            x.indisvalid and x.indpred is null and x.indexprs is null,
            array(select a.attname::text from unnest(x.indkey::int2[]) with ordinality as k (number, place)
                join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number order by k.place),
            pg_get_expr(x.indpred, x.indrelid),
            array(select distinct a.attname::text from pg_depend d
                join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
                where d.classid = 'pg_class'::regclass and d.objid = i.oid and d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid)
        from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
        join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1";
    let mut indexes = BTreeMap::new();
    for row in transaction.query_typed(sql, &[(&schema, Type::TEXT)]).await? {
        let index = Index {
            table: row.try_get(1)?,
            unique: row.try_get(2)?,
            whole: row.try_get(3)?,
            columns: row.try_get(4)?,
            condition: row.try_get(5)?,
            involved: row.try_get(6)?,
        };
        indexes.insert(row.try_get(0)?, index);
    }
    Ok(indexes)
}
