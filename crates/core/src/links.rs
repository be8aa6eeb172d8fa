//! Mailed links: what each one proves, how it is written, and how it is read when it comes back (spec core §13). `rules::binding`
//! has what they are bound to.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::SignedDuration;
use sha2::{Digest as _, Sha256};

use crate::{
    auth::Auth,
    context::Context,
    crypto::jwt,
    mail::{self, Kind, Mail, MailRequestContext},
    model::User,
    outcome::Outcome,
    percent::encode_component,
    reason::Reason,
    rules::verification::{CONFIRM_CHANGE, Claims, VERIFY_CHANGE},
    store,
};

/// The purpose of verification tokens that reset passwords: the prefix of their identifiers.
pub const RESET_PASSWORD: &str = "reset-password:";
/// The purpose of verification tokens that delete users.
pub const DELETE_ACCOUNT: &str = "delete-account-";

/// Mails the link that confirms `user`'s address (spec core §3.3), if such mails are on. `password` is the stored hash of the
/// user's password, if any: the link works while address and password are unchanged.
pub fn mail_verification(cx: &mut Context, user: &User, password: Option<&str>, callback_url: Option<&str>) {
    if cx.auth.sends_verification_mails() && !is_replaced(cx, &user.email) {
        let claims = claims(cx, user, password);
        mail_claims(cx, Kind::VerifyEmail, user, &claims, callback_url);
    }
}

/// Lets a feature mail something instead of the link that confirms an address. Returns whether one did.
fn is_replaced(cx: &mut Context, email: &str) -> bool {
    let places = cx.places;
    places.iter().filter_map(|feature| feature.verification).any(|place| place(cx, email))
}

fn claims(cx: &Context, user: &User, password: Option<&str>) -> Claims {
    let config = &cx.auth.config;
    Claims::of(user, cx.now, config.email_verification.expires_in).bound(&config.secrets, user, password)
}

/// Mails a link to the old address that confirms the change to `to` (spec core §3.13).
pub fn mail_change_confirmation(
    cx: &mut Context,
    user: &User,
    password: Option<&str>,
    to: &str,
    callback_url: Option<&str>,
) {
    let claims = claims(cx, user, password).changing(to, CONFIRM_CHANGE);
    mail_claims(cx, Kind::ChangeEmailConfirmation, user, &claims, callback_url);
}

/// Mails a link to the new address that confirms it (spec core §3.13), if such mails are on.
pub fn mail_change_verification(
    cx: &mut Context,
    user: &User,
    password: Option<&str>,
    to: &str,
    callback_url: Option<&str>,
) {
    if cx.auth.sends_verification_mails() {
        let claims = claims(cx, user, password).changing(to, VERIFY_CHANGE);
        let user = User { email: to.to_owned(), ..user.clone() };
        mail_claims(cx, Kind::VerifyEmail, &user, &claims, callback_url);
    }
}

/// Handles a sign-up with the address of an existing user: mails a link to it if it is not confirmed. `own_password` is the stored
/// hash if the client gave the same password; otherwise the user loses the password (`store::unproven::contest`). `mail` is the
/// callback URL of the link; without it nothing is mailed. `then` mails codes, which must not come before the claim is stored: a code
/// confirms the address. All of it happens after the answer, so that the answer and its time are the same for a confirmed address.
pub fn sign_up_again(
    cx: &mut Context,
    email: &str,
    own_password: Option<String>,
    mail: Option<Option<&str>>,
    then: impl FnOnce(&mut Context),
) {
    let earlier = cx.afterwards.take();
    let mail = mail.filter(|_| !cx.auth.sends_verification_mails() || !is_replaced(cx, email));
    let (email, callback_url) = (email.to_owned(), mail.map(|url| url.map(str::to_owned)));
    let expires_in = cx.auth.config.email_verification.expires_in;
    let base = base(cx, Kind::VerifyEmail).filter(|_| cx.auth.sends_verification_mails());
    let (auth, id, note_id, now, asked) = (cx.auth.clone(), cx.rng.id(), cx.rng.id(), cx.now, asked(cx));
    then(cx);
    let codes = cx.afterwards.take();
    earlier.into_iter().for_each(|work| cx.afterwards.push(work));
    cx.afterwards.push(Box::pin(async move {
        let found = match &own_password {
            Some(_) => {
                let found = store::user::by_email(&auth.db(), &email).await;
                found.map(|user| user.filter(|user| !user.is_verified()).map(|user| (user, own_password)))
            }
            None => store::unproven::contest(&auth.db(), &email, &note_id, now).await,
        };
        let found = match found {
            Ok(found) => found,
            Err(error) => {
                return Outcome::background(
                    "sign_up",
                    &format!("the second sign-up with an address had no effect: {error}"),
                );
            }
        };
        for code in codes {
            code.await;
        }
        let (Some((user, password)), Some(base), Some(callback_url)) = (found, base, callback_url) else { return };
        let secrets = &auth.config.secrets;
        let claims = Claims::of(&user, now, expires_in).bound(secrets, &user, password.as_deref());
        let mail = signed(&auth, &base, Kind::VerifyEmail, &user, &claims, callback_url.as_deref());
        if let Some(mail) = mail {
            let mail = Mail { asked, ..mail };
            mail::deliver(&auth.config, &auth.templates, &mail, &id, now.as_second()).await;
        }
    }));
}

