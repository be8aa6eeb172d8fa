//! Addresses: mails the link that confirms one, and follows it (spec core §§3.17, 3.18).

use http::{Method, StatusCode};

use crate::{
    button_page,
    code::{self, Code},
    context::{
        Context,
        places::{CompletedChange, Entry, Way},
    },
    declaration::{Answers, Member, Operation, Resource, Shape},
    endpoint::{Body, Condition, Endpoint, Guard},
    error::Error,
    flow::{self, Cookies, mailbox},
    limit, links,
    model::User,
    reason::Reason,
    reply::Reply,
    rules::{
        fields, query,
        verification::{self, Step},
    },
    run::run,
    session_cookies, signed_in,
    store::{
        self, Db,
        mailed::{AddressChange, MailRecipient},
    },
    syntax::email,
    wire,
};

/// The endpoints that confirm addresses.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        id: "email.send_verification",
        method: Method::POST,
        path: "/send-verification-email",
        about: "Mails the link that confirms an address. Without a session, the answer is the same for every address.",
        body: Body::Json,
        guard: Guard::Open,
        served: &[Condition::Database],
        uses: &[Resource::Mail],
        run: run!(send_verification),
    },
    Endpoint {
        id: "email.verify",
        method: Method::GET,
        path: "/verify-email",
        about: "Confirms or changes an address by a mailed link. With `email_verification.confirm_on_page`, it shows a page \
                whose button does that.",
        body: Body::Ignored,
        guard: Guard::Link,
        served: &[Condition::Database],
        uses: &[Resource::Mail],
        run: run!(verify),
    },
];

/// The endpoint of the page's button, with `email_verification.confirm_on_page`.
pub const PAGE: &[Endpoint] = &[Endpoint {
    id: "email.confirm",
    method: Method::POST,
    path: "/verify-email",
    about: "Confirms or changes an address by the button of the page; only with `email_verification.confirm_on_page`.",
    body: Body::FormOrJson,
    guard: Guard::LoginCsrf,
    served: &[Condition::Database, Condition::Switch("email_verification.confirm_on_page")],
    uses: &[Resource::Mail],
    run: run!(press),
}];

const CONFIRMED: Answers = Answers::of(
    "The address is confirmed.",
    Shape::Object(&[
        Member::of("status", Shape::Boolean),
        Member::of("user", Shape::OrNull(&Shape::Component("User"))),
    ]),
)
.or_redirect();

/// The operations of [`ENDPOINTS`] in the API description.
pub const OPERATIONS: &[Operation] = &[
    Operation::of(
        "email.send_verification",
        "sendVerificationEmail",
        Answers::of("The request succeeded.", Shape::Component("Done")),
    ),
    Operation::of("email.verify", "verifyEmail", CONFIRMED),
    Operation::of("email.confirm", "confirmEmail", CONFIRMED),
];

/// Mails the link that confirms the address (spec core §3.17).
async fn send_verification(cx: &mut Context, body: wire::SendVerificationEmail) -> Result<Reply, Error> {
    if !cx.auth.sends_verification_mails() {
        return Err(Error::bad(code::VERIFICATION_EMAIL_NOT_ENABLED, Reason::FeatureDisabled));
    }
    let email = email::stored(&body.email);
    let reached = match signed_in::optional(cx).await?.ok() {
        Some(own) if own.user.email != email => return Err(Error::bad(code::EMAIL_MISMATCH, Reason::EmailMismatch)),
        Some(own) if own.user.is_verified() => {
            return Err(Error::bad(code::EMAIL_ALREADY_VERIFIED, Reason::EmailAlreadyVerified));
        }
        Some(own) => store::mailed::by_id(&cx.db, &own.user.id).await?,
        None => store::mailed::by_email(&cx.db, &email).await?.filter(|reached| !reached.user.is_verified()),
    };
    if let Some(MailRecipient { user, credential }) = &reached {
        links::mail_verification(cx, user, credential.password.as_deref(), body.callback_url.as_deref());
    }
    let reason = reached.is_none().then_some(Reason::UnknownUser);
    Ok(Reply { reason, ..Reply::json(&wire::SuccessAnswer { status: true })? })
}

