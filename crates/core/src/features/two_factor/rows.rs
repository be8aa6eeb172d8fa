//! The rows of `twoFactor`, and the stored values of sign-ins that wait for a second factor. Failures of a user are counted behind
//! a lock on the user's row, in the statement that decides. So the limits hold for concurrent guesses and over all instances.

pub mod codes;

use jiff::Timestamp;

use crate::{
    model::User,
    store::{
        Db, Param, RequestProof, StoreError, column,
        credential::IS_CREDENTIAL,
        mailed,
        pool::Repeat,
        secret::{NewSecret, Secret},
        user, verification,
        written::literal,
    },
};

/// Makes requests about the second factor of the user in `$1` wait for each other until their transactions end.
const LOCK: &str = "select 1 from {user} u where u.{user.id} = $1 for no key update";

/// With the alias `t`: whether an authenticator app is verified. A row without a value is older than the column, and counts as
/// verified.
const VERIFIED: &str =
    "coalesce(lower(trim(t.{twoFactor.verified}::text)), 'true') not in ('f', 'false', 'n', 'no', 'off', '0')";

/// A user's row of `twoFactor`.
pub struct Factor {
    /// The row's identifier.
    pub id: String,
    /// The key of the authenticator app, encrypted.
    pub secret: String,
    /// The backup codes, as JSON, usually encrypted.
    pub backup_codes: String,
    /// Whether the app has given a right code; `None` in rows older than the column.
    pub verified: Option<bool>,
}

/// A user with everything that a second factor depends on.
pub struct EnrolledUser {
    /// The user.
    pub user: User,
    /// The hash of the password, if there is one.
    pub password: Option<String>,
    /// The row, if there is one; of several, a verified one.
    pub factor: Option<Factor>,
}

/// Returns the user with the identifier.
pub async fn enrolled(db: &Db, user_id: &str) -> Result<Option<EnrolledUser>, StoreError> {
    const SQL: &str = const_format::concatcp!(
        "select f.id, f.secret, f.codes, f.verified, ",
        mailed::PASSWORD,
        ", {user.*} from {user} u left join lateral (
            select t.{twoFactor.id}::text as id, t.{twoFactor.secret}::text as secret, t.{twoFactor.backupCodes}::text as codes,
                t.{twoFactor.verified} as verified from {twoFactor} t where t.{twoFactor.userId} = u.{user.id}
            order by ",
        VERIFIED,
        " desc, t.{twoFactor.id} limit 1) f on true where u.{user.id} = $1"
    );
    let Some(row) = db.row(Repeat::Safe, SQL, &[user_id.into()]).await? else { return Ok(None) };
    let factor = match column::text(&row, 0)? {
        None => None,
        Some(id) => Some(Factor {
            id,
            secret: column::filled_text(&row, 1)?,
            backup_codes: column::filled_text(&row, 2)?,
            verified: column::flag(&row, 3)?,
        }),
    };
    Ok(Some(EnrolledUser { user: user::from_row(&db.schema, &row, 5)?, password: column::text(&row, 4)?, factor }))
}

/// A key and backup codes for a user.
pub struct Enrolment<'a> {
    /// The identifier of a new row, if the user has none yet.
    pub id: &'a str,
    /// The identifier of the user.
    pub user_id: &'a str,
    /// The key, encrypted.
    pub secret: &'a str,
    /// The codes, as they are stored.
    pub backup_codes: &'a str,
    /// Whether the app counts as verified at once.
    pub verified: bool,
}

