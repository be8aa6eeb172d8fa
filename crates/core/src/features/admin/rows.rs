//! The rows of users that administrators write and search. The columns of the feature exist only if `admin.enabled` is on.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::rules::{BAN_EXPIRES, BAN_REASON, BANNED, MOST_TEXT, ROLE};
use crate::{
    config::Field,
    model::User,
    rules::{fields::check_size, search::Search},
    store::{
        Db, Param, RequestProof, StoreError, column, credential, new_row, pool::Repeat, unique, user, values::Values,
        written::literal,
    },
};

/// Returns the values of a banned user. Without a time, the ban does not end by itself.
pub fn banned(reason: &str, until: Option<Timestamp>) -> Values {
    let until = until.map(|until| format!("{until:.3}"));
    Map::from_iter([
        (BANNED.to_owned(), Value::Bool(true)),
        (BAN_REASON.to_owned(), reason.into()),
        (BAN_EXPIRES.to_owned(), until.into()),
    ])
    .into()
}

/// Returns the values of a user who is not banned.
pub fn lifted() -> Values {
    let none = [BAN_REASON, BAN_EXPIRES].map(|field| (field.to_owned(), Value::Null));
    none.into_iter().chain([(BANNED.to_owned(), Value::Bool(false))]).collect::<Map<_, _>>().into()
}

/// Returns the values of a user with these roles, which have commas between them.
pub fn with_role(role: &str) -> Values {
    Map::from_iter([(ROLE.to_owned(), role.into())]).into()
}

/// A user whom an administrator creates.
pub struct UserToCreate<'a> {
    /// The row. If the database makes identifiers, it chooses the row's `id`.
    pub user: &'a User,
    /// The identifier of the account's row, unless the database makes identifiers.
    pub account_id: &'a str,
    /// The hash of the password; without one, the user has no account.
    pub password_hash: Option<&'a str>,
    /// The values of the additional fields.
    pub additional: &'a Values,
}

/// Stores a new user and, if there is a password, the account: both or neither. Returns the user as stored.
///
/// # Errors
/// [`StoreError::Refused`] if another user has the address, or if the database refuses a value.
pub async fn create(db: &Db, new: &UserToCreate<'_>) -> Result<User, StoreError> {
    let UserToCreate { user, account_id, password_hash, additional } = *new;
    if let Some(password_hash) = password_hash {
        return user::insert(
            db,
            &user::NewUserRow { user, account_id, password_hash, additional, if_first: None },
            None,
        )
        .await
        .map(|made| made.0);
    }
    let sql = "with made as (insert into {user} ({user.columns $1}) select {user.row $1} {user.once $3} returning *){founded made}{change user.created made& user.id - -}
        select {user.*} from made u";
    let lock = (unique::LOCK, &[unique::address(&user.email)][..]);
    let row = db.row_once(lock, sql, &new_row::user(user, additional)).await?.ok_or_else(|| unique::taken(db))?;
    user::from_row(&db.schema, &row, 0)
}

/// A user whom a request names, and whether another one has the address that the user is to have.
pub struct Target {
    /// The user, if there is one.
    pub user: Option<User>,
    /// Whether another user has the address.
    pub is_taken: bool,
}

/// Looks up a user and an address.
///
/// # Errors
/// [`StoreError::Refused`] if the text cannot be an identifier.
pub async fn target(db: &Db, id: &str, email: Option<&str>) -> Result<Target, StoreError> {
    let sql =
        "select exists (select 1 from {user} where {user.email} = $2 and not {user.id} = $1), u.{user.id} is not null,
        {user.*} from (values (1)) one left join {user} u on u.{user.id} = $1";
    let row = db.row(Repeat::Safe, sql, &[id.into(), email.into()]).await?;
    let row = row.ok_or_else(|| StoreError::Failed("the look-up of a user returned no row".to_owned()))?;
    let is_there = column::flag(&row, 1)? == Some(true);
    let user = if is_there { Some(user::from_row(&db.schema, &row, 2)?) } else { None };
    Ok(Target { user, is_taken: column::flag(&row, 0)? == Some(true) })
}

