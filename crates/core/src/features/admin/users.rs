//! Users, as administrators read, create, change and remove them (spec management-plugins §1.4).

use http::StatusCode;
use serde_json::{Map, Value};

use super::{
    actor::{self, Permission},
    bans::{self, BAN},
    changes, impersonation,
    rows::{self, Amendment, UserToCreate},
    rules::{BAN_EXPIRES, BAN_REASON, BANNED, MOST_TEXT, ROLE},
    wire, words,
};
use crate::{
    code,
    context::{
        Context,
        places::{CompletedChange, UserUpdate, Way},
    },
    error::Error,
    flow,
    model::User,
    reason::Reason,
    reply::Reply,
    rules::{fields, sign_in},
    signed_in::SignedIn,
    store::{self, RequestProof, user::AcceptedUser},
    syntax::email,
    wire::Issue,
};

pub(super) const SET_ROLE: Permission =
    Permission { resource: "user", action: "set-role", refusal: words::YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE };
pub(super) const UPDATE: Permission =
    Permission { resource: "user", action: "update", refusal: words::YOU_ARE_NOT_ALLOWED_TO_UPDATE_USERS };
const SET_EMAIL: Permission =
    Permission { resource: "user", action: "set-email", refusal: words::YOU_ARE_NOT_ALLOWED_TO_SET_USERS_EMAIL };
const SET_PHONE: Permission =
    Permission { resource: "user", action: "set-phone", refusal: words::YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PHONE_NUMBER };
/// The permission to read a user.
pub(super) const GET: Permission =
    Permission { resource: "user", action: "get", refusal: words::YOU_ARE_NOT_ALLOWED_TO_GET_USER };
/// The permission to create users.
pub(super) const CREATE: Permission =
    Permission { resource: "user", action: "create", refusal: words::YOU_ARE_NOT_ALLOWED_TO_CREATE_USERS };
/// The permission to remove users.
pub(super) const DELETE: Permission =
    Permission { resource: "user", action: "delete", refusal: words::YOU_ARE_NOT_ALLOWED_TO_DELETE_USERS };
/// The permission to set passwords.
pub(super) const SET_PASSWORD: Permission =
    Permission { resource: "user", action: "set-password", refusal: words::YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PASSWORD };

/// `GET /admin/get-user`.
pub(super) async fn get(cx: &mut Context, query: wire::GetUser, _: SignedIn) -> Result<Reply, Error> {
    Reply::json(&actor::named(cx, &query.id).await?)
}

/// `POST /admin/set-role`.
pub(super) async fn set_role(cx: &mut Context, body: wire::SetRole, own: SignedIn) -> Result<Reply, Error> {
    check_roles(cx, &body.roles)?;
    let target = actor::named(cx, &body.user_id).await?;
    actor::reaches(cx, &own.user, &target, &SET_ROLE)?;
    let role = given(cx, &own.user, &body.roles)?;
    cx.db.notes.next_is("role.set");
    let user = bans::change(cx, &own, &target, rows::with_role(&role)).await?;
    impersonation::rights_changed(cx, &target, &user).await?;
    Reply::json(&wire::UserAnswer { user: &user })
}

/// Checks that there are roles of these names.
fn check_roles(cx: &Context, roles: &[String]) -> Result<(), Error> {
    fields::check_size("body.role", Some(&roles.join(",")), MOST_TEXT).map_err(Issue)?;
    let rules = actor::rules(&cx.auth.config);
    if roles.iter().all(|role| rules.is_role(role)) {
        return Ok(());
    }
    Err(Error::bad(words::YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE, Reason::UnknownRole))
}

/// Returns the roles as a row has them. An administrator gives only rights that the administrator has.
fn given(cx: &Context, own: &User, roles: &[String]) -> Result<String, Error> {
    let (rules, role) = (actor::rules(&cx.auth.config), roles.join(","));
    if rules.rights(own).include(&rules.rights_of(&role)) {
        return Ok(role);
    }
    Err(Error::api(StatusCode::FORBIDDEN, SET_ROLE.refusal, Reason::Outranked))
}

/// Reads the roles in `data`.
fn roles_in(value: &Value) -> Result<Vec<String>, Error> {
    let one = std::slice::from_ref(value);
    let roles = value.as_array().map_or(one, Vec::as_slice).iter().map(|role| role.as_str().map(str::to_owned));
    roles.collect::<Option<_>>().ok_or_else(|| Error::bad(words::INVALID_ROLE_TYPE, Reason::InvalidInput))
}

fn has_ban(data: &Map<String, Value>) -> bool {
    [BANNED, BAN_REASON, BAN_EXPIRES].iter().any(|field| data.contains_key(*field))
}

