//! `POST /sign-up/email`: creates a user with a password and, unless configured otherwise, the first session.

use http::{Method, StatusCode};
use serde_json::{Map, Value};

use crate::{
    code,
    context::{
        AcceptedPassword, Context,
        places::{CompletedChange, Entry, Way},
    },
    crypto::password,
    declaration::{Answers, Member, Operation, Resource, Shape},
    endpoint::{Body, Condition, Endpoint, Guard, Run},
    error::Error,
    flow::{self, Cookies},
    guard, links,
    model::User,
    reason::Reason,
    reply::Reply,
    rules::{
        fields,
        sign_in::{self, FoundUser},
    },
    store::{
        self, StoreError,
        user::{AcceptedUser, NewUserRow},
    },
    syntax::email,
    wire::{self, Input},
};

/// The endpoint of signing up with address and password.
pub const ENDPOINTS: &[Endpoint] = &[Endpoint {
    id: "sign_up.email",
    method: Method::POST,
    path: "/sign-up/email",
    about: "Creates a user with a password and, by default, the first session.",
    body: Body::FormOrJson,
    guard: Guard::LoginCsrf,
    served: &[Condition::Database],
    uses: &[Resource::Mail],
    // Features see the body before validation, as better-auth's plugins do, so that their refusals come first.
    run: Run {
        reads: <wire::SignUpEmail as Input>::READS,
        call: |cx, endpoint, input| {
            Box::pin(async move {
                let record = flow::new_user(cx, input.raw().body.as_ref()).await?;
                let body = input.read()?;
                guard::pass(cx, endpoint.guard, input.raw())?;
                by_email(cx, body, &record).await
            })
        },
    },
}];

/// The operation of [`ENDPOINTS`] in the API description.
pub const OPERATIONS: &[Operation] = &[Operation::of(
    "sign_up.email",
    "signUpWithEmailAndPassword",
    Answers::of(
        "The new user. With hidden addresses, a taken address gets the same answer.",
        Shape::Object(&[Member::of("token", Shape::TextOrNull), Member::of("user", Shape::Component("User"))]),
    ),
)
.refusing(&[("422", "The user cannot be created, for example because the address is taken.")])];

/// Spec core §3.3. `record` are all members of the body, for the columns of your own.
async fn by_email(cx: &mut Context, body: wire::SignUpEmail, record: &Map<String, Value>) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    let config = &auth.config.email_and_password;
    if !config.enabled || config.disable_sign_up {
        let reason = if config.enabled { Reason::SignUpDisabled } else { Reason::PasswordsDisabled };
        return Err(Error::bad(code::EMAIL_PASSWORD_SIGN_UP_DISABLED, reason));
    }
    sign_in::judge_new_password(&body.password, config).map_err(Error::password_length)?;

    fields::check_image(&auth.config, "body.image", body.image.as_deref()).map_err(wire::Issue)?;
    let values = fields::create(&auth.config.schema.additional.user, record)?;
    let user = cx.new_user(body.name.clone(), email::stored(&body.email), false, body.image.clone());
    let AcceptedUser { user, values, if_first } = flow::accept_user(cx, Way::SignUp, user, values).await?;
    let given: Vec<String> = values.given().map(str::to_owned).collect();
    let hides = config.hides_taken_addresses();
    // Before the lookup: the answer and its time are the same for a taken and for a free address.
    let password = cx.accept_password("/sign-up/email", &body.password).await?;
    let taken = store::user::with_password(&cx.db, &user.email).await?;
    if taken.is_some() && !hides {
        let code = code::USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL;
        return Err(Error::api(StatusCode::UNPROCESSABLE_ENTITY, code, Reason::EmailTaken));
    }
    let (hash, own_password) = hashed(cx, taken.as_ref(), &password).await?;
    let account_id = cx.rng.id();
    let new = NewUserRow {
        user: &user,
        account_id: &account_id,
        password_hash: &hash,
        additional: &values,
        if_first: if_first.as_ref(),
    };
    let mails = auth.config.email_verification.send_on_sign_up.unwrap_or(config.require_email_verification);
    let mail = mails.then_some(body.callback_url.as_deref());
    let remember = body.remember_me != Some(false);
    let entry = Entry { user: &user, way: Way::SignUp, remember, password: Some(&hash), page: None };
    let (session, closed) = if hides { (None, None) } else { flow::prepare(cx, &entry).await?.parts() };
    let made = if taken.is_some() {
        undone(cx, &new).await.map(Err)
    } else {
        store::user::insert(&cx.db, &new, session).await.map(Ok)
    };
    let (user, session) = match made {
        Ok(Ok(made)) => made,
        Ok(Err(shown)) => {
            taken.iter().for_each(|taken| flow::happened(cx, &CompletedChange::SignUpTaken(&taken.user)));
            return answer_taken(cx, &new, &given, shown, (mail, own_password), None);
        }
        // Another request has taken the address meanwhile, or another value must be unique. Both cost the same time.
        Err(error) if hides && error.is_taken() => {
            let shown = undone(cx, &new).await.map_err(refused)?;
            let own_password = match store::user::with_password(&cx.db, &user.email).await? {
                Some(taken) => hashed(cx, Some(&taken), &password).await?.1,
                None => None,
            };
            return answer_taken(cx, &new, &given, shown, (mail, own_password), Some(error.to_string()));
        }
        Err(error) => return Err(refused(error)),
    };
    flow::happened(cx, &CompletedChange::UserCreated(&user, Way::SignUp));
    if let Some(callback_url) = mail {
        links::mail_verification(cx, &user, Some(&hash), callback_url);
    }
    flow::signed_up(cx, &user.email);
    let entry = Entry { user: &user, ..entry };
    if let Some(answer) = closed {
        return answer(cx, &entry).await;
    }
    if let Some(session) = &session {
        flow::announce(cx, &entry, session, Cookies::AsEntered).await?;
    }
    if hides {
        return answer(None, &without_made(user, &new, &given), None);
    }
    answer(session.as_ref().map(|session| session.token.as_str()), &user, None)
}

