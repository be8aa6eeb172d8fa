//! Mailed codes: counts a try before the code is compared, and redeems a right one (spec sign-in-plugins §0.3). A code is stored as
//! `<code>:<tries>`. The statement that counts decides, behind a lock, so that requests at once on any number of instances have
//! together no more tries than one.
//!
//! Where codes are in a secondary storage alone, a request takes the code, and puts it back with one more try before it compares:
//! meanwhile no other request finds it.

use jiff::Timestamp;

use super::{
    Db, Param, StoreError, column,
    pool::Repeat,
    secret::{New, Secret},
    unique, verification,
};

/// A try of a code.
pub struct Try<'a> {
    /// The identifiers under which the table may hold the code; not empty.
    pub identifiers: &'a [String],
    /// The maximum number of tries.
    pub allowed: u32,
    /// The identifier of a row that is written anew.
    pub id: &'a str,
    /// The time of the try.
    pub now: Timestamp,
}

/// The decision about a try.
pub enum Charged {
    /// The try was counted: compare the code.
    Counted(Stored),
    /// No code is stored.
    Absent,
    /// The code has expired, and was removed.
    Expired,
    /// The code was tried too often, and was removed.
    Spent,
}

/// A stored code.
pub struct Stored {
    /// The code in its stored form.
    pub code: String,
    /// Until when it works.
    pub expires_at: Timestamp,
}

/// Splits a stored value at its last colon into the code and the number of tries. A value without a number has none.
fn parts(value: &str) -> (&str, u32) {
    value.rsplit_once(':').map_or((value, 0), |(code, tries)| (code, tries.parse().unwrap_or(0)))
}

/// Counts a try. Only the newest code counts; older ones are removed.
pub async fn charge(db: &Db, attempt: &Try<'_>) -> Result<Charged, StoreError> {
    const CHARGE: &str = "with newest as (select v.{verification.id} as id, v.{verification.value}::text as value,
            v.{verification.expiresAt} as until, coalesce({time v.verification.expiresAt} >= $1, false) as lives,
            coalesce(substring(v.{verification.value}::text from ':([0-9]{1,9})$')::bigint, 0) as tries
        from {verification} v where v.{verification.identifier} = any($2) order by {time v.verification.createdAt} desc limit 1),
    counting as (select * from newest where lives and tries < $3),
    charged as (update {verification} v set {verification.value} = regexp_replace(w.value, ':[0-9]*$', '') || ':' || (w.tries + 1)::text,
            {verification.updatedAt} = $1
        from counting w where v.{verification.id} = w.id returning 1),
    gone as (delete from {verification} v using newest w where v.{verification.identifier} = any($2)
        and (v.{verification.id} <> w.id or not exists (select 1 from counting)))
    select n.lives, exists (select 1 from charged), exists (select 1 from counting), n.value, n.until from newest n";
    if db.secondary.as_ref().is_some_and(|_| !verification::in_table(db)) {
        return charge_apart(db, attempt).await;
    }
    let lock = [unique::code(attempt.identifiers)];
    let params: [Param<'_>; 3] = [attempt.now.into(), attempt.identifiers.into(), i64::from(attempt.allowed).into()];
    let Some(row) = db.row_behind((unique::LOCK, &lock), CHARGE, &params).await? else { return Ok(Charged::Absent) };
    let charged = match (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?) {
        (false, _, _) => Charged::Expired,
        (true, true, _) => {
            let value = column::filled_text(&row, 3)?;
            Charged::Counted(Stored { code: parts(&value).0.to_owned(), expires_at: column::expiry(&row, 4)? })
        }
        (true, false, true) => Charged::Absent,
        (true, false, false) => Charged::Spent,
    };
    if let Some(secondary) = &db.secondary {
        // The table decides; a copy must not be found in its place.
        secondary.take_secret(&db.trips, attempt.identifiers).await?;
    }
    Ok(charged)
}

async fn charge_apart(db: &Db, attempt: &Try<'_>) -> Result<Charged, StoreError> {
    let Some(secret) = verification::take(db, attempt.identifiers).await? else { return Ok(Charged::Absent) };
    if secret.expires_at < attempt.now {
        return Ok(Charged::Expired);
    }
    let (code, tries) = parts(&secret.value);
    if tries >= attempt.allowed {
        return Ok(Charged::Spent);
    }
    put_back(db, attempt, code, tries + 1, secret.expires_at).await?;
    Ok(Charged::Counted(Stored { code: code.to_owned(), expires_at: secret.expires_at }))
}

