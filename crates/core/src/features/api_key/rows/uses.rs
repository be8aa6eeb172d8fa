//! The use of a key. One statement verifies it: it locks the row, decides, and counts the use or removes a key that is over. So the counts
//! hold for concurrent uses and over all instances.

use jiff::Timestamp;

use super::{KEY_COLUMNS, StoredKey, WIDTH, from_row};
use crate::{
    api_keys::KeyOwner,
    store::{Db, Param, StoreError, column, pool::Repeat, stored::StoredStatement, user},
};

/// The use of a key that a request asks for.
pub struct Use<'a> {
    /// The key as the table has it: hashed, or plain.
    pub stored: &'a str,
    /// The configuration that the key must have, if one is named.
    pub config: Option<&'a str>,
    /// The permissions that are asked for, as a JSON object of lists.
    pub permissions: Option<&'a str>,
    /// The identifiers of all configurations. A key of another one is unknown, because its owner could be a user or an organization.
    pub configurations: &'a [String],
    /// The configurations whose keys belong to organizations.
    pub of_organizations: &'a [String],
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
pub async fn verify(db: &Db, asked: &Use<'_>) -> Result<Result<(StoredKey, Option<KeyOwner>), Refusal>, StoreError> {
    let milliseconds = asked.now.as_millisecond();
    let params: [Param<'_>; 8] = [
        asked.stored.into(),
        milliseconds.into(),
        asked.config.into(),
        asked.permissions.into(),
        asked.configurations.into(),
        asked.unlimited.into(),
        asked.now.into(),
        asked.of_organizations.into(),
    ];
    let has_written = db.notes.has_written_events();
    let row = db.stored_row(Repeat::Never, &USE, &params).await?;
    let verdict = row.as_ref().map(|row| column::filled_text(row, 0)).transpose()?;
    if !matches!(verdict.as_deref(), Some("expired" | "spent")) {
        db.notes.wrote_nothing(has_written);
    }
    let (Some(row), Some(verdict)) = (row, verdict) else { return Ok(Err(Refusal::Unknown)) };
    Ok(match verdict.as_str() {
        "valid" => {
            let key = from_row(&row, 3)?;
            let has_owner = column::flag(&row, 2)? == Some(true);
            let owner = match asked.of_organizations.iter().any(|id| id == key.config()) {
                _ if !has_owner => None,
                true => Some(KeyOwner::Organization(key.reference_id.clone())),
                false => Some(KeyOwner::User(user::from_row(&db.schema, &row, 3 + WIDTH)?)),
            };
            Ok((key, owner))
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
pub static USE: StoredStatement = StoredStatement::writing("apikey", VERIFY);
/// The texts of a column that mean no.
const NO: &str = "in ('f', 'false', 'n', 'no', 'off', '0'), false)";

/// Verifies a key. Times are compared in milliseconds since 1970, so that columns of any type can be calculated with. The owner is looked
/// up by a value of the type that the identifiers of users or organizations have, so that their index is used. The configuration of the
/// key decides whether it is a user or an organization: one of each may have the same identifier.
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
            unlimited or config = any($6::text[]) as free,
            frame is not null and most is not null as framed, last is null or $2::bigint - last > frame as anew{?organization},
            config = any($8::text[]) as of_organization{/organization} from found f),
    judged as (select f.*, case
            when config <> coalesce($3::text, config) or not config = any($5::text[]) then 'unknown'
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
    KEY_COLUMNS,
    "),
    over as (delete from {apikey} k using judged j where k.{apikey.id} = j.id and j.verdict in ('expired', 'spent'){?change}
        returning k.{apikey.id}, case when not j.config = any($8::text[]) then j.owner end as owner_user,
            case when j.config = any($8::text[]) then j.owner end as owner_organization{/change}){change api_key.ended over+ @owner_user id @owner_organization}
    select j.verdict, least(j.frame, j.frame - ($2::bigint - j.last)), u.{user.id} is not null{?organization}
        or o.{organization.id} is not null{/organization}, used.*, {user.*} from judged j
        left join used on true
        left join {user} u on u.{user.id} = (jsonb_populate_record(null::{user}, {?organization}case when j.of_organization
            then '{}' else {/organization}jsonb_build_object('id', j.owner){?organization} end{/organization})).id{?organization}
        left join {organization} o on o.{organization.id} = (jsonb_populate_record(null::{organization}, case when j.of_organization
            then jsonb_build_object('id', j.owner) else '{}' end)).id{/organization}"
);