/// Stores a verification token with which `user` can set a new password, and mails the link (spec core §3.16). All of it happens
/// after the answer, which therefore takes no longer for an address with a user.
pub fn mail_reset(cx: &mut Context, user: &User, redirect_to: Option<&str>) {
    let Some(base) = base(cx, Kind::ResetPassword) else { return };
    let token = cx.rng.reset_token();
    let callback = encode_component(redirect_to.unwrap_or_default());
    let url = format!("{base}/reset-password/{token}?callbackURL={callback}");
    let seconds = cx.auth.config.email_and_password.reset_password_token_expires_in;
    let secret = mailed(cx, RESET_PASSWORD, &token, seconds, user);
    let link = Link { url, token: &token, callback_url: redirect_to.unwrap_or_default() };
    let mail = Mail { asked: asked(cx), ..about(&cx.auth, user, Kind::ResetPassword, link) };
    let (auth, id, now) = (cx.auth.clone(), cx.rng.id(), cx.now.as_second());
    cx.afterwards.push(Box::pin(async move {
        let db = auth.db();
        match store::verification::insert(&db, &secret).await {
            Ok(()) => mail::deliver(&auth.config, &auth.templates, &mail, &id, now).await,
            Err(error) => Outcome::background("reset_password", &format!("no link was stored or mailed: {error}")),
        }
    }));
}

/// Mails the link that deletes the user (spec core §3.11).
pub fn mail_deletion(cx: &mut Context, user: &User, token: &str, callback_url: Option<&str>) {
    let Some(base) = base(cx, Kind::DeleteAccount) else { return };
    let url = format!("{base}/delete-user/callback?token={token}&callbackURL={}", callback(callback_url));
    let link = Link { url, token, callback_url: callback_url.unwrap_or_default() };
    let mail = Mail { asked: asked(cx), ..about(&cx.auth, user, Kind::DeleteAccount, link) };
    push(cx, mail);
}

/// Mails a link with a signed token.
fn mail_claims(cx: &mut Context, kind: Kind, user: &User, claims: &Claims, callback_url: Option<&str>) {
    let Some(base) = base(cx, kind) else { return };
    if let Some(mail) = signed(&cx.auth, &base, kind, user, claims, callback_url) {
        let asked = asked(cx);
        push(cx, Mail { asked, ..mail });
    }
}

fn signed(
    auth: &Auth,
    base: &str,
    kind: Kind,
    user: &User,
    claims: &Claims,
    callback_url: Option<&str>,
) -> Option<Mail> {
    // Texts and numbers can always be written as JSON.
    let token = jwt::sign(auth.config.secrets.current().bytes(), &serde_json::to_vec(claims).ok()?);
    let url = format!("{base}/verify-email?token={token}&callbackURL={}", callback(callback_url));
    let new_email = claims.update_to.clone().filter(|_| kind == Kind::ChangeEmailConfirmation);
    let link = Link { url, token: &token, callback_url: callback_url.unwrap_or_default() };
    Some(Mail { new_email, ..about(auth, user, kind, link) })
}

/// Returns the base URL of mailed links. If it is unknown, nothing is mailed, because a request can name any host.
pub(crate) fn base(cx: &Context, kind: Kind) -> Option<String> {
    let base = cx.link_base();
    if base.is_none() {
        let cause = format!(
            "{} was not sent: links need the service's own URL, because a request can name any host; set BETTER_AUTH_URL",
            kind.name()
        );
        Outcome::background("mail", &cause);
    }
    base
}