/// Reads an address, which is a text.
fn address(text: &str) -> Result<String, Error> {
    let address = email::stored(text);
    if !email::is_valid(&address) {
        return Err(Error::bad(code::INVALID_EMAIL, Reason::InvalidEmail));
    }
    Ok(address)
}

fn taken() -> Error {
    Error::bad(code::USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL, Reason::EmailTaken)
}

/// `POST /admin/create-user`.
pub(super) async fn create(cx: &mut Context, body: wire::CreateUser, own: SignedIn) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    let mut data = body.data.unwrap_or_default();
    let in_data = data.remove(ROLE);
    // The body's own members win, as in better-auth.
    data.remove("name");
    let has_role = body.roles.is_some() || in_data.is_some();
    let role = if has_role {
        actor::permitted(cx, &own.user, &SET_ROLE)?;
        let roles = body.roles.map_or_else(|| roles_in(&in_data.unwrap_or_default()), Ok)?;
        check_roles(cx, &roles)?;
        given(cx, &own.user, &roles)?
    } else {
        auth.config.features.admin.default_role.clone()
    };
    if has_ban(&data) {
        actor::permitted(cx, &own.user, &BAN)?;
    }
    let email = address(&body.email)?;
    let password = body.password.filter(|password| !password.is_empty());
    if let Some(password) = &password {
        sign_in::judge_length(password, &auth.config.email_and_password).map_err(Error::password_length)?;
    }
    let amendment = Amendment::read(&data, &auth.config.schema.additional.user).map_err(Issue)?;
    fields::check_image(&auth.config, "body.data.image", amendment.image.as_ref().and_then(Option::as_deref))
        .map_err(Issue)?;
    let mut values = fields::given(&auth.config.schema.additional.user, &data);
    values.insert(ROLE.to_owned(), role.into());
    let kinds = changes::of_creation(has_role, values.get(BANNED));
    let made = cx.new_user(body.name, email, amendment.email_verified == Some(Some(true)), amendment.image.flatten());
    let user = User {
        created_at: amendment.created_at.unwrap_or(made.created_at),
        updated_at: amendment.updated_at.unwrap_or(made.updated_at),
        ..made
    };
    let AcceptedUser { user, values, .. } = flow::accept_user(cx, Way::Administrator, user, values).await?;
    if store::user::by_email(&cx.db, &user.email).await?.is_some() {
        return Err(taken());
    }
    let hash = match &password {
        Some(password) => {
            let accepted = cx.accept_password("/admin/create-user", password).await?;
            Some(cx.hash_password(&accepted).await?)
        }
        None => None,
    };
    let account_id = cx.rng.id();
    cx.db.notes.next_are(&kinds);
    let new =
        UserToCreate { user: &user, account_id: &account_id, password_hash: hash.as_deref(), additional: &values };
    let stored = match rows::create(&cx.db, &new).await {
        Err(error) if error.is_taken() => return Err(taken().because(error)),
        stored => stored.map_err(|error| Error::of_row(error, code::FAILED_TO_CREATE_USER))?,
    };
    cx.audit.target = Some(stored.id.clone());
    flow::happened(cx, &CompletedChange::UserCreated(&stored, Way::Administrator));
    Reply::json(&wire::UserAnswer { user: &stored })
}

