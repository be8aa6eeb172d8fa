//! Codes in mails and text messages: counts wrong tries, and redeems a right code (spec sign-in-plugins §0.3). A code is stored as
//! `<code>:<tries>`. The statement that counts decides, behind a lock, so that requests at once on any number of instances have
//! together no more tries than one.
//!
//! Where codes are in a secondary storage alone, a request takes the code, and puts it back unless it redeems it: meanwhile no other
//! request finds it.

use jiff::Timestamp;

use super::{
    Db, Param, StoreError, column,
    pool::Repeat,
    secret::{NewSecret, Secret},
    unique, verification,
};

/// A try of a code.
pub struct CodeTry<'a> {
    /// The identifiers under which the table may hold the code; not empty.
    pub identifiers: &'a [String],
    /// The maximum number of tries.
    pub allowed: u32,
    /// The identifier of a row that is replaced.
    pub id: &'a str,
    /// The time of the try.
    pub now: Timestamp,
}

/// A stored code.
pub struct StoredCode {
    /// The code in its stored form.
    pub code: String,
    /// Until when it works.
    pub expires_at: Timestamp,
}

/// Splits a stored value at its last colon into the code and the number of tries. A value without a number has none.
pub(crate) fn parts(value: &str) -> (&str, u32) {
    value.rsplit_once(':').map_or((value, 0), |(code, tries)| (code, tries.parse().unwrap_or(0)))
}

/// The result of a try.
pub enum TryResult {
    /// The code is right.
    Right(StoredCode),
    /// The code is wrong, and the try was counted.
    Wrong,
    /// No code is stored.
    Absent,
    /// The code has expired, and was removed.
    Expired,
    /// The code was tried too often, and was removed.
    Spent,
}

/// Returns the newest code in its stored form, expired or not.
pub async fn newest(db: &Db, identifiers: &[String]) -> Result<Option<String>, StoreError> {
    Ok(verification::peek(db, identifiers).await?.map(|secret| parts(&secret.value).0.to_owned()))
}

/// Compares `given`, a code in its stored form, with the newest code, and counts the try if it is wrong; `None` is always wrong. A right
/// code is redeemed, if `redeems`, by the statement that compares it, so that one of any number of concurrent requests gets it.
/// Otherwise it stays as it is. Older codes are removed.
pub async fn give(db: &Db, attempt: &CodeTry<'_>, given: Option<&str>, redeems: bool) -> Result<TryResult, StoreError> {
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
        return give_apart(db, attempt, given, redeems).await;
    }
    let lock = [unique::code(attempt.identifiers)];
    let params: [Param<'_>; 5] = [
        attempt.now.into(),
        attempt.identifiers.into(),
        i64::from(attempt.allowed).into(),
        given.into(),
        redeems.into(),
    ];
    let Some(row) = db.row_behind((unique::LOCK, &lock), TRY, &params).await? else { return Ok(TryResult::Absent) };
    let tried = match (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?) {
        (false, _, _) => TryResult::Expired,
        (true, false, _) => TryResult::Spent,
        (true, true, false) => TryResult::Wrong,
        (true, true, true) => {
            let value = column::filled_text(&row, 3)?;
            TryResult::Right(StoredCode { code: parts(&value).0.to_owned(), expires_at: column::expiry(&row, 4)? })
        }
    };
    if let Some(secondary) = &db.secondary {
        // The table decides; a copy must not be found in its place.
        secondary.take_secret(&db.trips, attempt.identifiers).await?;
    }
    Ok(tried)
}

async fn give_apart(
    db: &Db,
    attempt: &CodeTry<'_>,
    given: Option<&str>,
    redeems: bool,
) -> Result<TryResult, StoreError> {
    let Some(secret) = verification::take(db, attempt.identifiers).await? else { return Ok(TryResult::Absent) };
    if secret.expires_at < attempt.now {
        return Ok(TryResult::Expired);
    }
    let (code, tries) = parts(&secret.value);
    if tries >= attempt.allowed {
        return Ok(TryResult::Spent);
    }
    let is_right = given == Some(code);
    if !(is_right && redeems) {
        put_back(db, attempt, code, tries + u32::from(!is_right), secret.expires_at).await?;
    }
    match is_right {
        true => Ok(TryResult::Right(StoredCode { code: code.to_owned(), expires_at: secret.expires_at })),
        false => Ok(TryResult::Wrong),
    }
}

async fn put_back(
    db: &Db,
    attempt: &CodeTry<'_>,
    code: &str,
    tries: u32,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let again = NewSecret {
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

/// Returns the code that a mail can repeat: the newest one, if it has not expired and has tries left.
pub async fn reusable(
    db: &Db,
    identifiers: &[String],
    allowed: u32,
    now: Timestamp,
) -> Result<Option<StoredCode>, StoreError> {
    let found = verification::peek(db, identifiers).await?.filter(|secret| secret.expires_at >= now);
    Ok(found.and_then(|secret: Secret| {
        let (code, tries) = parts(&secret.value);
        (tries < allowed).then(|| StoredCode { code: code.to_owned(), expires_at: secret.expires_at })
    }))
}

/// Moves the expiry of the codes with these identifiers.
pub async fn extend(db: &Db, attempt: &CodeTry<'_>, expires_at: Timestamp) -> Result<(), StoreError> {
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
