//! The rows of `apikey`. One statement verifies a key: it locks the row, decides, and counts the use or removes a key that is over. So
//! the counts hold for concurrent uses and over all instances.

use jiff::Timestamp;
use tokio_postgres::Row;

use crate::{
    model::User,
    rules::search::Search,
    store::{Db, Ground, Param, StoreError, column, pool::Repeat, stored::Stored, user},
};

/// The columns of a key with the alias `k`, in the order in which [`from_row`] reads them.
const COLUMNS: &str = "k.{apikey.id}::text, k.{apikey.configId}::text, k.{apikey.name}::text, k.{apikey.start}::text,
    k.{apikey.referenceId}::text, k.{apikey.prefix}::text, k.{apikey.refillInterval}::bigint, k.{apikey.refillAmount}::bigint,
    k.{apikey.lastRefillAt}, k.{apikey.enabled}, k.{apikey.rateLimitEnabled}, k.{apikey.rateLimitTimeWindow}::bigint,
    k.{apikey.rateLimitMax}::bigint, k.{apikey.requestCount}::bigint, k.{apikey.remaining}::bigint, k.{apikey.lastRequest},
    k.{apikey.expiresAt}, k.{apikey.createdAt}, k.{apikey.updatedAt}, k.{apikey.permissions}::text, k.{apikey.metadata}::text";
/// The number of [`COLUMNS`].
const WIDTH: usize = 21;

/// A key as it is stored, without the key itself. It has no `Debug`, so that metadata cannot get into a log.
#[derive(Clone)]
pub struct StoredKey {
    /// The row's identifier.
    pub id: String,
    /// The identifier of the configuration; `None` in rows older than the column.
    pub config_id: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The first characters of the key.
    pub start: Option<String>,
    /// The identifier of the owner.
    pub reference_id: String,
    /// The prefix.
    pub prefix: Option<String>,
    /// Milliseconds between two refills.
    pub refill_interval: Option<i64>,
    /// The uses that a refill gives.
    pub refill_amount: Option<i64>,
    /// The time of the last refill.
    pub last_refill_at: Option<Timestamp>,
    /// Whether the key is enabled. A row without a value is.
    pub enabled: Option<bool>,
    /// Whether the key's uses are limited. A row without a value has a limit.
    pub rate_limit_enabled: Option<bool>,
    /// The window of the limit, in milliseconds.
    pub rate_limit_time_window: Option<i64>,
    /// The uses in a window.
    pub rate_limit_max: Option<i64>,
    /// The uses in the current window.
    pub request_count: Option<i64>,
    /// The uses that remain; without a value, any number.
    pub remaining: Option<i64>,
    /// The time of the last use.
    pub last_request: Option<Timestamp>,
    /// The expiry; without a value, the key does not expire.
    pub expires_at: Option<Timestamp>,
    /// The time when the key was created.
    pub created_at: Option<Timestamp>,
    /// The time of the last use, or of the creation.
    pub updated_at: Option<Timestamp>,
    /// The permissions, as JSON.
    pub permissions: Option<String>,
    /// The metadata, as JSON.
    pub metadata: Option<String>,
}

fn from_row(row: &Row, at: usize) -> Result<StoredKey, StoreError> {
    let number = |place: usize| Ok::<Option<i64>, StoreError>(row.try_get(at + place)?);
    Ok(StoredKey {
        id: column::filled_text(row, at)?,
        config_id: column::text(row, at + 1)?,
        name: column::text(row, at + 2)?,
        start: column::text(row, at + 3)?,
        reference_id: column::filled_text(row, at + 4)?,
        prefix: column::text(row, at + 5)?,
        refill_interval: number(6)?,
        refill_amount: number(7)?,
        last_refill_at: column::instant(row, at + 8)?,
        enabled: column::flag(row, at + 9)?,
        rate_limit_enabled: column::flag(row, at + 10)?,
        rate_limit_time_window: number(11)?,
        rate_limit_max: number(12)?,
        request_count: number(13)?,
        remaining: number(14)?,
        last_request: column::instant(row, at + 15)?,
        expires_at: column::instant(row, at + 16)?,
        created_at: column::instant(row, at + 17)?,
        updated_at: column::instant(row, at + 18)?,
        permissions: column::text(row, at + 19)?,
        metadata: column::text(row, at + 20)?,
    })
}