/// `POST /admin/update-user`.
pub(super) async fn update(cx: &mut Context, body: wire::UpdateUser, own: SignedIn) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    let mut data = body.data;
    let has = |data: &Map<String, Value>, names: &[&str]| names.iter().any(|name| data.contains_key(*name));
    if data.is_empty() {
        return Err(Error::bad(words::NO_DATA_TO_UPDATE, Reason::NothingToUpdate));
    }
    if has(&data, &["password"]) {
        return Err(Error::bad(words::PASSWORD_CANNOT_BE_UPDATED_VIA_UPDATE_USER, Reason::InvalidInput));
    }
    if has(&data, &["id"]) {
        return Err(Error::bad(words::USER_ID_CANNOT_BE_UPDATED, Reason::InvalidInput));
    }
    if let Some(value) = data.get(ROLE) {
        actor::permitted(cx, &own.user, &SET_ROLE)?;
        let roles = roles_in(value)?;
        check_roles(cx, &roles)?;
        data.insert(ROLE.to_owned(), given(cx, &own.user, &roles)?.into());
    }
    let bans = data.get(BANNED).is_some_and(fields::is_yes);
    if has_ban(&data) {
        actor::permitted(cx, &own.user, &BAN)?;
        if bans && body.user_id == own.user.id {
            return Err(bans::own_user());
        }
    }
    if has(&data, &["email", "emailVerified"]) {
        actor::permitted(cx, &own.user, &SET_EMAIL)?;
    }
    let email = match data.get("email") {
        Some(Value::String(text)) => Some(address(text)?),
        Some(_) => return Err(Error::bad(code::INVALID_EMAIL, Reason::InvalidEmail)),
        None => None,
    };
    cx.audit.target = Some(body.user_id.clone());
    let found = rows::target(&cx.db, &body.user_id, email.as_deref()).await;
    if email.is_some() && found.as_ref().is_ok_and(|found| found.is_taken) {
        return Err(taken());
    }
    if has(&data, &["phoneNumber", "phoneNumberVerified"]) {
        actor::permitted(cx, &own.user, &SET_PHONE)?;
    }
    // These columns decide whether a password alone signs the user in, and who can delete the user.
    if has(&data, &["twoFactorEnabled", fields::IS_ANONYMOUS]) {
        actor::permitted(cx, &own.user, &SET_PASSWORD)?;
    }
    let target = actor::existing(found.map(|found| found.user))?;
    // The database may read several texts as the same identifier.
    if bans && target.id == own.user.id {
        return Err(bans::own_user());
    }
    actor::reaches(cx, &own.user, &target, &UPDATE)?;
    if let Some(to) = email.as_deref().filter(|to| *to != target.email) {
        flow::accept_email(cx, &target, to).await?;
    }
    let read = Amendment::read(&data, &auth.config.schema.additional.user).map_err(Issue)?;
    fields::check_image(&auth.config, "body.data.image", read.image.as_ref().and_then(Option::as_deref))
        .map_err(Issue)?;
    let mut update = UserUpdate { name: read.name, image: read.image, values: read.additional };
    flow::update_values(cx, &target, &mut update).await?;
    let amendment = Amendment { email, name: update.name, image: update.image, additional: update.values, ..read };
    let ground = RequestProof::session(&own.session.token);
    cx.db.notes.next_are(&changes::of_update(&target, &amendment, cx.now));
    let user = match rows::amend(&cx.db, &target, &amendment, &ground, cx.now).await {
        Err(error) if error.is_taken() && amendment.email.is_some() => return Err(taken().because(error)),
        amended => amended.map_err(|error| Error::of_row(error, code::FAILED_TO_UPDATE_USER))?,
    };
    let Some(user) = user else { return Err(bans::gone_or_overtaken(cx, &own, &ground).await) };
    if bans {
        bans::end_sessions(cx, &target).await?;
    } else {
        impersonation::rights_changed(cx, &target, &user).await?;
    }
    flow::happened(cx, &CompletedChange::UserUpdated(&user));
    Reply::json(&user)
}

/// `POST /admin/remove-user`.
pub(super) async fn remove(cx: &mut Context, body: wire::UserBody, own: SignedIn) -> Result<Reply, Error> {
    let target = actor::named(cx, &body.user_id).await?;
    if target.id == own.user.id {
        return Err(Error::bad(words::YOU_CANNOT_REMOVE_YOURSELF, Reason::OwnUser));
    }
    actor::reaches(cx, &own.user, &target, &DELETE)?;
    flow::user_deletion(cx, &target).await?;
    let ground = RequestProof::session(&own.session.token);
    if !flow::delete_user(cx, &target, &ground).await? {
        return Err(bans::gone_or_overtaken(cx, &own, &ground).await);
    }
    flow::happened(cx, &CompletedChange::UserDeleted(&target));
    Reply::json(&wire::Success { success: true })
}

/// `POST /admin/set-user-password`. better-auth lets sessions continue; here everything ends that the former password protected
/// (docs/DIFFERENCES.md).
pub(super) async fn set_password(cx: &mut Context, body: wire::SetUserPassword, own: SignedIn) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    sign_in::judge_new_password(&body.new_password, &auth.config.email_and_password).map_err(Error::password_length)?;
    let target = actor::named(cx, &body.user_id).await?;
    actor::reaches(cx, &own.user, &target, &SET_PASSWORD)?;
    let accepted = cx.accept_password("/admin/set-user-password", &body.new_password).await?;
    let hash = cx.hash_password(&accepted).await?;
    let (account_id, ground) = (cx.rng.id(), RequestProof::session(&own.session.token));
    if !rows::set_password(&cx.db, &target.id, (&account_id, &hash), &ground, cx.now).await? {
        return Err(bans::gone_or_overtaken(cx, &own, &ground).await);
    }
    if target.id != own.user.id {
        bans::end_sessions(cx, &target).await?;
    } else {
        store::session::delete_others(&cx.db, &own.user.id, &own.session.token, cx.now).await?;
        flow::others_ended(cx, &target).await?;
    }
    Reply::json(&crate::wire::SuccessAnswer { status: true })
}
