//! Stores users of other systems, many in one statement: each with their accounts, or not at all.

use serde_json::{Map, Value, json};

use crate::{
    model::User,
    store::{Db, Param, StoreError, column, pool::Repeat, values::Values, written::instant},
};

/// A user of another system.
#[derive(Clone)]
pub struct ImportedUser {
    /// The row. Its `id` is used if identifiers are kept, or if the service makes them.
    pub user: User,
    /// The values of additional fields.
    pub additional: Map<String, Value>,
    /// The accounts. One with a hash is the user's password.
    pub accounts: Vec<ImportedAccount>,
}

/// A way in which an imported user signs in.
#[derive(Debug, Clone)]
pub struct ImportedAccount {
    /// The identifier of the row, unless the database makes identifiers.
    pub id: String,
    /// The provider and the user's identifier there; `None` for the password.
    pub provider: Option<(String, String)>,
    /// The hash of the password.
    pub hash: Option<String>,
}

/// The result for one user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The user is stored, with the accounts.
    Written,
    /// A user had the address before. Nothing was written.
    Known,
    /// Another user has the identifier, an account at a provider or another value that must be unique. Nothing was written.
    Taken,
}

/// Stores users whose additional fields have the same names, and returns the result for each, in order. The addresses must differ.
///
/// # Errors
/// [`StoreError::Refused`] if the database refuses one of the rows: then none was written.
pub async fn import(db: &Db, users: &[ImportedUser], keep_ids: bool) -> Result<Vec<Outcome>, StoreError> {
    let Some(first) = users.first() else { return Ok(Vec::new()) };
    let now = db.now();
    let names: Values = first.additional.clone().into();
    let rows: Vec<Value> = users.iter().map(|user| Value::Object(row(db, user, keep_ids))).collect();
    let accounts: Vec<Value> = users.iter().flat_map(|user| accounts(db, user)).collect();
    let owners = users.iter().flat_map(|user| user.accounts.iter().map(|_| json!({ OWNER: user.user.email })));
    let [rows, accounts, owners] =
        [rows, accounts, owners.collect()].map(|list: Vec<Value>| Value::Array(list).to_string());
    let params: [Param<'_>; 5] =
        [rows.as_str().into(), accounts.as_str().into(), now.into(), (&names).into(), owners.as_str().into()];
    let answer = db.rows(Repeat::Safe, if keep_ids { WITH_IDS } else { WITHOUT_IDS }, &params).await?;
    let mut outcomes = std::collections::HashMap::with_capacity(answer.len());
    for row in &answer {
        let outcome = match (column::flag(row, 1)?, column::flag(row, 2)?) {
            (Some(true), _) => Outcome::Written,
            (_, Some(true)) => Outcome::Known,
            _ => Outcome::Taken,
        };
        outcomes.insert(column::filled_text(row, 0)?, outcome);
    }
    Ok(users.iter().map(|user| outcomes.get(&user.user.email).copied().unwrap_or(Outcome::Taken)).collect())
}

/// Returns which of these addresses users have.
///
/// # Errors
/// The failure of the database.
pub async fn known(db: &Db, emails: &[String]) -> Result<Vec<String>, StoreError> {
    let sql = "select u.{user.email}::text from {user} u where u.{user.email} = any($1)";
    let rows = db.rows(Repeat::Safe, sql, &[emails.into()]).await?;
    rows.iter().map(|row| column::filled_text(row, 0)).collect()
}

/// Returns a user's row by the names of the table's columns.
fn row(db: &Db, imported: &ImportedUser, keep_ids: bool) -> Map<String, Value> {
    let user = &imported.user;
    let time = |at: Option<jiff::Timestamp>| at.map(instant);
    let own = [
        ("id", json!(user.id)),
        ("name", json!(user.name)),
        ("email", json!(user.email)),
        ("emailVerified", json!(user.email_verified)),
        ("image", json!(user.image)),
        ("createdAt", json!(time(user.created_at))),
        ("updatedAt", json!(time(user.updated_at))),
    ];
    let own = own.into_iter().map(|(field, value)| (field.to_owned(), value));
    let all = own.chain(imported.additional.clone());
    // An identifier that is not used may not even have the column's type.
    let has_id = keep_ids || db.schema.makes_ids();
    all.filter(|(field, _)| has_id || field != "id")
        .filter_map(|(field, value)| Some((db.schema.column("user", &field)?.to_owned(), value)))
        .collect()
}

/// Returns the rows of a user's accounts by the names of the table's columns, without what is the same for all. The account with
/// the password has no identifier: it gets the user's.
fn accounts(db: &Db, imported: &ImportedUser) -> impl Iterator<Item = Value> {
    imported.accounts.iter().map(|account| {
        let provider = account.provider.as_ref();
        let row = [
            ("id", json!(account.id)),
            ("providerId", json!(provider.map_or("credential", |(provider, _)| provider))),
            ("accountId", json!(provider.map(|(_, account)| account))),
            ("password", json!(account.hash)),
        ];
        let named = row.into_iter().filter(|(field, _)| *field != "id" || db.schema.makes_ids());
        named.filter_map(|(field, value)| Some((db.schema.column("account", field)?.to_owned(), value))).collect()
    })
}

/// The member with the address of the user to whom an account belongs, and the column of the statement with it.
const OWNER: &str = "gatepost owner";

/// Reads the rows as rows of their tables, so that each value is read by its column's type.
const GIVEN: &str = "with given as materialized (select g.* from jsonb_populate_recordset(null::{user}, $1::jsonb) g),
    ways as materialized (select w.*, w.{account.providerId}::text as gatepost_provider from rows from (jsonb_populate_recordset(null::{account}, $2::jsonb),
        jsonb_to_recordset($5::jsonb) as (\"gatepost owner\" text)) w),
    known as materialized (select u.{user.email} as email from {user} u join given g on g.{user.email} = u.{user.email}),
    taken as materialized (select w.\"gatepost owner\" as email from ways w join {account} a
        on a.{account.providerId} = w.{account.providerId} and a.{account.accountId} = w.{account.accountId}),
    new_user as (insert into {user} (";
/// Inserts nothing for a user who is known, whose account another user has, or who violates a constraint.
const SELECTED: &str =
    "{user.name}, {user.email}, {user.emailVerified}, {user.image}, {user.createdAt}, {user.updatedAt}{user.names $4}
    from given g where not exists (select 1 from known k where k.email = g.{user.email})
        and not exists (select 1 from taken t where t.email = g.{user.email}::text) on conflict do nothing returning *),
    new_account as (insert into {account} ({account.new}{account.accountId}, {account.providerId}, {account.userId},
            {account.password}, {account.createdAt}, {account.updatedAt}{leftover}{account.names})
        select {new w.id}coalesce(w.{account.accountId}::text, u.{user.id}::text), w.{account.providerId}, u.{user.id},
            w.{account.password}, $3, $3";
const ANSWERED: &str = "{account.values} from new_user u join ways w on w.\"gatepost owner\" = u.{user.email}::text){change user.created new_user* user.id - -}
    select g.{user.email}::text, exists (select 1 from new_user n where n.{user.email} = g.{user.email}),
        exists (select 1 from known k where k.email = g.{user.email}) from given g";
/// The value of the column that an old version left over.
const LEFTOVER: &str = "{leftover case gatepost_provider when 'credential' then 'local:credential' else 'local:oauth:' || gatepost_provider end}";
/// The columns that a user's row has in any case.
const COLUMNS: &str = "{user.name}, {user.email}, {user.emailVerified}, {user.image}, {user.createdAt}, {user.updatedAt}{user.names $4}) select ";

const WITHOUT_IDS: &str =
    const_format::concatcp!(GIVEN, "{user.new}", COLUMNS, "{user.new}", SELECTED, LEFTOVER, ANSWERED);
const WITH_IDS: &str = const_format::concatcp!(GIVEN, "\"id\", ", COLUMNS, "\"id\", ", SELECTED, LEFTOVER, ANSWERED);