/// Stores a new key and new codes, replacing unverified ones. Returns `false` if the user has a verified app, which stays, or if
/// `ground` does not hold any more.
pub async fn enrol(db: &Db, new: &Enrolment<'_>, ground: &RequestProof<'_>) -> Result<bool, StoreError> {
    const SQL: &str = const_format::concatcp!(
        "with own as (select ",
        VERIFIED,
        " as counts from {twoFactor} t where t.{twoFactor.userId} = $1),
        open as (select 1 where not exists (select 1 from own where counts) and {holds $1 $6 $7}),
        changed as (update {twoFactor} t set {twoFactor.secret} = $3, {twoFactor.backupCodes} = $4, {twoFactor.verified} = $5
            from open where t.{twoFactor.userId} = $1),
        made as (insert into {twoFactor} ({twoFactor.new}{twoFactor.secret}, {twoFactor.backupCodes}, {twoFactor.userId},
                {twoFactor.verified}, {twoFactor.failedVerificationCount})
            select {new $2}$3, $4, $1, $5, '0' from open where not exists (select 1 from own)){change two_factor.prepared open $1 - -}
        select 1 from open"
    );
    let Some([token, password]) = ground.params(db).await? else { return Ok(false) };
    let params: [Param<'_>; 7] = [
        new.user_id.into(),
        new.id.into(),
        new.secret.into(),
        new.backup_codes.into(),
        new.verified.into(),
        token,
        password,
    ];
    Ok(db.row_behind((LOCK, &[literal(new.user_id)]), SQL, &params).await?.is_some())
}

/// Enables the user's second factor, and marks the app of the row `factor`, if given, as verified. Returns the user; `None` if the
/// user does not exist, or `ground` does not hold, any more.
pub async fn enable(
    db: &Db,
    user_id: &str,
    factor: Option<&str>,
    ground: &RequestProof<'_>,
    now: Timestamp,
) -> Result<Option<User>, StoreError> {
    let sql = "with verified as (update {twoFactor} t set {twoFactor.verified} = 'true'
            where t.{twoFactor.userId} = $1 and t.{twoFactor.id}::text = $3 and {holds $1 $4 $5}){?change}, changed as ({/change}
        update {user} u set {user.twoFactorEnabled} = 'true', {user.updatedAt} = $2
        where u.{user.id} = $1 and {holds $1 $4 $5} returning {user.*}{?change}){change two_factor.enabled changed $1 - -} select * from changed{/change}";
    let Some([token, password]) = ground.params(db).await? else { return Ok(None) };
    let params: [Param<'_>; 5] = [user_id.into(), now.into(), factor.into(), token, password];
    user::changed(db, db.row_behind((LOCK, &[literal(user_id)]), sql, &params).await?, now).await
}

/// Marks the app of the row as verified.
pub async fn verify(db: &Db, user_id: &str, factor: &str) -> Result<(), StoreError> {
    let sql = "update {twoFactor} t set {twoFactor.verified} = 'true' where t.{twoFactor.userId} = $1 and t.{twoFactor.id}::text = $2";
    db.rows(Repeat::Safe, sql, &[user_id.into(), factor.into()]).await.map(|_| ())
}

/// Removes a user's second factor, the trusted devices and the waiting sign-ins. Those in the secondary storage become older than
/// the password. Returns the user; `None` if the user does not exist, or `ground` does not hold, any more.
pub async fn disable(
    db: &Db,
    user_id: &str,
    ground: Option<&RequestProof<'_>>,
    now: Timestamp,
) -> Result<Option<User>, StoreError> {
    const SQL: &str = const_format::concatcp!(
        "with owner as (select u.{user.id} from {user} u where u.{user.id} = $1 and {holds $1 $4 $5}),
        gone as (delete from {twoFactor} where {twoFactor.userId} in (select {user.id} from owner))",
        OVERTAKING,
        "{overtaken owner}{?change}, changed as ({/change} update {user} u set {user.twoFactorEnabled} = 'false', {user.updatedAt} = $2
        where u.{user.id} in (select {user.id} from owner) returning {user.*}{?change}){change two_factor.disabled changed $1 - -} select * from changed{/change}"
    );
    let Some([token, password]) = RequestProof::params_of(ground, db).await? else { return Ok(None) };
    let params: [Param<'_>; 5] = [user_id.into(), now.into(), db.secondary.is_some().into(), token, password];
    user::changed(db, db.row_behind((LOCK, &[literal(user_id)]), SQL, &params).await?, now).await
}

/// With `$3`, makes the values that are stored elsewhere for the user in `$1` older than the password.
const OVERTAKING: &str = const_format::concatcp!(
    ", overtaking as (update {account} a set {account.updatedAt} = $2 from owner u where $3 and ",
    IS_CREDENTIAL,
    ")"
);