/// Hashes the password of a new user. If the address is taken, nothing is stored: the password is compared with that of its user
/// instead, which takes as long. Returns a hash, and the stored one if the user has the same password.
async fn hashed(
    cx: &mut Context,
    taken: Option<&FoundUser>,
    password: &AcceptedPassword<'_>,
) -> Result<(String, Option<String>), Error> {
    let Some(found) = taken else {
        // Where the answer must not reveal a taken address, its time must not either.
        let hides = cx.auth.config.email_and_password.hides_taken_addresses();
        let hash = if hides { cx.hash_password_as_slowly(password).await? } else { cx.hash_password(password).await? };
        return Ok((hash, None));
    };
    let is_same = cx.check_password(found.password.as_deref(), password.text()).await?.is_ok();
    Ok((password::placeholder(), found.password.clone().filter(|_| is_same)))
}

fn refused(error: StoreError) -> Error {
    let refused = Error::api(StatusCode::UNPROCESSABLE_ENTITY, code::FAILED_TO_CREATE_USER, Reason::RowRefused);
    Error::refused_row(error, refused)
}

/// Returns the user that a sign-up with a taken address shows. The row is written for an address of the same form that no user has,
/// and undone. So the database refuses what it would refuse of the real row, and fills in the same values; those that contain the
/// address are shown with the real one.
async fn undone(cx: &mut Context, new: &NewUserRow<'_>) -> Result<User, StoreError> {
    let (local, domain) = email::parts(&new.user.email);
    let other = cx.rng.alike(local);
    let user = User { email: format!("{other}@{domain}"), ..new.user.clone() };
    let mut made = store::user::insert_undone(&cx.db, &NewUserRow { user: &user, ..*new }).await?;
    let texts = made.additional.0.iter_mut().filter_map(|(_, value)| match value {
        Value::String(text) => Some(text),
        _ => None,
    });
    texts.chain(&mut made.name).chain(&mut made.image).for_each(|text| *text = text.replace(&other, local));
    Ok(User { email: new.user.email.clone(), ..made })
}

/// Answers as for a free address, so that the answer does not reveal that this one is taken (spec core §14).
fn answer_taken(
    cx: &mut Context,
    new: &NewUserRow<'_>,
    given: &[String],
    shown: User,
    (mail, own_password): (Option<Option<&str>>, Option<String>),
    cause: Option<String>,
) -> Result<Reply, Error> {
    // Without required verification, users with unconfirmed addresses may use their accounts, so the sign-up has no effect.
    let email = &new.user.email;
    if cx.auth.config.email_and_password.require_email_verification {
        links::sign_up_again(cx, email, own_password, mail, |cx| flow::signed_up(cx, email));
    } else {
        flow::signed_up(cx, email);
    }
    Ok(Reply { cause, ..answer(None, &without_made(shown, new, given), Some(Reason::EmailTaken))? })
}

/// Removes the values that the database made: those that neither the request nor the configuration gave. A value may depend on the
/// address, for example a digest for a picture, and would reveal for which address the row was written.
fn without_made(user: User, new: &NewUserRow<'_>, given: &[String]) -> User {
    let mut user = User { image: user.image.filter(|_| new.user.image.is_some()), ..user };
    let made = user.additional.0.iter_mut().filter(|(name, _)| !given.contains(name));
    made.for_each(|(_, value)| *value = Value::Null);
    user
}

fn answer(token: Option<&str>, user: &User, reason: Option<Reason>) -> Result<Reply, Error> {
    let reply = Reply::json(&wire::SignUpAnswer { token, user })?;
    Ok(Reply { reason, ..reply })
}