/// Returns what a mail tells about the request.
pub fn asked(cx: &Context) -> MailRequestContext {
    let origin = cx.header("origin").filter(|origin| cx.trusts(origin));
    MailRequestContext::new(cx.header("accept-language").as_deref(), origin)
}

/// The link of a mail.
struct Link<'a> {
    /// The service's own URL with the token.
    url: String,
    token: &'a str,
    /// The URL for afterwards, as the client gave it; empty if it gave none.
    callback_url: &'a str,
}

/// Returns the mail about a user with a link: to the page of `[mail.urls]`, or to the service itself.
fn about(auth: &Auth, user: &User, kind: Kind, link: Link<'_>) -> Mail {
    let Link { url, token, callback_url } = link;
    let urls = &auth.config.mail.urls;
    let own = match kind {
        Kind::VerifyEmail => &urls.verify_email,
        Kind::ResetPassword => &urls.reset_password,
        Kind::DeleteAccount => &urls.delete_account,
        Kind::ChangeEmailConfirmation => &urls.change_email_confirmation,
        Kind::TwoFactorOtp
        | Kind::MagicLink
        | Kind::SignInOtp
        | Kind::EmailVerificationOtp
        | Kind::ForgetPasswordOtp
        | Kind::ChangeEmailOtp
        | Kind::OrganizationInvitation => &None,
    };
    let url = own.as_ref().map(|pattern| pattern.filled(token, callback_url, &url)).unwrap_or(url);
    Mail {
        kind,
        to: user.email.clone(),
        name: user.called().to_owned(),
        // The mail that asks for the proof is sent before the proof.
        is_proven: user.is_verified() && kind != Kind::VerifyEmail,
        new_email: None,
        url,
        token: token.to_owned(),
        code: None,
        user: Some(user.clone()),
        asked: MailRequestContext::default(),
        metadata: None,
        invitation: None,
    }
}

fn callback(callback_url: Option<&str>) -> impl std::fmt::Display {
    encode_component(callback_url.filter(|url| !url.is_empty()).unwrap_or("/"))
}

/// Mails something after the answer, so that the time of the mail server does not reveal which addresses have users.
pub fn push(cx: &mut Context, mail: Mail) {
    let (auth, id, now) = (cx.auth.clone(), cx.rng.id(), cx.now.as_second());
    cx.afterwards.push(Box::pin(async move { mail::deliver(&auth.config, &auth.templates, &mail, &id, now).await }));
}

/// Reads the token of a link. Every accepted secret is tried, so links stay valid during a rotation.
pub fn read(cx: &Context, token: &str) -> Result<Claims, Reason> {
    let signed = cx.auth.config.secrets.all().find_map(|secret| jwt::verify(secret.bytes(), token));
    Claims::read(&signed.ok_or(Reason::InvalidToken)?, cx.now)
}

/// Creates a single-use value that stands for `value` for this many seconds, ready to be stored.
pub fn secret(cx: &mut Context, purpose: &str, token: &str, seconds: u32, value: &str) -> store::secret::NewSecret {
    store::secret::NewSecret {
        id: cx.rng.id(),
        identifier: identifiers(cx, purpose, token).swap_remove(0),
        value: value.to_owned(),
        address: None,
        expires_at: cx.now + SignedDuration::from_secs(i64::from(seconds)),
        now: cx.now,
        clean: !cx.auth.config.verification.disable_cleanup,
    }
}

/// A secret that is mailed to a user and acts for the user while the address stays the same.
pub fn mailed(cx: &mut Context, purpose: &str, token: &str, seconds: u32, user: &User) -> store::secret::NewSecret {
    store::secret::NewSecret { address: Some(user.email.clone()), ..secret(cx, purpose, token, seconds, &user.id) }
}

/// How the table holds a secret, the way that is written first: where hashes are written, what was stored before that
/// is still found (spec core §13.4).
pub fn identifiers(cx: &Context, purpose: &str, token: &str) -> Vec<String> {
    let plain = format!("{purpose}{token}");
    if cx.auth.config.verification.hashed {
        vec![URL_SAFE_NO_PAD.encode(Sha256::digest(&plain)), plain]
    } else {
        vec![plain]
    }
}
