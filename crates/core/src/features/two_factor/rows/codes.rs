//! Codes: one statement checks the bounds and counts a wrong code. Others use a right code once and store its effects.

use jiff::Timestamp;
use tokio_postgres::Row;

use super::LOCK;
use crate::{
    model::Session,
    store::{
        Db, Param, StoreError, column, counted, pool::Repeat, secret::NewSecret, session, verification,
        written::literal,
    },
};

/// A code that was compared. The answer must not reveal the result before the bounds are checked.
pub struct CodeAttempt<'a> {
    /// The identifier of the user.
    pub user_id: &'a str,
    /// The identifiers under which the table may hold the count of codes, whose value ends in a number.
    pub identifiers: &'a [String],
    /// The maximum number of wrong codes.
    pub allowed: u32,
    /// Whether the code is right: then it is not counted.
    pub is_right: bool,
    /// The count of the user's failures; `None` if the user is signed in already.
    pub against: Option<FailureCount<'a>>,
    /// The identifier for a row that is replaced.
    pub id: &'a str,
    /// The time of the attempt.
    pub now: Timestamp,
}

/// The count of a user's failures.
pub struct FailureCount<'a> {
    /// The number of consecutive wrong codes that locks the user.
    pub most: u32,
    /// The end of the lock, if it begins now.
    pub until: Timestamp,
    /// The identifier of a new row, for a user without one: codes by mail need no row.
    pub id: &'a str,
    /// The encrypted key of that row, which is not shown to the user.
    pub secret: &'a str,
    /// The backup codes of that row, as they are stored: none.
    pub backup_codes: &'a str,
}

/// The decision about a code.
pub enum CodeDecision {
    /// The answer may tell whether the code is right. A wrong one was counted. Contains the previous value of the count.
    Heard(String),
    /// The user is locked, and the code was not counted.
    Locked,
    /// The count does not exist: it has expired, or a concurrent request has used it up.
    Gone,
    /// Too many codes were wrong, and the count was removed.
    Spent,
}

const FAILURES: &str = "case when t.{twoFactor.lockedUntil} is null
    then coalesce(t.{twoFactor.failedVerificationCount}::text, '0')::bigint + 1 else 1 end";
/// Whether the user in `$1` is locked at `$2`, if `$3` is true.
const LOCKED: &str = "locked as (select 1 from {twoFactor} t where $3 and t.{twoFactor.userId} = $1
    and {time t.twoFactor.lockedUntil} > $2)";
/// Counts a failure of the user if `counting` has a row. A user without a row gets one that is not an app.
const COUNTED: &str = const_format::concatcp!(
    "failed as (update {twoFactor} t set {twoFactor.failedVerificationCount} = ",
    FAILURES,
    ", {twoFactor.lockedUntil} = case when ",
    FAILURES,
    " >= $4 then $5 else nullif(t.{twoFactor.lockedUntil}, t.{twoFactor.lockedUntil}) end
        from counting where $3 and t.{twoFactor.userId} = $1),
    made as (insert into {twoFactor} ({twoFactor.new}{twoFactor.secret}, {twoFactor.backupCodes}, {twoFactor.userId},
            {twoFactor.verified}, {twoFactor.failedVerificationCount})
        select {new $6}$7, $8, $1, 'false', '1' from counting
        where $3 and not exists (select 1 from {twoFactor} where {twoFactor.userId} = $1))"
);
const CHARGE: &str = const_format::concatcp!(
    "with ",
    LOCKED,
    ", newest as (select v.{verification.id} as id, v.{verification.value}::text as value,
            coalesce({time v.verification.expiresAt} >= $2, false) as lives,
            coalesce(substring(v.{verification.value}::text from '[0-9]+$')::numeric, $10) as count
        from {verification} v where v.{verification.identifier} = any($9)
        order by {time v.verification.createdAt} desc limit 1),
    heard as (select * from newest where lives and count < $10 and not exists (select 1 from locked)),
    counting as (select * from heard where not $11),
    charged as (update {verification} v set {verification.value} = regexp_replace(w.value, '[0-9]+$', '') || (w.count + 1)::text,
            {verification.createdAt} = $2, {verification.updatedAt} = $2
        from counting w where v.{verification.id} = w.id),
    gone as (delete from {verification} v using newest w where v.{verification.identifier} = any($9)
        and not exists (select 1 from locked) and (v.{verification.id} <> w.id or not exists (select 1 from heard))), ",
    COUNTED,
    " select exists (select 1 from locked), n.lives, exists (select 1 from heard), n.value
    from (select 1) one left join newest n on true"
);
const COUNT_FAILURE: &str = const_format::concatcp!(
    "with ",
    LOCKED,
    ", counting as (select 1 where not exists (select 1 from locked)), ",
    COUNTED,
    " select exists (select 1 from locked)"
);

/// Decides whether the answer may depend on a code, and counts a wrong one in its count and for the user.
pub async fn charge(db: &Db, charge: &CodeAttempt<'_>) -> Result<CodeDecision, StoreError> {
    let against = charge.against.as_ref();
    let params: [Param<'_>; 8] = [
        charge.user_id.into(),
        charge.now.into(),
        against.is_some().into(),
        against.map(|against| i64::from(against.most)).into(),
        against.map(|against| against.until).into(),
        against.map(|against| against.id).into(),
        against.map(|against| against.secret).into(),
        against.map(|against| against.backup_codes).into(),
    ];
    if db.secondary.is_some() {
        return charge_apart(db, charge, &params).await;
    }
    let params =
        [&params[..], &[charge.identifiers.into(), i64::from(charge.allowed).into(), charge.is_right.into()]].concat();
    let row = db.row_behind((LOCK, &[literal(charge.user_id)]), CHARGE, &params).await?;
    let row = row.ok_or_else(|| StoreError::Failed("the count of codes was not returned".to_owned()))?;
    Ok(match (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?) {
        (true, _, _) => CodeDecision::Locked,
        (_, Some(true), true) => CodeDecision::Heard(column::filled_text(&row, 3)?),
        (_, Some(true), false) => CodeDecision::Spent,
        (_, Some(false) | None, _) => CodeDecision::Gone,
    })
}