/// Follows a link that confirms or changes an address (spec core §3.18).
async fn verify(cx: &mut Context, query: wire::Link) -> Result<Reply, Error> {
    let callback_url = query.callback_url.as_deref().filter(|url| !url.is_empty());
    if cx.auth.config.email_verification.confirm_on_page && callback_url.is_some() {
        let title = format!("Confirm your request to {}", cx.auth.config.app_name);
        let fields = [("token", Some(query.token.as_str())), ("callbackURL", callback_url)];
        return Ok(button_page::ask(&title, "Confirm", "verify-email", &fields));
    }
    answer(cx, &query.token, callback_url).await
}

/// Handles the button of the page: confirms or changes the address.
async fn press(cx: &mut Context, form: wire::PressedLink) -> Result<Reply, Error> {
    answer(cx, &form.token, form.callback_url.as_deref().filter(|url| !url.is_empty())).await
}

/// Confirms or changes an address by the token of a link, and answers or redirects.
async fn answer(cx: &mut Context, token: &str, callback_url: Option<&str>) -> Result<Reply, Error> {
    let redirect = callback_url.map(Reply::redirect_as_json).transpose()?;
    let followed = match follow(cx, token, callback_url).await {
        Err(error) => return Err(led_back(error, callback_url)),
        Ok(followed) => followed,
    };
    match followed {
        Ok(FollowedLink::Answered(reply)) => Ok(reply),
        Ok(FollowedLink::Done(changed)) => match redirect {
            Some(reply) => Ok(reply),
            None => Reply::json(&wire::VerifiedEmail { status: true, user: changed.as_ref() }),
        },
        Err(reason) => Err(refused(reason, callback_url)),
    }
}

/// Returns the error of a link: a redirect to the callback URL if there is one.
fn refused(reason: Reason, callback_url: Option<&str>) -> Error {
    let code: Code = match reason {
        Reason::TokenExpired => code::TOKEN_EXPIRED,
        Reason::UnknownUser => code::USER_NOT_FOUND,
        Reason::AnotherUser => code::INVALID_USER,
        _ => code::INVALID_TOKEN,
    };
    match callback_url {
        Some(url) => Error::Redirect { location: query::appended(url, &[("error", code.name)]), reason, cause: None },
        None => Error::api(StatusCode::UNAUTHORIZED, code, reason),
    }
}

/// Leads the browser back with the refusal of a feature, if there is a callback URL.
fn led_back(error: Error, callback_url: Option<&str>) -> Error {
    match (error.refusal(), callback_url) {
        (Some((code, message)), Some(url)) => {
            let location = query::appended(url, &[("error", code), ("error_description", message)]);
            Error::Redirect { location, reason: error.reason(), cause: error.cause().map(str::to_owned) }
        }
        _ => error,
    }
}

/// The result of a followed link.
enum FollowedLink {
    /// The link took effect; with the user if the address changed.
    Done(Option<User>),
    /// The link took effect, and a feature answers instead of a session.
    Answered(Reply),
}

/// Does what the link says, or returns the reason why not.
async fn follow(
    cx: &mut Context,
    token: &str,
    callback_url: Option<&str>,
) -> Result<Result<FollowedLink, Reason>, Error> {
    let claims = match links::read(cx, token) {
        Ok(claims) => claims,
        Err(reason) => return Ok(Err(reason)),
    };
    let reached = match (&claims.update_to, &claims.user_id) {
        (Some(_), Some(id)) => store::mailed::by_id(&cx.db, id).await?,
        (Some(_), None) => None,
        (None, _) => store::mailed::by_email(&cx.db, &email::stored(&claims.email)).await?,
    };
    let (user, credential) = reached.map(|MailRecipient { user, credential }| (user, credential)).unzip();
    let credential = credential.unwrap_or_default();
    let holds = user.as_ref().is_some_and(|user| claims.holds(&cx.auth.config.secrets, user, &credential));
    let (step, user) = match (verification::judge(&claims, user.as_ref(), holds), user) {
        (Ok(step), Some(user)) => (step, user),
        (Err(reason), _) => return Ok(Err(reason)),
        (Ok(_), None) => return Ok(Err(Reason::UnknownUser)),
    };
    let password = credential.password.as_deref();
    match step {
        Step::Nothing => Ok(Ok(FollowedLink::Done(None))),
        Step::Confirm => {
            let claim = store::unproven::claim(&user);
            let confirmed = confirm(cx, &user, password, callback_url, Some(&claim)).await?;
            let mut user = user;
            if !matches!(confirmed, Err(Reason::InvalidToken)) || !mailbox::settle_claim(cx, &mut user).await? {
                return Ok(confirmed);
            }
            let password =
                store::mailed::by_id(&cx.db, &user.id).await?.and_then(|reached| reached.credential.password);
            confirm(cx, &user, password.as_deref(), callback_url, None).await
        }
        Step::AskNewAddress(to) => {
            let follower = signed_in::optional(cx).await?.ok();
            if follower.is_some_and(|follower| follower.user.id != user.id) {
                return Ok(Err(Reason::AnotherUser));
            }
            // The link may be followed again and again, and each time the new address, which may be a stranger's, gets a mail.
            limit::check_mail(cx).await?;
            links::mail_change_verification(cx, &user, password, to, callback_url);
            Ok(Ok(FollowedLink::Done(None)))
        }
        Step::Change(to) => {
            let changed = change(cx, &user, password, (to, user.is_verified()), callback_url).await?;
            Ok(changed.map(FollowedLink::Done))
        }
        Step::ChangeUnconfirmed(to) => {
            let changed = change(cx, &user, password, (to, false), callback_url).await?;
            if let Ok(Some(user)) = &changed {
                links::mail_verification(cx, user, password, callback_url);
            }
            Ok(changed.map(FollowedLink::Done))
        }
    }
}