/// Changes of a user's row. Fields without a value stay.
#[derive(Default)]
pub struct Amendment {
    /// The name.
    pub name: Option<String>,
    /// The address.
    pub email: Option<String>,
    /// Whether the address is confirmed.
    pub email_verified: Option<Option<bool>>,
    /// The picture.
    pub image: Option<Option<String>>,
    /// The time of creation.
    pub created_at: Option<Option<Timestamp>>,
    /// The time of the last change, instead of the time of this one.
    pub updated_at: Option<Option<Timestamp>>,
    /// The additional fields.
    pub additional: Map<String, Value>,
}

impl Amendment {
    /// Reads changes out of the members of a body, without the address. Other members are ignored.
    ///
    /// # Errors
    /// The first member whose value has the wrong type.
    pub fn read(data: &Map<String, Value>, fields: &[Field]) -> Result<Self, String> {
        let wrong = |name: &str, wanted: &str| format!("[body.data.{name}] Invalid input: expected {wanted}");
        let text = |name: &str| match data.get(name) {
            None => Ok(None),
            Some(Value::Null) => Ok(Some(None)),
            Some(Value::String(text)) => Ok(Some(Some(text.clone()))),
            Some(_) => Err(wrong(name, "string")),
        };
        let instant = |name: &str| match text(name)? {
            Some(Some(text)) => {
                text.parse().map(|at| Some(Some(at))).map_err(|_| wrong(name, "an instant in ISO 8601"))
            }
            none => Ok(none.map(|_| None)),
        };
        let name = match text("name")? {
            Some(None) => return Err(wrong("name", "string")),
            name => name.flatten(),
        };
        let email_verified = match data.get("emailVerified") {
            None => None,
            Some(Value::Null) => Some(None),
            Some(Value::Bool(flag)) => Some(Some(*flag)),
            Some(_) => return Err(wrong("emailVerified", "boolean")),
        };
        let reason = data.get(BAN_REASON).and_then(Value::as_str);
        check_size("body.data.banReason", reason, MOST_TEXT)?;
        let given = fields.iter().filter_map(|field| Some((field.name.clone(), data.get(&field.name)?.clone())));
        Ok(Self {
            name,
            email: None,
            email_verified,
            image: text("image")?,
            created_at: instant("createdAt")?,
            updated_at: instant("updatedAt")?,
            additional: given.collect(),
        })
    }
}

/// Changes a user's row and returns the user; `None` if the user does not exist, or `ground` does not hold, any more. A new address
/// ends the links that were mailed to the former one.
///
/// # Errors
/// [`StoreError::Refused`] if another user has the address, or if the database refuses a value.
pub async fn amend(
    db: &Db,
    user: &User,
    amendment: &Amendment,
    ground: &RequestProof<'_>,
    now: Timestamp,
) -> Result<Option<User>, StoreError> {
    const CHANGED: &str = "update {user} u set {user.name} = coalesce($2, u.{user.name}),
            {user.emailVerified} = case when $3 then $4 else u.{user.emailVerified} end,
            {user.image} = case when $5 then $6 else u.{user.image} end,
            {user.createdAt} = case when $7 then $8 else u.{user.createdAt} end, {user.updatedAt} = $9{user.set $10}";
    const WHERE: &str = " where u.{user.id} = $1 and {holds $1 $11}";
    const PLAIN: &str = const_format::concatcp!(
        "{?change}with changed as ({/change}",
        CHANGED,
        WHERE,
        " returning {user.*}{?change}){change user.updated changed& $1 - -} select * from changed{/change}"
    );
    const MOVED: &str = const_format::concatcp!(
        "with changed as (",
        CHANGED,
        ", {user.email} = $12",
        WHERE,
        " and not exists (select 1 from {user} where {user.email} = $12 and not {user.id} = $1) returning u.*)
        {overtaken changed}{change user.updated changed& $1 - -} select {user.*} from changed u"
    );
    let Some([token, _]) = ground.params(db).await? else { return Ok(None) };
    let additional = Values::from(amendment.additional.clone());
    let params: [Param<'_>; 11] = [
        (&user.id).into(),
        (&amendment.name).into(),
        amendment.email_verified.is_some().into(),
        amendment.email_verified.flatten().into(),
        amendment.image.is_some().into(),
        amendment.image.as_ref().and_then(Option::as_deref).into(),
        amendment.created_at.is_some().into(),
        amendment.created_at.flatten().into(),
        amendment.updated_at.unwrap_or(Some(now)).into(),
        (&additional).into(),
        token,
    ];
    let row = match amendment.email.as_deref().filter(|email| *email != user.email) {
        None => db.row(Repeat::Safe, PLAIN, &params).await?,
        Some(email) => {
            let params = [&params[..], &[email.into()]].concat();
            let row = db.row_behind((unique::LOCK, &[unique::address(email)]), MOVED, &params).await?;
            if row.is_none() && target(db, &user.id, Some(email)).await?.is_taken {
                return Err(unique::taken(db));
            }
            row
        }
    };
    user::changed(db, row, now).await
}