/// Stores a new key, and removes up to a thousand expired ones. `stored` is the key as the table has it. Returns `None` if `ground` does
/// not hold any more.
///
/// # Errors
/// The failure of the database.
pub async fn insert(
    db: &Db,
    new: &StoredKey,
    stored: &str,
    ground: Option<&Ground<'_>>,
    now: Timestamp,
) -> Result<Option<StoredKey>, StoreError> {
    const SQL: &str = const_format::concatcp!(
        "with expired as (delete from {apikey} where {apikey.id} in (select {apikey.id} from {apikey}
                where {time apikey.expiresAt} < $17 limit 1000 for update skip locked)){?change}, changed as ({/change}
        insert into {apikey} as k ({apikey.new}{apikey.configId}, {apikey.name}, {apikey.start}, {apikey.referenceId},
            {apikey.prefix}, {apikey.key}, {apikey.refillInterval}, {apikey.refillAmount}, {apikey.enabled},
            {apikey.rateLimitEnabled}, {apikey.rateLimitTimeWindow}, {apikey.rateLimitMax}, {apikey.requestCount},
            {apikey.remaining}, {apikey.expiresAt}, {apikey.createdAt}, {apikey.updatedAt}, {apikey.permissions},
            {apikey.metadata})
        select {new $1}$2, $3, $4, $5, $6, $7, $8, $9, 'true', $10, $11, $12, '0', $13, $14, $15, $15, $16, $18
            where {holds $5 $19} returning ",
        COLUMNS,
        "{?change}){change api_key.created changed $5 id -} select * from changed{/change}"
    );
    let Some([token, _]) = Ground::params_of(ground, db).await? else { return Ok(None) };
    let params: [Param<'_>; 19] = [
        (&new.id).into(),
        (&new.config_id).into(),
        (&new.name).into(),
        (&new.start).into(),
        (&new.reference_id).into(),
        (&new.prefix).into(),
        stored.into(),
        new.refill_interval.into(),
        new.refill_amount.into(),
        new.rate_limit_enabled.into(),
        new.rate_limit_time_window.into(),
        new.rate_limit_max.into(),
        new.remaining.into(),
        new.expires_at.into(),
        now.into(),
        (&new.permissions).into(),
        now.into(),
        (&new.metadata).into(),
        token,
    ];
    db.row(Repeat::Never, SQL, &params).await?.map(|row| from_row(&row, 0)).transpose()
}

/// Returns the key with this identifier.
///
/// # Errors
/// [`StoreError::Refused`] if the text cannot be an identifier.
pub async fn by_id(db: &Db, id: &str) -> Result<Option<StoredKey>, StoreError> {
    const SQL: &str = const_format::concatcp!("select ", COLUMNS, " from {apikey} k where k.{apikey.id} = $1");
    db.row(Repeat::Safe, SQL, &[id.into()]).await?.map(|row| from_row(&row, 0)).transpose()
}

/// Returns the keys of an owner, oldest first; at most ten thousand.
///
/// # Errors
/// The failure of the database.
pub async fn of_owner(db: &Db, owner: &str) -> Result<Vec<StoredKey>, StoreError> {
    const SQL: &str = const_format::concatcp!(
        "select ",
        COLUMNS,
        " from {apikey} k where k.{apikey.referenceId} = $1 order by {time k.apikey.createdAt}, k.{apikey.id} limit 10000"
    );
    db.rows(Repeat::Safe, SQL, &[owner.into()]).await?.iter().map(|row| from_row(row, 0)).collect()
}

