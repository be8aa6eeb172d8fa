//! The row of a signed-in user: changes it, changes its address, deletes it (spec core §§3.10–3.13).

use http::{Method, StatusCode};

use crate::{
    code,
    context::{
        Context,
        places::{CompletedChange, UserUpdate},
    },
    declaration::{Answers, Operation, Resource, Shape},
    endpoint::{Body, Condition, Endpoint, Guard},
    error::Error,
    flow, limit, links,
    model::User,
    reason::Reason,
    reply::Reply,
    rules::{fields, sign_in},
    run::{run, run_signed_in},
    session_cookies,
    signed_in::{self, SignedIn},
    store::{self, RequestProof, mailed::AddressChange, user::Change},
    syntax::email,
    wire,
};

/// The endpoints of the user.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        id: "user.update",
        method: Method::POST,
        path: "/update-user",
        about: "Changes the user's name, picture and additional fields.",
        body: Body::Json,
        // The cookie of the cached session is renewed here. A session that has ended must not live on in it.
        guard: Guard::StoredSession,
        served: &[Condition::Database],
        uses: &[],
        run: run_signed_in!(update),
    },
    Endpoint {
        id: "user.change_email",
        method: Method::POST,
        path: "/change-email",
        about: "Requests another address: mails a link to the old address, the new one or both, as configured.",
        body: Body::Json,
        guard: Guard::StoredSession,
        served: &[Condition::Database],
        uses: &[Resource::Mail],
        run: run_signed_in!(change_email),
    },
    Endpoint {
        id: "user.delete",
        method: Method::POST,
        path: "/delete-user",
        about: "Deletes the user, given the password, a verification token or a fresh session; or mails the token.",
        body: Body::Json,
        guard: Guard::StoredSession,
        served: &[Condition::Database],
        uses: &[Resource::Mail],
        run: run_signed_in!(delete),
    },
    Endpoint {
        id: "user.follow_delete",
        method: Method::GET,
        path: "/delete-user/callback",
        about: "Follows the link of that mail, in a browser in which the user is signed in.",
        body: Body::Ignored,
        guard: Guard::Link,
        served: &[Condition::Database],
        uses: &[],
        run: run!(follow_delete),
    },
];

/// The operations of [`ENDPOINTS`] in the API description.
pub const OPERATIONS: &[Operation] = &[
    Operation::of("user.update", "updateUser", Answers::of("The request succeeded.", Shape::Component("Done"))),
    Operation::of("user.change_email", "changeEmail", Answers::of("The request succeeded.", Shape::Component("Done"))),
    Operation::of(
        "user.delete",
        "deleteUser",
        Answers::of("The user is deleted, or the link was mailed.", Shape::Component("Deletion")),
    ),
    Operation::of(
        "user.follow_delete",
        "deleteUserCallback",
        Answers::of("The user is deleted.", Shape::Component("Deletion")).or_redirect(),
    ),
];

/// Handles `POST /update-user` (spec core §3.10). better-auth converts a name that is not a text; gatepost refuses it
/// (docs/DIFFERENCES.md).
async fn update(cx: &mut Context, wire::UpdateUser(mut body): wire::UpdateUser, own: SignedIn) -> Result<Reply, Error> {
    flow::user_change(cx, (&own.user, &own.session), body.members_mut()).await?;
    if body.has("email") {
        return Err(Error::bad(code::EMAIL_CAN_NOT_BE_UPDATED, Reason::InvalidInput));
    }
    let name = body.text("name")?;
    if name.is_some_and(|name| name.chars().nth(wire::MOST_NAME).is_some()) {
        let most = wire::MOST_NAME;
        return Err(wire::Issue(format!("[body.name] Too big: expected string to have <={most} characters")).into());
    }
    let image = if body.is_null("image") { Some(None) } else { body.text("image")?.map(Some) };
    fields::check_image(&cx.auth.config, "body.image", image.flatten()).map_err(wire::Issue)?;
    let additional = fields::update(&cx.auth.config.schema.additional.user, body.members())?;
    if name.is_none() && image.is_none() && additional.is_empty() {
        let message = "No fields to update".to_owned();
        return Err(Error::Codeless { message, reason: Reason::NothingToUpdate });
    }
    let mut update = UserUpdate {
        name: name.map(str::to_owned),
        image: image.map(|image| image.map(str::to_owned)),
        values: additional,
    };
    flow::update_values(cx, &own.user, &mut update).await?;
    let UserUpdate { name, image, values } = update;
    let image = image.as_ref().map(Option::as_deref);
    let change = Change { name: name.as_deref(), image, additional: values.into() };
    let ground = RequestProof::session(&own.session.token);
    let updated = store::user::update(&cx.db, &own.user.id, &change, Some(&ground), cx.now).await;
    let updated = updated.map_err(|error| Error::of_row(error, code::FAILED_TO_UPDATE_USER))?;
    let Some(user) = updated else {
        let gone = Error::api(StatusCode::UNAUTHORIZED, code::UNAUTHORIZED, Reason::UserGone);
        return Err(signed_in::overtaken(cx, &own.user.id, &ground, gone).await);
    };
    flow::happened(cx, &CompletedChange::UserUpdated(&user));
    session_cookies::replace(cx, &own.session, &user).await;
    Reply::json(&wire::SuccessAnswer { status: true })
}