/// Confirms the address, and signs in if that is configured.
async fn confirm(
    cx: &mut Context,
    user: &User,
    password: Option<&str>,
    page: Option<&str>,
    claim: Option<&str>,
) -> Result<Result<FollowedLink, Reason>, Error> {
    let signs_in = cx.auth.config.email_verification.auto_sign_in_after_verification;
    let own = if signs_in { signed_in::stored(cx).await?.ok() } else { None };
    let own = own.filter(|own| own.user.email == user.email).map(|own| own.session);
    let entry = Entry { user, way: Way::Link, remember: true, password, page };
    let opens = signs_in && own.is_none();
    let (new, closed) = if opens { flow::prepare(cx, &entry).await?.parts() } else { (None, None) };
    let confirmed = store::mailed::confirm(&cx.db, user, password, new, claim, cx.now).await?;
    let Some((user, new)) = confirmed else {
        let is_done = confirmed_meanwhile(&cx.db, user).await?;
        return Ok(if is_done { Ok(FollowedLink::Done(None)) } else { Err(Reason::InvalidToken) });
    };
    flow::happened(cx, &CompletedChange::EmailVerified(&user));
    let entry = Entry { user: &user, ..entry };
    if let Some(session) = own {
        session_cookies::replace(cx, &session, &user).await;
    } else if let Some(session) = new {
        flow::announce(cx, &entry, &session, Cookies::Replaced).await?;
    } else if let Some(answer) = closed {
        return Ok(Ok(FollowedLink::Answered(answer(cx, &entry).await?)));
    }
    Ok(Ok(FollowedLink::Done(None)))
}

/// Whether another request has confirmed this address of this user since. That request opened the session; following a link again
/// does nothing.
async fn confirmed_meanwhile(db: &Db, user: &User) -> Result<bool, Error> {
    let now = store::user::by_id(db, &user.id).await?;
    Ok(now.is_some_and(|now| now.email == user.email && now.is_verified()))
}

/// Changes the address, unless another user follows the link, or the address was taken or changed meanwhile.
async fn change(
    cx: &mut Context,
    user: &User,
    password: Option<&str>,
    (to, verified): (&str, bool),
    callback_url: Option<&str>,
) -> Result<Result<Option<User>, Reason>, Error> {
    let own = signed_in::stored(cx).await?.ok();
    if own.as_ref().is_some_and(|own| own.user.id != user.id) {
        return Ok(Err(Reason::AnotherUser));
    }
    // The rules for addresses may have changed since the link was mailed.
    flow::accept_email(cx, user, to).await?;
    let (from, was_verified, more) = (&user.email, user.is_verified(), fields::no_more_anonymous(user).into());
    let change = AddressChange { id: &user.id, from, password, was_verified, to, verified, more, now: cx.now };
    match store::mailed::change_email(&cx.db, &change).await {
        Ok(None) => Ok(Err(Reason::InvalidToken)),
        Err(error) if error.is_taken() => Err(refused(Reason::InvalidToken, callback_url).because(error)),
        Ok(Some(user)) => {
            flow::happened(cx, &CompletedChange::UserUpdated(&user));
            if let Some(own) = own {
                session_cookies::replace(cx, &own.session, &user).await;
            }
            Ok(Ok(Some(user)))
        }
        Err(error) => Err(led_back(error.into(), callback_url)),
    }
}