/// A page of keys.
pub struct Page {
    /// The number of all keys that match.
    pub total: i64,
    /// The keys of the page.
    pub keys: Vec<StoredKey>,
}

/// Returns the keys that a search finds, of one configuration if it is given.
///
/// # Errors
/// The failure of the database.
pub async fn page(db: &Db, search: &Search, config: Option<&str>) -> Result<Page, StoreError> {
    const OF_CONFIGURATION: &str =
        " and ($4::text is null or coalesce(nullif(u.{apikey.configId}::text, ''), 'default') = $4::text)";
    const SQL: &str = const_format::concatcp!(
        "select (select count(*) from {apikey} u{apikey.where $1}",
        OF_CONFIGURATION,
        "), k.{apikey.id} is not null, ",
        COLUMNS,
        " from (values (1)) one left join lateral (select * from {apikey} u{apikey.where $1}",
        OF_CONFIGURATION,
        "{apikey.order $1} limit $2 offset $3) u on true left join lateral (select u.*) k on true{apikey.order $1}"
    );
    let params: [Param<'_>; 4] = [search.into(), search.limit.into(), search.offset.into(), config.into()];
    let rows = db.rows(Repeat::Safe, SQL, &params).await?;
    let mut page = Page { total: 0, keys: Vec::new() };
    for row in &rows {
        page.total = row.try_get(0)?;
        if column::flag(row, 1)? == Some(true) {
            page.keys.push(from_row(row, 2)?);
        }
    }
    Ok(page)
}

/// Changes of a key. Fields without a value stay.
#[derive(Default)]
pub struct Change {
    /// The name.
    pub name: Option<String>,
    /// Whether the key is enabled.
    pub enabled: Option<bool>,
    /// The expiry.
    pub expires_at: Option<Option<Timestamp>>,
    /// The metadata, as JSON.
    pub metadata: Option<String>,
}

/// Changes the key of an owner and returns it; `None` if there is no such key, or `ground` does not hold, any more.
///
/// # Errors
/// The failure of the database.
pub async fn update(
    db: &Db,
    (id, owner): (&str, &str),
    change: &Change,
    ground: Option<&Ground<'_>>,
) -> Result<Option<StoredKey>, StoreError> {
    const SQL: &str = const_format::concatcp!(
        "{?change}with changed as ({/change}update {apikey} k set {apikey.name} = coalesce($3, k.{apikey.name}),
            {apikey.enabled} = case when $4 then $5 else k.{apikey.enabled} end,
            {apikey.expiresAt} = case when $6 then $7 else k.{apikey.expiresAt} end,
            {apikey.metadata} = coalesce($8, k.{apikey.metadata})
        where k.{apikey.id} = $1 and k.{apikey.referenceId} = $2 and {holds $2 $9} returning ",
        COLUMNS,
        "{?change}){change api_key.changed changed $2 $1 -} select * from changed{/change}"
    );
    let Some([token, _]) = Ground::params_of(ground, db).await? else { return Ok(None) };
    let params: [Param<'_>; 9] = [
        id.into(),
        owner.into(),
        (&change.name).into(),
        change.enabled.is_some().into(),
        change.enabled.into(),
        change.expires_at.is_some().into(),
        change.expires_at.flatten().into(),
        (&change.metadata).into(),
        token,
    ];
    db.row(Repeat::Safe, SQL, &params).await?.map(|row| from_row(&row, 0)).transpose()
}

/// Removes a key of an owner and a configuration. Returns `false` if there is none, or `ground` does not hold any more.
///
/// # Errors
/// [`StoreError::Refused`] if the text cannot be an identifier.
pub async fn delete_of(db: &Db, id: &str, owner: &str, config: &str, ground: &Ground<'_>) -> Result<bool, StoreError> {
    let sql = "{?change}with changed as ({/change}delete from {apikey} k where k.{apikey.id} = $1 and k.{apikey.referenceId} = $2
        and coalesce(nullif(k.{apikey.configId}::text, ''), 'default') = $3 and {holds $2 $4} returning 1{?change}){change api_key.deleted changed $2 $1 -} select * from changed{/change}";
    let Some([token, _]) = ground.params(db).await? else { return Ok(false) };
    Ok(db.row(Repeat::Never, sql, &[id.into(), owner.into(), config.into(), token]).await?.is_some())
}