/// Requests a change of the address (spec core §3.13). The answer does not reveal whether the new address is taken.
async fn change_email(cx: &mut Context, body: wire::ChangeEmail, own: SignedIn) -> Result<Reply, Error> {
    own.in_person()?;
    let auth = cx.auth.clone();
    let config = &auth.config.user.change_email;
    if !config.enabled {
        return Err(Error::bad(code::CHANGE_EMAIL_DISABLED, Reason::FeatureDisabled));
    }
    let to = email::stored(&body.new_email);
    if to == own.user.email {
        return Err(Error::Codeless { message: "Email is the same".to_owned(), reason: Reason::SameEmail });
    }
    let at_once = !own.user.is_verified() && config.update_email_without_verification;
    if !at_once && !auth.sends_verification_mails() {
        let message = code::VERIFICATION_EMAIL_NOT_ENABLED.message.to_owned();
        return Err(Error::Codeless { message, reason: Reason::FeatureDisabled });
    }
    // Counted before it is known whether the address is taken, which the answer does not reveal.
    if !at_once || auth.sends_verification_mails() {
        limit::check_mail(cx).await?;
    }
    flow::accept_email(cx, &own.user, &to).await?;
    let callback_url = body.callback_url.as_deref();
    let (is_taken, password) = store::mailed::taken_and_password(&cx.db, &to, &own.user.id).await?;
    if is_taken {
        return taken(None);
    }
    let password = password.as_deref();
    if at_once {
        let (id, from, more) = (&own.user.id, &own.user.email, fields::no_more_anonymous(&own.user).into());
        let change =
            AddressChange { id, from, password, was_verified: false, to: &to, verified: false, more, now: cx.now };
        let changed = store::mailed::change_email(&cx.db, &change).await;
        // Another request has taken the address meanwhile, or another value must be unique: the log says which.
        if let Err(error) = &changed
            && error.is_taken()
        {
            return taken(Some(error.to_string()));
        }
        let changed = changed.map_err(|error| Error::of_row(error, code::FAILED_TO_UPDATE_USER))?;
        let user = changed.ok_or_else(|| Error::bad(code::USER_NOT_FOUND, Reason::UserGone))?;
        flow::happened(cx, &CompletedChange::UserUpdated(&user));
        session_cookies::reissue(cx, &own.session, &user).await;
        links::mail_verification(cx, &user, password, callback_url);
    } else if own.user.is_verified() && auth.sends_change_mails() {
        links::mail_change_confirmation(cx, &own.user, password, &to, callback_url);
    } else {
        links::mail_change_verification(cx, &own.user, password, &to, callback_url);
    }
    Reply::json(&wire::SuccessAnswer { status: true })
}

/// Answers as for a free address.
fn taken(cause: Option<String>) -> Result<Reply, Error> {
    Ok(Reply { reason: Some(Reason::EmailTaken), cause, ..Reply::json(&wire::SuccessAnswer { status: true })? })
}

