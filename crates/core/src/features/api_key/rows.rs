//! The rows of `apikey`. A key belongs to a user or to an organization, as its configuration says. Both may have the same identifier where
//! the database counts identifiers, so a statement about the keys of one owner also names the configurations.

pub mod unproven_keys;
pub mod uses;

use jiff::Timestamp;
use tokio_postgres::Row;

use super::declaration::DEFAULT;
use crate::{
    rules::search::Search,
    store::{Db, Param, RequestProof, StoreError, column, pool::Repeat},
};

/// The columns of a key with the alias `k`, in the order in which [`from_row`] reads them.
const KEY_COLUMNS: &str = "k.{apikey.id}::text, k.{apikey.configId}::text, k.{apikey.name}::text, k.{apikey.start}::text,
    k.{apikey.referenceId}::text, k.{apikey.prefix}::text, k.{apikey.refillInterval}::bigint, k.{apikey.refillAmount}::bigint,
    k.{apikey.lastRefillAt}, k.{apikey.enabled}, k.{apikey.rateLimitEnabled}, k.{apikey.rateLimitTimeWindow}::bigint,
    k.{apikey.rateLimitMax}::bigint, k.{apikey.requestCount}::bigint, k.{apikey.remaining}::bigint, k.{apikey.lastRequest},
    k.{apikey.expiresAt}, k.{apikey.createdAt}, k.{apikey.updatedAt}, k.{apikey.permissions}::text, k.{apikey.metadata}::text";
/// The number of [`KEY_COLUMNS`].
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

impl StoredKey {
    /// Returns the configuration. Rows older than the column have the configuration `default`.
    pub fn config(&self) -> &str {
        self.config_id.as_deref().filter(|id| !id.is_empty()).unwrap_or(DEFAULT)
    }
}

/// The owner of a key, for a statement that writes.
#[derive(Clone, Copy)]
pub enum Holder<'a> {
    /// The user with this identifier.
    User(&'a str),
    /// The organization with this identifier.
    Organization {
        /// The identifier.
        id: &'a str,
        /// The member who acts, as the request found the member; `None` for the operator.
        member: Option<Member<'a>>,
    },
}

/// A member of an organization who acts on its keys.
#[derive(Clone, Copy)]
pub struct Member<'a> {
    /// The identifier of the user.
    pub user: &'a str,
    /// The roles, as the row of the member has them.
    pub role: &'a str,
}

impl<'a> Holder<'a> {
    /// Returns the identifier.
    fn id(self) -> &'a str {
        match self {
            Self::User(id) | Self::Organization { id, .. } => id,
        }
    }

    /// Returns the values of [`HOLDS`], the first ones of a statement, where `$1` is the user who owns the key.
    fn params(self) -> [Param<'a>; 4] {
        match self {
            Self::User(id) => [id.into(), Param::Null, Param::Null, Param::Null],
            Self::Organization { id, member } => {
                let member = member.map(|member| (member.user, member.role));
                [Param::Null, id.into(), member.map(|(user, _)| user).into(), member.map(|(_, role)| role).into()]
            }
        }
    }
}

/// A condition that is appended to others: the user in `$3` still has the roles in `$4` in the organization in `$2`. It holds if `$3` is
/// NULL.
const HOLDS: &str =
    "{?member} and ($3::text is null or exists (select 1 from {member} a where a.{member.organizationId} = $2
            and a.{member.userId} = $3 and a.{member.role}::text = $4)){/member}";

/// A condition: the configuration of the key `k` is among those in `$24`, whose keys belong to organizations.
const BELONGS: &str = "coalesce(nullif(k.{apikey.configId}::text, ''), 'default') = any($24::text[])";
/// A condition: the configuration of the key `k` is among those in `$2`, whose keys belong to organizations.
const OF_ORGANIZATIONS: &str = "coalesce(nullif(k.{apikey.configId}::text, ''), 'default') = any($2::text[])";

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