/// Removes all keys of an owner.
///
/// # Errors
/// The failure of the database.
pub async fn delete_all(db: &Db, owner: &str) -> Result<(), StoreError> {
    let sql = "{?change}with changed as ({/change}delete from {apikey} k where k.{apikey.referenceId} = $1{?change} returning 1){change api_key.deleted changed $1 - -} select 1 from changed{/change}";
    db.rows(Repeat::Safe, sql, &[owner.into()]).await.map(|_| ())
}

/// Removes a key, for the operator. Returns `false` if there is none.
///
/// # Errors
/// The failure of the database.
pub async fn delete(db: &Db, id: &str) -> Result<bool, StoreError> {
    let sql = "{?change}with changed as ({/change}delete from {apikey} k where k.{apikey.id} = $1 returning 1{?change}, k.{apikey.referenceId}){change api_key.deleted changed apikey.referenceId $1 -} select 1 from changed{/change}";
    Ok(db.row(Repeat::Never, sql, &[id.into()]).await?.is_some())
}

/// The use of a key that a request asks for.
pub struct Use<'a> {
    /// The key as the table has it: hashed, or plain.
    pub stored: &'a str,
    /// The configuration that the key must have, if one is named.
    pub config: Option<&'a str>,
    /// The permissions that are asked for, as a JSON object of lists.
    pub permissions: Option<&'a str>,
    /// The identifiers of all configurations. A key of another one has the configuration `default`.
    pub configurations: &'a [String],
    /// The configurations whose keys have no rate limit.
    pub unlimited: &'a [String],
    /// The time of the use.
    pub now: Timestamp,
}

/// The reason for the refusal of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No key has this value, or it has another configuration.
    Unknown,
    /// It is disabled.
    Disabled,
    /// It has expired. Its row is removed.
    Expired,
    /// It does not have the permissions that are asked for.
    NotPermitted,
    /// No use remains. The row of a key without refills is removed.
    Exhausted,
    /// It has reached its rate limit. Another use is possible after so many milliseconds.
    RateLimited(i64),
}

/// Verifies a key, counts the use, and returns the key with its owner, who may not exist any more. It sends one statement.
///
/// The statement first locks the row, so each of several uses at once decides on what the one before has left. A use that is refused
/// changes nothing but the rows of keys that are over.
///
/// # Errors
/// The failure of the database.
pub async fn verify(db: &Db, asked: &Use<'_>) -> Result<Result<(StoredKey, Option<User>), Refusal>, StoreError> {
    let milliseconds = asked.now.as_millisecond();
    let params: [Param<'_>; 7] = [
        asked.stored.into(),
        milliseconds.into(),
        asked.config.into(),
        asked.permissions.into(),
        asked.configurations.into(),
        asked.unlimited.into(),
        asked.now.into(),
    ];
    let row = db.stored_row(Repeat::Never, &USE, &params).await?;
    let Some(row) = row else { return Ok(Err(Refusal::Unknown)) };
    let verdict = column::filled_text(&row, 0)?;
    Ok(match verdict.as_str() {
        "valid" => {
            let has_owner = column::flag(&row, 2)? == Some(true);
            let owner = if has_owner { Some(user::from_row(&db.schema, &row, 3 + WIDTH)?) } else { None };
            Ok((from_row(&row, 3)?, owner))
        }
        "disabled" => Err(Refusal::Disabled),
        "expired" => Err(Refusal::Expired),
        "not permitted" => Err(Refusal::NotPermitted),
        "spent" | "exhausted" => Err(Refusal::Exhausted),
        "limited" => Err(Refusal::RateLimited(row.try_get::<_, Option<i64>>(1)?.unwrap_or_default())),
        _ => Err(Refusal::Unknown),
    })
}