/// Deletes the user, or mails a link that does (spec core §3.11).
async fn delete(cx: &mut Context, body: wire::DeleteUser, own: SignedIn) -> Result<Reply, Error> {
    own.in_person()?;
    if !cx.auth.config.user.delete_user.enabled {
        return Err(Error::Blank { status: StatusCode::NOT_FOUND, reason: Reason::FeatureDisabled });
    }
    let password = body.password.as_deref().filter(|password| !password.is_empty());
    let stored = match password {
        Some(password) => Some(check_password(cx, &own.user, password).await?),
        None => None,
    };
    if let Some(token) = body.token.as_deref().filter(|token| !token.is_empty()) {
        return delete_by_token(cx, &own.user, token).await;
    }
    if cx.auth.sends_delete_mails() {
        return mail_deletion(cx, &own.user, body.callback_url.as_deref()).await;
    }
    if password.is_none() && !signed_in::is_fresh(cx, &own.session) {
        return Err(Error::bad(code::SESSION_EXPIRED, Reason::SessionNotFresh));
    }
    flow::user_deletion(cx, &own.user).await?;
    let ground = RequestProof { session: &own.session.token, password: stored.as_deref() };
    if !flow::delete_user(cx, &own.user, &ground).await? {
        let gone = Error::api(StatusCode::UNAUTHORIZED, code::UNAUTHORIZED, Reason::UserGone);
        return Err(signed_in::overtaken(cx, &own.user.id, &ground, gone).await);
    }
    deleted(cx, &own.user)
}

fn deleted(cx: &mut Context, user: &User) -> Result<Reply, Error> {
    flow::happened(cx, &CompletedChange::UserDeleted(user));
    session_cookies::clear(cx);
    Reply::json(&wire::Deletion { success: true, message: "User deleted" })
}

/// Checks a password, and returns the hash that it was compared with.
async fn check_password(cx: &mut Context, user: &User, password: &str) -> Result<String, Error> {
    sign_in::judge_length(password, &cx.auth.config.email_and_password).map_err(Error::password_length)?;
    let Some(stored) = store::account::password(&cx.db, &user.id).await? else {
        return Err(Error::bad(code::CREDENTIAL_ACCOUNT_NOT_FOUND, Reason::NoPassword));
    };
    let checked = cx.check_password(Some(&stored), password).await?;
    checked.map_err(|wrong| Error::mismatch(StatusCode::BAD_REQUEST, code::INVALID_PASSWORD, wrong))?;
    Ok(stored)
}

async fn mail_deletion(cx: &mut Context, user: &User, callback_url: Option<&str>) -> Result<Reply, Error> {
    limit::check_mail(cx).await?;
    let token = cx.rng.delete_token();
    let seconds = cx.auth.config.user.delete_user.delete_token_expires_in;
    let secret = links::mailed(cx, links::DELETE_ACCOUNT, &token, seconds, user);
    store::verification::insert(&cx.db, &secret).await?;
    links::mail_deletion(cx, user, &token, callback_url);
    Reply::json(&wire::Deletion { success: true, message: "Verification email sent" })
}

async fn delete_by_token(cx: &mut Context, user: &User, token: &str) -> Result<Reply, Error> {
    let identifiers = links::identifiers(cx, links::DELETE_ACCOUNT, token);
    let invalid = || Error::api(StatusCode::NOT_FOUND, code::INVALID_TOKEN, Reason::InvalidToken);
    // A hook may have effects of its own. It must not be asked for a token that does not work.
    let is_asked = cx.auth.config.features.hooks.decide_deletions();
    if is_asked && store::verification::working(&cx.db, &identifiers, cx.now).await?.is_none() {
        return Err(invalid());
    }
    flow::user_deletion(cx, user).await?;
    if !flow::delete_user_by_secret(cx, user, &identifiers).await? {
        return Err(invalid());
    }
    deleted(cx, user)
}

/// Follows the link that deletes the user (spec core §3.12), who must be signed in: the link alone deletes nothing.
async fn follow_delete(cx: &mut Context, query: wire::Link) -> Result<Reply, Error> {
    if !cx.auth.config.user.delete_user.enabled {
        return Err(Error::api(StatusCode::NOT_FOUND, code::NOT_FOUND, Reason::FeatureDisabled));
    }
    let own = signed_in::stored(cx)
        .await?
        .map_err(|reason| Error::api(StatusCode::NOT_FOUND, code::FAILED_TO_GET_USER_INFO, reason))?;
    own.in_person()?;
    let callback_url = query.callback_url.as_deref().filter(|url| !url.is_empty());
    let redirect = callback_url.map(Reply::redirect_as_json).transpose()?;
    let reply = delete_by_token(cx, &own.user, &query.token).await?;
    Ok(redirect.unwrap_or(reply))
}