/// Ends the trust in a user's devices whose identifiers in the table begin with `prefix`, except the one with the identifiers `kept`.
pub async fn distrust(db: &Db, user_id: &str, kept: &[String], prefix: &str) -> Result<(), StoreError> {
    if verification::in_table(db) {
        let sql =
            "delete from {verification} where {verification.value} = $1 and not {verification.identifier} = any($2)
            and starts_with({verification.identifier}::text, $3)";
        let params: [Param<'_>; 3] = [user_id.into(), kept.into(), prefix.into()];
        db.rows(Repeat::Safe, sql, &params).await?;
    }
    Ok(())
}

/// Whether a value in the secondary storage is older than the password, and so invalid. Those in the table are removed when the
/// password changes.
pub async fn is_overtaken(db: &Db, user_id: &str, secret: &Secret) -> Result<bool, StoreError> {
    if db.secondary.is_none() {
        return Ok(false);
    }
    mailed::is_overtaken(db, user_id, secret.made_at).await
}

/// Stores a sign-in that waits for a second factor, and its count of codes. Returns whether the user has a verified app.
pub async fn begin(db: &Db, user_id: &str, challenge: &NewSecret, attempts: &NewSecret) -> Result<bool, StoreError> {
    const HAS_APP: &str = const_format::concatcp!(
        "select exists (select 1 from {twoFactor} t where t.{twoFactor.userId} = $1 and ",
        VERIFIED,
        ")"
    );
    const SQL: &str = const_format::concatcp!(
        "with cleaned as (delete from {verification} where $8 and {time verification.expiresAt} < $7),
        made as (insert into {verification} ({verification.new}{verification.identifier}, {verification.value},
                {verification.expiresAt}, {verification.createdAt}, {verification.updatedAt})
            values ({new $2}$3, $1, $6, $7, $7), ({new $4}$5, $9, $6, $7, $7)) ",
        HAS_APP
    );
    let row = if db.secondary.is_some() {
        verification::insert(db, challenge).await?;
        verification::insert(db, attempts).await?;
        db.row(Repeat::Safe, HAS_APP, &[user_id.into()]).await?
    } else {
        let params: [Param<'_>; 9] = [
            user_id.into(),
            (&challenge.id).into(),
            (&challenge.identifier).into(),
            (&attempts.id).into(),
            (&attempts.identifier).into(),
            challenge.expires_at.into(),
            challenge.now.into(),
            challenge.clean.into(),
            (&attempts.value).into(),
        ];
        db.row(Repeat::Never, SQL, &params).await?
    };
    row.map_or(Ok(false), |row| Ok(row.try_get(0)?))
}

/// Replaces the backup codes `old` of a row by `new`, which lacks the used one. Returns `false` if they are not `old` any more: of two
/// concurrent uses of a code, one succeeds.
pub async fn use_code(db: &Db, factor: &str, old: &str, new: &str) -> Result<bool, StoreError> {
    let sql = "{?change}with changed as ({/change}update {twoFactor} t set {twoFactor.backupCodes} = $2 where t.{twoFactor.id}::text = $1
        and t.{twoFactor.backupCodes}::text = $3 returning 1{?change}, t.{twoFactor.userId}){change two_factor.code_used changed twoFactor.userId - -} select 1 from changed{/change}";
    let params: [Param<'_>; 3] = [factor.into(), new.into(), old.into()];
    Ok(db.row(Repeat::Never, sql, &params).await?.is_some())
}

/// Replaces the backup codes of a user's row. Returns `false` if the row does not exist, or `ground` does not hold, any more.
pub async fn replace_codes(
    db: &Db,
    user_id: &str,
    factor: &str,
    new: &str,
    ground: &RequestProof<'_>,
) -> Result<bool, StoreError> {
    let sql = "{?change}with changed as ({/change}update {twoFactor} t set {twoFactor.backupCodes} = $3 where t.{twoFactor.id}::text = $2
        and t.{twoFactor.userId} = $1 and {holds $1 $4 $5} returning 1{?change}){change two_factor.codes_replaced changed $1 - -} select * from changed{/change}";
    let Some([token, password]) = ground.params(db).await? else { return Ok(false) };
    let params: [Param<'_>; 5] = [user_id.into(), factor.into(), new.into(), token, password];
    Ok(db.row_behind((LOCK, &[literal(user_id)]), sql, &params).await?.is_some())
}