/// The result of a try of a code that is stored as it was sent.
pub enum Tried {
    /// The code is right.
    Right(Stored),
    /// The code is wrong, and the try was counted.
    Wrong,
    /// No code is stored.
    Absent,
    /// The code has expired, and was removed.
    Expired,
    /// The code was tried too often, and was removed.
    Spent,
}

/// Compares `typed` with the newest code, which is stored as it was sent, and counts the try if it is wrong. A right code is redeemed,
/// if `redeems`, by the statement that compares it, so that one of any number of concurrent requests gets it. Otherwise it stays as it
/// is. Older codes are removed.
pub async fn try_plain(db: &Db, attempt: &Try<'_>, typed: &str, redeems: bool) -> Result<Tried, StoreError> {
    const TRY: &str = "with newest as (select v.{verification.id} as id, v.{verification.value}::text as value,
            v.{verification.expiresAt} as until, coalesce({time v.verification.expiresAt} >= $1, false) as lives,
            coalesce(substring(v.{verification.value}::text from ':([0-9]{1,9})$')::bigint, 0) as tries
        from {verification} v where v.{verification.identifier} = any($2) order by {time v.verification.createdAt} desc limit 1),
    counting as (select * from newest where lives and tries < $3),
    is_right as (select 1 from counting where regexp_replace(value, ':[0-9]*$', '') = $4),
    charged as (update {verification} v set {verification.value} = regexp_replace(w.value, ':[0-9]*$', '') || ':' || (w.tries + 1)::text,
            {verification.updatedAt} = $1
        from counting w where v.{verification.id} = w.id and not exists (select 1 from is_right)),
    gone as (delete from {verification} v using newest w where v.{verification.identifier} = any($2)
        and (v.{verification.id} <> w.id or not exists (select 1 from counting) or $5 and exists (select 1 from is_right)))
    select n.lives, exists (select 1 from counting), exists (select 1 from is_right), n.value, n.until from newest n";
    if db.secondary.as_ref().is_some_and(|_| !verification::in_table(db)) {
        return try_plain_apart(db, attempt, typed, redeems).await;
    }
    let lock = [unique::code(attempt.identifiers)];
    let params: [Param<'_>; 5] = [
        attempt.now.into(),
        attempt.identifiers.into(),
        i64::from(attempt.allowed).into(),
        typed.into(),
        redeems.into(),
    ];
    let Some(row) = db.row_behind((unique::LOCK, &lock), TRY, &params).await? else { return Ok(Tried::Absent) };
    let tried = match (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?) {
        (false, _, _) => Tried::Expired,
        (true, false, _) => Tried::Spent,
        (true, true, false) => Tried::Wrong,
        (true, true, true) => {
            let value = column::filled_text(&row, 3)?;
            Tried::Right(Stored { code: parts(&value).0.to_owned(), expires_at: column::expiry(&row, 4)? })
        }
    };
    if let Some(secondary) = &db.secondary {
        // The table decides; a copy must not be found in its place.
        secondary.take_secret(&db.trips, attempt.identifiers).await?;
    }
    Ok(tried)
}

async fn try_plain_apart(db: &Db, attempt: &Try<'_>, typed: &str, redeems: bool) -> Result<Tried, StoreError> {
    let Some(secret) = verification::take(db, attempt.identifiers).await? else { return Ok(Tried::Absent) };
    if secret.expires_at < attempt.now {
        return Ok(Tried::Expired);
    }
    let (code, tries) = parts(&secret.value);
    if tries >= attempt.allowed {
        return Ok(Tried::Spent);
    }
    let is_right = code == typed;
    if !(is_right && redeems) {
        put_back(db, attempt, code, tries + u32::from(!is_right), secret.expires_at).await?;
    }
    match is_right {
        true => Ok(Tried::Right(Stored { code: code.to_owned(), expires_at: secret.expires_at })),
        false => Ok(Tried::Wrong),
    }
}