/// Stores a new key, and removes up to a thousand expired ones. `stored` is the key as the table has it. Keys of the configurations
/// `of_organizations` belong to organizations. Returns `None` if `ground` no longer holds or the member no longer has the same roles.
///
/// # Errors
/// The failure of the database.
pub async fn insert(
    db: &Db,
    (new, stored): (&StoredKey, &str),
    holder: Holder<'_>,
    ground: Option<&RequestProof<'_>>,
    (now, of_organizations): (Timestamp, &[String]),
) -> Result<Option<StoredKey>, StoreError> {
    const SQL: &str = const_format::concatcp!(
        "with expired as (delete from {apikey} k where k.{apikey.id} in (select {apikey.id} from {apikey}
                where {time apikey.expiresAt} < $21 limit 1000 for update skip locked){?change}
            returning k.{apikey.id}, case when not ",
        BELONGS,
        " then k.{apikey.referenceId}::text end as owner_user, case when ",
        BELONGS,
        " then k.{apikey.referenceId}::text end as owner_organization{/change}){?change}, changed as ({/change}
        insert into {apikey} as k ({apikey.new}{apikey.configId}, {apikey.name}, {apikey.start}, {apikey.referenceId},
            {apikey.prefix}, {apikey.key}, {apikey.refillInterval}, {apikey.refillAmount}, {apikey.enabled},
            {apikey.rateLimitEnabled}, {apikey.rateLimitTimeWindow}, {apikey.rateLimitMax}, {apikey.requestCount},
            {apikey.remaining}, {apikey.expiresAt}, {apikey.createdAt}, {apikey.updatedAt}, {apikey.permissions},
            {apikey.metadata})
        select {new $5}$6, $7, $8, $9, $10, $11, $12, $13, 'true', $14, $15, $16, '0', $17, $18, $19, $19, $20, $22
            where {holds $9 $23}",
        HOLDS,
        " returning ",
        KEY_COLUMNS,
        "{?change}){change api_key.ended expired+ @owner_user id @owner_organization}{change api_key.created changed $1 id $2}
            select * from changed{/change}"
    );
    let Some([token, _]) = RequestProof::params_of(ground, db).await? else { return Ok(None) };
    let values: [Param<'_>; 20] = [
        (&new.id).into(),
        (&new.config_id).into(),
        (&new.name).into(),
        (&new.start).into(),
        holder.id().into(),
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
        of_organizations.into(),
    ];
    let params = [&holder.params()[..], &values].concat();
    db.row(Repeat::Never, SQL, &params).await?.map(|row| from_row(&row, 0)).transpose()
}

/// Returns the key with this identifier.
///
/// # Errors
/// [`StoreError::Refused`] if the text cannot be an identifier.
pub async fn by_id(db: &Db, id: &str) -> Result<Option<StoredKey>, StoreError> {
    const SQL: &str = const_format::concatcp!("select ", KEY_COLUMNS, " from {apikey} k where k.{apikey.id} = $1");
    db.row(Repeat::Safe, SQL, &[id.into()]).await?.map(|row| from_row(&row, 0)).transpose()
}

/// Returns the keys of an owner, oldest first; at most ten thousand. Keys of the configurations `of_organizations` are those of
/// organizations, and all others those of users.
///
/// # Errors
/// The failure of the database.
pub async fn of_owner(db: &Db, owner: Holder<'_>, of_organizations: &[String]) -> Result<Vec<StoredKey>, StoreError> {
    const SQL: &str = const_format::concatcp!(
        "select ",
        KEY_COLUMNS,
        " from {apikey} k where k.{apikey.referenceId} = $1 and (",
        OF_ORGANIZATIONS,
        ") = $3 order by {time k.apikey.createdAt}, k.{apikey.id} limit 10000"
    );
    let is_organization = matches!(owner, Holder::Organization { .. });
    let params: [Param<'_>; 3] = [owner.id().into(), of_organizations.into(), is_organization.into()];
    db.list(SQL, &params).await?.iter().map(|row| from_row(row, 0)).collect()
}

/// A page of keys.
pub struct Page {
    /// The number of all keys that match.
    pub total: i64,
    /// The keys of the page.
    pub keys: Vec<StoredKey>,
}

/// The configurations whose keys a list has.
pub struct ListedConfigurations<'a> {
    /// One configuration, if the request names one.
    pub config: Option<&'a str>,
    /// The configurations whose keys belong to organizations.
    pub of_organizations: &'a [String],
    /// Whether the list has keys of an organization; otherwise it has those of a user.
    pub is_of_organization: bool,
}