/// Ends the sessions in which an administrator acts as others.
///
/// # Errors
/// The failure of a store.
pub async fn end_impersonations(db: &Db, administrator: &str) -> Result<(), StoreError> {
    const DELETE: &str = "{?change}with gone as ({/change}delete from {session} where {session.impersonatedBy} = $1{?change} returning *){change impersonation.ended gone+ session.userId id -} select 1 from gone{/change}";
    // Rows that stay have the end as their expiry.
    const MARK: &str = "{?change}with gone as ({/change}update {session} set {session.expiresAt} = $2 where {session.impersonatedBy} = $1
        and {time session.expiresAt} > $2{?change} returning *){change impersonation.ended gone+ session.userId id -} select 1 from gone{/change}";
    let params: [Param<'_>; 2] = [administrator.into(), db.now().into()];
    let Some(secondary) = &db.secondary else { return db.rows(Repeat::Safe, DELETE, &params[..1]).await.map(|_| ()) };
    secondary.end_impersonations(&db.trips, administrator).await?;
    let in_database = secondary.in_database();
    match (in_database.sessions, in_database.ended_sessions) {
        (false, _) => Ok(()),
        (_, true) => db.rows(Repeat::Safe, MARK, &params).await.map(|_| ()),
        (_, false) => db.rows(Repeat::Safe, DELETE, &params[..1]).await.map(|_| ()),
    }
}

/// Sets the password of a user, in the account or in a new one, with the identifier of the new row and the hash. Removes the links that
/// were mailed for the user. Returns `false` if the user does not exist, or `ground` does not hold, any more.
///
/// # Errors
/// The failure of the database.
pub async fn set_password(
    db: &Db,
    user_id: &str,
    (account_id, hash): (&str, &str),
    ground: &RequestProof<'_>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    const SET: &str = const_format::concatcp!(
        "with owner as (select u.* from {user} u where u.{user.id} = $4 and {holds $4 $5}), ",
        credential::SET,
        "{overtaken owner}{change password.set owner $4 - -} select 1 from owner"
    );
    let Some([token, _]) = ground.params(db).await? else { return Ok(false) };
    let params: [Param<'_>; 5] = [account_id.into(), hash.into(), now.into(), user_id.into(), token];
    Ok(db.row_behind((credential::LOCK, &[literal(user_id)]), SET, &params).await?.is_some())
}

/// Returns the users of a page, and the number of all users that match.
///
/// # Errors
/// [`StoreError::Refused`] if a column cannot have a value of the search.
pub async fn search(db: &Db, search: &Search) -> Result<(Vec<User>, i64), StoreError> {
    let sql = "select (select count(*) from {user} u{user.where $1}), u.{user.id} is not null, {user.*} from (values (1)) one
        left join lateral (select * from {user} u{user.where $1}{user.order $1} limit $2 offset $3) u on true{user.order $1}";
    let params: [Param<'_>; 3] = [search.into(), search.limit.into(), search.offset.into()];
    let rows = db.list(sql, &params).await?;
    let (mut users, mut total) = (Vec::new(), 0);
    for row in &rows {
        total = row.try_get(0)?;
        if column::flag(row, 1)? == Some(true) {
            users.push(user::from_row(&db.schema, row, 2)?);
        }
    }
    Ok((users, total))
}