/// Decides about a code whose count is in the secondary storage. Of two concurrent requests, one finds the count.
async fn charge_apart(db: &Db, charge: &CodeAttempt<'_>, params: &[Param<'_>]) -> Result<CodeDecision, StoreError> {
    const IS_LOCKED: &str = const_format::concatcp!("with ", LOCKED, " select exists (select 1 from locked)");
    let is_counted_against = charge.against.is_some();
    let says_yes = |row: Option<Row>| row.map_or(Ok(false), |row| row.try_get(0));
    if is_counted_against && says_yes(db.row(Repeat::Safe, IS_LOCKED, params.get(..3).unwrap_or_default()).await?)? {
        return Ok(CodeDecision::Locked);
    }
    let taken = verification::take(db, charge.identifiers).await?;
    let Some(secret) = taken.filter(|secret| secret.expires_at >= charge.now) else { return Ok(CodeDecision::Gone) };
    let digits = secret.value.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (before, count) = secret.value.split_at_checked(secret.value.len() - digits).unwrap_or_default();
    let count = count.parse::<u32>().unwrap_or(charge.allowed);
    if count >= charge.allowed {
        return Ok(CodeDecision::Spent);
    }
    let again = NewSecret {
        id: charge.id.to_owned(),
        identifier: charge.identifiers.first().cloned().unwrap_or_default(),
        value: format!("{before}{}", count + u32::from(!charge.is_right)),
        address: None,
        expires_at: secret.expires_at,
        now: charge.now,
        clean: false,
    };
    verification::insert(db, &again).await?;
    let lock = (LOCK, &[literal(charge.user_id)][..]);
    if is_counted_against && !charge.is_right && says_yes(db.row_behind(lock, COUNT_FAILURE, params).await?)? {
        return Ok(CodeDecision::Locked);
    }
    Ok(CodeDecision::Heard(secret.value))
}

/// Counts a use of `new` by a user, as [`counted::count`].
pub async fn count(
    db: &Db,
    user_id: &str,
    new: &NewSecret,
    identifiers: &[String],
    seconds: u32,
) -> Result<u64, StoreError> {
    counted::count_behind(db, (LOCK, &[literal(user_id)]), new, identifiers, seconds).await
}

/// The effects of a right code.
pub struct CodeEffects<'a> {
    /// The identifier of the user.
    pub user_id: &'a str,
    /// The identifiers under which the table may hold the waiting sign-in, if it is completed.
    pub challenge: Option<&'a [String]>,
    /// The identifiers of other values that end.
    pub over: &'a [String],
    /// The row of the app that gave the code, which is verified from now on.
    pub factor: Option<&'a str>,
    /// The time of the code.
    pub now: Timestamp,
}

/// Resets the user's failures, if `$3` is true.
const RESET: &str = "update {twoFactor} t set {twoFactor.failedVerificationCount} = '0',
        {twoFactor.lockedUntil} = nullif(t.{twoFactor.lockedUntil}, t.{twoFactor.lockedUntil}),
        {twoFactor.verified} = case when t.{twoFactor.id}::text = $2 then 'true' else t.{twoFactor.verified} end
    where t.{twoFactor.userId} = $1 and $3";

/// Takes the waiting sign-in and resets failures. Returns `false` if the sign-in has expired or another request has completed it.
pub async fn settle(db: &Db, settled: &CodeEffects<'_>) -> Result<bool, StoreError> {
    const SETTLE: &str = const_format::concatcp!(
        "with taken as (delete from {verification} where {verification.identifier} = any($4)
            returning {verification.value}::text as value, {time verification.expiresAt} as until),
        mine as (select 1 from taken where value = $6 and until >= $5),
        gone as (delete from {verification} where {verification.identifier} = any($7)),
        reset as (",
        RESET,
        " and ($8 or exists (select 1 from mine))) select $8 or exists (select 1 from mine)"
    );
    let CodeEffects { user_id, challenge, over, factor, now } = *settled;
    let reset: [Param<'_>; 3] = [user_id.into(), factor.into(), true.into()];
    if db.secondary.is_some() {
        if let Some(challenge) = challenge {
            let taken = verification::take(db, challenge).await?;
            if !taken.is_some_and(|secret| secret.value == user_id && secret.expires_at >= now) {
                return Ok(false);
            }
        }
        verification::take(db, over).await?;
        db.rows(Repeat::Safe, RESET, &reset).await?;
        return Ok(true);
    }
    let rest: [Param<'_>; 5] =
        [challenge.unwrap_or_default().into(), now.into(), user_id.into(), over.into(), challenge.is_none().into()];
    let row = db.row(Repeat::Never, SETTLE, &[&reset[..], &rest].concat()).await?;
    row.map_or(Ok(false), |row| Ok(row.try_get(0)?))
}

/// Opens the session of a completed sign-in. `password` is the hash that the sign-in began with, if any; returns `None` if the
/// password has changed since.
pub async fn open(db: &Db, session: Session, password: Option<&str>) -> Result<Option<Session>, StoreError> {
    match password {
        Some(hash) => session::insert_checked(db, session, hash, None).await,
        None => session::insert(db, session).await.map(Some),
    }
}