/// Verifies a key and counts the use.
pub static USE: Stored = Stored::writing("apikey", VERIFY);
/// The texts of a column that mean no.
const NO: &str = "in ('f', 'false', 'n', 'no', 'off', '0'), false)";

/// Verifies a key. Times are compared in milliseconds since 1970, so that columns of any type can be calculated with. The owner is looked
/// up by a value of the type that the identifiers of users have, so that their index is used.
const VERIFY: &str = const_format::concatcp!(
    "with found as (select k.{apikey.id} as id, k.{apikey.referenceId}::text as owner,
            coalesce(nullif(k.{apikey.configId}::text, ''), 'default') as config,
            coalesce(lower(trim(k.{apikey.enabled}::text)) ",
    NO,
    " as disabled,
            coalesce(lower(trim(k.{apikey.rateLimitEnabled}::text)) ",
    NO,
    " as unlimited,
            k.{apikey.remaining}::bigint as remaining, k.{apikey.refillAmount}::bigint as amount,
            k.{apikey.refillInterval}::bigint as span, k.{apikey.rateLimitTimeWindow}::bigint as frame,
            k.{apikey.rateLimitMax}::bigint as most, coalesce(k.{apikey.requestCount}::bigint, 0) as uses,
            (extract(epoch from {time k.apikey.expiresAt}) * 1000)::bigint as until,
            (extract(epoch from coalesce({time k.apikey.lastRefillAt}, {time k.apikey.createdAt})) * 1000)::bigint as filled,
            (extract(epoch from {time k.apikey.lastRequest}) * 1000)::bigint as last, k.{apikey.permissions}::text as permitted
        from {apikey} k where k.{apikey.key} = $1 order by k.{apikey.id} limit 1 for update),
    facts as (select f.*, coalesce($2::bigint - filled > span and span <> 0 and amount <> 0, false) as due,
            unlimited or case when config = any($5::text[]) then config else 'default' end = any($6::text[]) as free,
            frame is not null and most is not null as framed, last is null or $2::bigint - last > frame as anew from found f),
    judged as (select f.*, case
            when $3::text is not null and config <> $3::text then 'unknown'
            when disabled then 'disabled'
            when until < $2::bigint then 'expired'
            when $4::text is not null and not coalesce(permitted::jsonb @> $4::text::jsonb, false) then 'not permitted'
            when remaining = 0 and amount is null then 'spent'
            when remaining <= 0 and not due then 'exhausted'
            when framed and not free and not anew and uses >= most then 'limited'
            else 'valid' end as verdict from facts f),
    used as (update {apikey} k set
            {apikey.remaining} = case when j.remaining is null then null when j.due then j.amount - 1 else j.remaining - 1 end,
            {apikey.lastRefillAt} = case when j.remaining is not null and j.due then $7 else k.{apikey.lastRefillAt} end,
            {apikey.requestCount} = case when j.free or not j.framed then k.{apikey.requestCount} when j.anew then 1
                else j.uses + 1 end,
            {apikey.lastRequest} = case when j.free or j.framed then $7 else k.{apikey.lastRequest} end,
            {apikey.updatedAt} = $7
        from judged j where k.{apikey.id} = j.id and j.verdict = 'valid' returning ",
    COLUMNS,
    "),
    over as (delete from {apikey} k using judged j where k.{apikey.id} = j.id and j.verdict in ('expired', 'spent'))
    select j.verdict, least(j.frame, j.frame - ($2::bigint - j.last)), u.{user.id} is not null, used.*, {user.*} from judged j
        left join used on true
        left join {user} u on u.{user.id} = (jsonb_populate_record(null::{user}, jsonb_build_object('id', j.owner))).id"
);
