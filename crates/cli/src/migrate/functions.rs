//! The functions that the database keeps of frequent statements (`[database] stored_functions`). Each runs one statement with the
//! rights of its caller, so it permits nothing that the statement itself does not.

use gatepost_core::{
    config::Schema,
    functions::STORED,
    store::{
        StoreError,
        schema::Schema as Statements,
        stored::{self, SCHEMA, StoredStatement},
        written::{literal, quoted},
    },
};
use tokio_postgres::{
    Transaction,
    types::{Oid, ToSql, Type},
};

/// The functions of a database, compared with the required ones.
#[derive(Debug, Default)]
pub struct Functions {
    /// The SQL statements that create what is missing, in order.
    pub statements: Vec<String>,
    /// The names of the functions that the statements create.
    pub created: Vec<String>,
    /// Statements that the database cannot keep, with the reason.
    pub problems: Vec<String>,
    /// The reason why no function can be created.
    pub refusal: Option<String>,
}

/// The first version of PostgreSQL with the setting `plan_cache_mode`, as `server_version_num` writes it.
const GENERIC_PLANS: i32 = 120_000;

/// Compares the functions of a database with those of the configuration. It needs the tables.
pub async fn look(transaction: &mut Transaction<'_>, schema: &Schema) -> Result<Functions, StoreError> {
    let mut all = Functions::default();
    if !schema.stored_functions {
        return Ok(all);
    }
    let place = place(transaction, schema).await?;
    if place == Place::Foreign {
        all.refusal = Some(FOREIGN.to_owned());
        return Ok(all);
    }
    let is_there = place == Place::Ours;
    let statements = Statements::new(schema);
    for stored in STORED.iter().filter(|stored| schema.table(stored.model).is_some()) {
        match definition(transaction, stored, &statements.filled(stored.template)).await? {
            Ok(function) if is_there && function.exists(transaction).await? => {}
            Ok(function) => {
                all.statements.extend(function.statements());
                all.created.push(function.name);
            }
            Err(reason) => all.problems.push(format!(
                "the statement of `{}` cannot be kept as a function ({reason}): the service sends it itself",
                stored.model
            )),
        }
    }
    if !is_there && !all.statements.is_empty() {
        let name = quoted(SCHEMA);
        let created = [format!("create schema {name}"), format!("grant usage on schema {name} to public")];
        all.statements.splice(0..0, created);
    }
    Ok(all)
}

/// The result of a look at the functions that reads the catalogue alone. It does not compare their definitions, for which a statement
/// needs a name.
pub enum CatalogueCheck {
    /// Another role owns the schema or may create functions in it.
    Foreign,
    /// The names of the functions that do not exist.
    Missing(Vec<String>),
}

/// Looks at the functions of a deployment that has them.
pub async fn glance(transaction: &Transaction<'_>, schema: &Schema) -> Result<CatalogueCheck, StoreError> {
    if place(transaction, schema).await? == Place::Foreign {
        return Ok(CatalogueCheck::Foreign);
    }
    let statements = Statements::new(schema);
    let of_tables = STORED.iter().filter(|stored| schema.table(stored.model).is_some());
    let names: Vec<_> = of_tables.map(|stored| stored::name(&statements.filled(stored.template))).collect();
    let sql = "select name from unnest($1) name where to_regproc(name) is null";
    let rows = transaction.query_typed(sql, &[(&names, Type::TEXT_ARRAY)]).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect::<Result<_, StoreError>>().map(CatalogueCheck::Missing)
}

/// The danger of a schema in which another role may create functions, and the fix. The fix removes nothing, because the schema may be
/// another service's.
pub const FOREIGN: &str = "the schema `gatepost` or a function in it belongs to another role than the tables, or another role may create \
     functions there: such a function would answer instead of the tables. Set `[database] stored_functions = false`, or let the owner \
     of the tables own the schema alone";

/// The schema of the functions.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// It does not exist.
    Absent,
    /// It and its functions belong to the owner of the tables or to this role, and no other role may create functions in it.
    Ours,
    /// Another role owns it or a function in it, or may create functions there.
    Foreign,
}