/// Returns the keys that a search finds, of these configurations.
///
/// # Errors
/// The failure of the database.
pub async fn page(db: &Db, search: &Search, listed: &ListedConfigurations<'_>) -> Result<Page, StoreError> {
    const OF_CONFIGURATION: &str =
        " and ($4::text is null or coalesce(nullif(u.{apikey.configId}::text, ''), 'default') = $4::text)
            and (coalesce(nullif(u.{apikey.configId}::text, ''), 'default') = any($5::text[])) = $6";
    const SQL: &str = const_format::concatcp!(
        "select (select count(*) from {apikey} u{apikey.where $1}",
        OF_CONFIGURATION,
        "), k.{apikey.id} is not null, ",
        KEY_COLUMNS,
        " from (values (1)) one left join lateral (select * from {apikey} u{apikey.where $1}",
        OF_CONFIGURATION,
        "{apikey.order $1} limit $2 offset $3) u on true left join lateral (select u.*) k on true{apikey.order $1}"
    );
    let params: [Param<'_>; 6] = [
        search.into(),
        search.limit.into(),
        search.offset.into(),
        listed.config.into(),
        listed.of_organizations.into(),
        listed.is_of_organization.into(),
    ];
    let rows = db.list(SQL, &params).await?;
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

/// Changes the key of an owner and returns it; `None` if there is no such key, `ground` no longer holds, or the member no longer has
/// the same roles.
///
/// # Errors
/// The failure of the database.
pub async fn update(
    db: &Db,
    id: &str,
    holder: Holder<'_>,
    change: &Change,
    ground: Option<&RequestProof<'_>>,
) -> Result<Option<StoredKey>, StoreError> {
    const SQL: &str = const_format::concatcp!(
        "{?change}with changed as ({/change}update {apikey} k set {apikey.name} = coalesce($7, k.{apikey.name}),
            {apikey.enabled} = case when $8 then $9 else k.{apikey.enabled} end,
            {apikey.expiresAt} = case when $10 then $11 else k.{apikey.expiresAt} end,
            {apikey.metadata} = coalesce($12, k.{apikey.metadata})
        where k.{apikey.id} = $5 and k.{apikey.referenceId} = $6 and {holds $6 $13}",
        HOLDS,
        " returning ",
        KEY_COLUMNS,
        "{?change}){change api_key.changed changed $1 $5 $2} select * from changed{/change}"
    );
    let Some([token, _]) = RequestProof::params_of(ground, db).await? else { return Ok(None) };
    let values: [Param<'_>; 9] = [
        id.into(),
        holder.id().into(),
        (&change.name).into(),
        change.enabled.is_some().into(),
        change.enabled.into(),
        change.expires_at.is_some().into(),
        change.expires_at.flatten().into(),
        (&change.metadata).into(),
        token,
    ];
    let params = [&holder.params()[..], &values].concat();
    db.row(Repeat::Safe, SQL, &params).await?.map(|row| from_row(&row, 0)).transpose()
}

/// Removes a key of an owner and a configuration. Returns `false` if there is none, `ground` no longer holds, or the member no longer has
/// the same roles.
///
/// # Errors
/// [`StoreError::Refused`] if the text cannot be an identifier.
pub async fn delete_of(
    db: &Db,
    id: &str,
    holder: Holder<'_>,
    config: &str,
    ground: &RequestProof<'_>,
) -> Result<bool, StoreError> {
    const SQL: &str = const_format::concatcp!(
        "{?change}with changed as ({/change}delete from {apikey} k where k.{apikey.id} = $5 and k.{apikey.referenceId} = $6
        and coalesce(nullif(k.{apikey.configId}::text, ''), 'default') = $7 and {holds $6 $8}",
        HOLDS,
        " returning 1{?change}){change api_key.deleted changed $1 $5 $2} select * from changed{/change}"
    );
    let Some([token, _]) = ground.params(db).await? else { return Ok(false) };
    let params = [&holder.params()[..], &[id.into(), holder.id().into(), config.into(), token]].concat();
    Ok(db.row(Repeat::Never, SQL, &params).await?.is_some())
}

/// Removes a key of an owner, for the operator. Returns `false` if there is none.
///
/// # Errors
/// The failure of the database.
pub async fn delete(db: &Db, id: &str, holder: Holder<'_>) -> Result<bool, StoreError> {
    let sql = "{?change}with changed as ({/change}delete from {apikey} k where k.{apikey.id} = $5 and k.{apikey.referenceId} = $6 returning 1{?change}){change api_key.deleted changed $1 $5 $2} select 1 from changed{/change}";
    let params = [&holder.params()[..], &[id.into(), holder.id().into()]].concat();
    Ok(db.row(Repeat::Never, sql, &params).await?.is_some())
}