async fn put_back(db: &Db, attempt: &Try<'_>, code: &str, tries: u32, expires_at: Timestamp) -> Result<(), StoreError> {
    let again = New {
        id: attempt.id.to_owned(),
        identifier: attempt.identifiers.first().cloned().unwrap_or_default(),
        value: format!("{code}:{tries}"),
        address: None,
        expires_at,
        now: attempt.now,
        clean: false,
    };
    verification::insert(db, &again).await
}

/// Takes back the try of a right code that was not redeemed, so that it can be given once more.
pub async fn refund(db: &Db, attempt: &Try<'_>, stored: &Stored) -> Result<(), StoreError> {
    const REFUND: &str = "update {verification} v set {verification.value} = $2 || ':'
            || greatest(substring(v.{verification.value}::text from ':([0-9]{1,9})$')::bigint - 1, 0)::text
        where v.{verification.identifier} = any($1) and regexp_replace(v.{verification.value}::text, ':[0-9]*$', '') = $2";
    if verification::in_table(db) {
        let params: [Param<'_>; 2] = [attempt.identifiers.into(), stored.code.as_str().into()];
        return db.rows(Repeat::Never, REFUND, &params).await.map(|_| ());
    }
    match verification::take(db, attempt.identifiers).await? {
        Some(secret) => {
            let (code, tries) = parts(&secret.value);
            let tries = if code == stored.code { tries.saturating_sub(1) } else { tries };
            put_back(db, attempt, code, tries, secret.expires_at).await
        }
        None => Ok(()),
    }
}

/// Redeems a code that was compared and is right. Returns `false` if another request has redeemed it, or a newer code was mailed.
pub async fn redeem(db: &Db, attempt: &Try<'_>, stored: &Stored) -> Result<bool, StoreError> {
    const REDEEM: &str = "delete from {verification} where {verification.identifier} = any($1)
        and regexp_replace({verification.value}::text, ':[0-9]*$', '') = $2 and {time verification.expiresAt} >= $3 returning 1";
    if verification::in_table(db) {
        let params: [Param<'_>; 3] = [attempt.identifiers.into(), stored.code.as_str().into(), attempt.now.into()];
        return Ok(db.row(Repeat::Never, REDEEM, &params).await?.is_some());
    }
    let Some(secret) = verification::take(db, attempt.identifiers).await? else { return Ok(false) };
    let (code, tries) = parts(&secret.value);
    if code != stored.code {
        put_back(db, attempt, code, tries, secret.expires_at).await?;
    }
    Ok(code == stored.code)
}

/// Returns the code that a mail can repeat, with what was stored: the newest one, if it has not expired and has tries left.
pub async fn reusable(
    db: &Db,
    identifiers: &[String],
    allowed: u32,
    now: Timestamp,
) -> Result<Option<String>, StoreError> {
    let found = verification::peek(db, identifiers).await?.filter(|secret| secret.expires_at >= now);
    Ok(found.and_then(|secret: Secret| {
        let (code, tries) = parts(&secret.value);
        (tries < allowed).then(|| code.to_owned())
    }))
}

/// Moves the expiry of the codes with these identifiers.
pub async fn extend(db: &Db, attempt: &Try<'_>, expires_at: Timestamp) -> Result<(), StoreError> {
    if verification::in_table(db) {
        let sql = "update {verification} set {verification.expiresAt} = $2, {verification.updatedAt} = $3
            where {verification.identifier} = any($1)";
        let params: [Param<'_>; 3] = [attempt.identifiers.into(), expires_at.into(), attempt.now.into()];
        return db.rows(Repeat::Safe, sql, &params).await.map(|_| ());
    }
    match verification::take(db, attempt.identifiers).await? {
        Some(secret) => {
            let (code, tries) = parts(&secret.value);
            put_back(db, attempt, code, tries, expires_at).await
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_code_ends_in_the_number_of_its_tries() {
        assert_eq!(parts("012345:2"), ("012345", 2));
        assert_eq!(parts("$ba$1$00ff:0"), ("$ba$1$00ff", 0));
        assert_eq!(parts("a:b:1"), ("a:b", 1));
        assert_eq!(parts("012345:"), ("012345", 0));
        assert_eq!(parts("012345"), ("012345", 0));
    }
}