async fn place(transaction: &Transaction<'_>, schema: &Schema) -> Result<Place, StoreError> {
    let sql = "select exists (select from pg_roles r where r.oid = n.nspowner and (r.rolname = current_user
                or r.oid = (select c.relowner from pg_class c where c.oid = to_regclass($2))))
            and not exists (select from aclexplode(n.nspacl) a where a.privilege_type = 'CREATE' and a.grantee <> n.nspowner)
            and not exists (select from pg_proc p where p.pronamespace = n.oid and p.proowner <> n.nspowner)
        from pg_namespace n where n.nspname = $1";
    let table = schema.table("user").map(|table| schema.quoted(table));
    let row = transaction.query_typed(sql, &[(&SCHEMA, Type::TEXT), (&table, Type::TEXT)]).await?.into_iter().next();
    let Some(row) = row else { return Ok(Place::Absent) };
    Ok(if row.try_get(0)? { Place::Ours } else { Place::Foreign })
}

/// The definition of a function.
struct Function {
    name: String,
    sql: String,
}

impl Function {
    /// The mark of this definition, which the function carries as its comment: the types of columns may change while the statement
    /// stays.
    fn mark(&self) -> String {
        stored::digest(&self.sql)
    }

    async fn exists(&self, transaction: &Transaction<'_>) -> Result<bool, StoreError> {
        let sql = "select exists (select from pg_proc p where p.oid = to_regproc($1) and obj_description(p.oid, 'pg_proc') = $2)";
        let mark = self.mark();
        let row = transaction.query_typed_one(sql, &[(&self.name, Type::TEXT), (&mark, Type::TEXT)]).await?;
        Ok(row.try_get(0)?)
    }

    fn statements(&self) -> [String; 3] {
        let name = &self.name;
        let comment = format!("comment on function {name} is {}", literal(&self.mark()));
        [format!("drop function if exists {name}"), self.sql.clone(), comment]
    }
}

/// Writes the function of a statement. The database infers the types of parameters and columns, as it does for the statement.
async fn definition(
    transaction: &mut Transaction<'_>,
    stored: &StoredStatement,
    text: &str,
) -> Result<Result<Function, String>, StoreError> {
    let attempt = transaction.transaction().await?;
    let prepared = match attempt.prepare(text).await {
        Ok(prepared) => prepared,
        Err(error) => {
            attempt.rollback().await?;
            return Ok(Err(StoreError::from(error).to_string()));
        }
    };
    let parameters: Vec<Oid> = prepared.params().iter().map(Type::oid).collect();
    let columns: Vec<Oid> = prepared.columns().iter().map(|column| column.type_().oid()).collect();
    attempt.commit().await?;
    let parameters = names(transaction, &parameters).await?;
    let columns = names(transaction, &columns).await?;
    let columns: Vec<_> = columns.iter().enumerate().map(|(at, name)| format!("c{at} {name}")).collect();
    let version = "select current_setting('server_version_num')::int";
    let version: i32 = transaction.query_typed_one(version, &[]).await?.try_get(0)?;
    let generic = if version >= GENERIC_PLANS { " set plan_cache_mode = force_generic_plan" } else { "" };
    let name = stored::name(text);
    let sql = format!(
        "create function {name}({}) returns table ({}) language plpgsql {} rows 1{generic} as {}",
        parameters.join(", "),
        columns.join(", "),
        if stored.writes { "volatile" } else { "stable" },
        literal(&format!("\n#variable_conflict use_column\nbegin return query {text}; end"))
    );
    Ok(Ok(Function { name, sql }))
}

/// Returns the names of types, as SQL writes them.
async fn names(transaction: &Transaction<'_>, types: &[Oid]) -> Result<Vec<String>, StoreError> {
    let sql = "select format_type(t.oid, null) from unnest($1) with ordinality t(oid, place) order by t.place";
    let params: [(&(dyn ToSql + Sync), Type); 1] = [(&types, Type::OID_ARRAY)];
    let rows = transaction.query_typed(sql, &params).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}
