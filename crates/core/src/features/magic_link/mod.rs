//! Links by mail that sign in (spec sign-in-plugins §2). A link is a random token; its stored value is the address that it was mailed
//! to. README.md lists the threats.

pub mod declaration;
mod wire;

use http::{Method, StatusCode};
use jiff::SignedDuration;
use serde_json::Map;
use url::Url;

use self::wire::{Record, Redeem, SignInAnswer, SignInMagicLink, Verify};
use crate::{
    button_page, code,
    context::{
        Context,
        places::{Places, Way},
    },
    crypto::one_time_code::{StoredForm, hashed},
    declaration::{Answers, Member, Operation, Resource, Shape},
    endpoint::{Body, Condition, Endpoint, Guard, Run},
    error::Error,
    flow::mailbox::{self, Proof, SignInResult},
    guard, links,
    mail::{Kind, Mail},
    reason::Reason,
    reply::Reply,
    rules::{fields, query},
    run::run,
    store::verification,
    syntax::email,
    wire::{Input, SuccessAnswer},
};

/// The functions of the feature at the places of a request.
pub const PLACES: Places = Places::NONE;

const SERVED: &[Condition<'_>] = &[Condition::Switch("magic_link.enabled")];

/// The endpoints of magic links.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        id: "magic_link.send",
        method: Method::POST,
        path: "/sign-in/magic-link",
        about: "Mails a link that signs in; only with `magic_link.enabled`. The answer is the same for every address.",
        body: Body::Json,
        guard: Guard::LoginCsrf,
        served: SERVED,
        uses: &[Resource::Mail],
        run: run!(send),
    },
    Endpoint {
        id: "magic_link.verify",
        method: Method::GET,
        path: "/magic-link/verify",
        about: "Follows such a link: opens a session, or shows a page that does with `magic_link.confirm_on_page`.",
        body: Body::Ignored,
        guard: Guard::Redirects,
        served: SERVED,
        uses: &[],
        run: run!(follow),
    },
    Endpoint {
        id: "magic_link.redeem",
        method: Method::POST,
        path: "/magic-link/verify",
        about: "Opens the session of a link from that page; only with `magic_link.confirm_on_page`.",
        body: Body::FormOrJson,
        guard: Guard::LoginCsrf,
        served: SERVED,
        uses: &[],
        // Without the page there is no endpoint here, as in better-auth.
        run: Run {
            reads: <Redeem as Input>::READS,
            call: |cx, endpoint, input| {
                Box::pin(async move {
                    if !cx.auth.config.features.magic_link.confirm_on_page {
                        return Err(Error::not_found(Reason::UnknownRoute));
                    }
                    let form = input.read()?;
                    guard::pass(cx, endpoint.guard, input.raw())?;
                    redeem(cx, form).await
                })
            },
        },
    },
];

const SESSION: Answers = Answers::of(
    "The session, if the link has no `callbackURL`. With `twoFactorRedirect` a second factor is asked for, and the other members are \
     absent.",
    Shape::Object(&[
        Member::of("token", Shape::Text).optional(),
        Member::of("session", Shape::Component("Session")).optional(),
        Member::of("user", Shape::Component("User")).optional(),
        Member::of("twoFactorRedirect", Shape::Boolean).optional(),
        Member::of("twoFactorMethods", Shape::List(&Shape::Text)).optional(),
    ]),
)
.or_redirect();

/// The operations of [`ENDPOINTS`] in the API description.
pub const OPERATIONS: &[Operation] = &[
    Operation::of(
        "magic_link.send",
        "signInWithMagicLink",
        Answers::of("The answer is the same for every address.", Shape::Component("Done")),
    )
    .tagged("Magic-link"),
    Operation::of("magic_link.verify", "verifyMagicLink", SESSION).tagged("Magic-link"),
    Operation::of("magic_link.redeem", "redeemMagicLink", SESSION).tagged("Magic-link"),
];

/// The purpose of verification tokens that sign in.
const PURPOSE: &str = "magic-link:";

/// Returns a token as the identifier of its row has it.
fn stored(cx: &Context, token: &str) -> String {
    match cx.auth.config.features.magic_link.store {
        StoredForm::Hashed => hashed(token),
        StoredForm::Plain | StoredForm::Encrypted => token.to_owned(),
    }
}

/// Mails a link (spec sign-in-plugins §2.2). No user is looked up, so the request costs the same for every address.
async fn send(cx: &mut Context, body: SignInMagicLink) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    if !auth.sends_magic_links() {
        let message = "Magic links are not mailed".to_owned();
        return Err(Error::Codeless { message, reason: Reason::FeatureDisabled });
    }
    // In the stored JSON the name is escaped, so that its link would lead to a user who cannot be written.
    fields::check_text("name", body.name.as_deref())?;
    let token = cx.rng.magic_link_token();
    let record = Record { email: body.email, name: body.name };
    let identifier = stored(cx, &token);
    let secret = links::secret(cx, PURPOSE, &identifier, auth.config.features.magic_link.expires_in, &record.written());
    verification::insert(&cx.db, &secret).await?;
    let Some(base) = links::base(cx, Kind::MagicLink) else { return Reply::json(&SuccessAnswer { status: true }) };
    let filled = |url: &Option<String>| url.clone().filter(|url| !url.is_empty());
    let callback_url = filled(&body.callback_url).unwrap_or_else(|| "/".to_owned());
    let optional =
        [("newUserCallbackURL", &body.new_user_callback_url), ("errorCallbackURL", &body.error_callback_url)];
    let mut params = vec![("token", token.clone()), ("callbackURL", callback_url)];
    params.extend(optional.into_iter().filter_map(|(name, url)| Some((name, filled(url)?))));
    let asked = links::asked(cx);
    let mail = Mail {
        kind: Kind::MagicLink,
        to: record.email,
        // The address may have no user, and a client gives any name.
        name: String::new(),
        is_proven: false,
        new_email: None,
        url: format!("{base}/magic-link/verify?{}", query::encoded(&params)),
        token,
        code: None,
        metadata: body.metadata,
        invitation: None,
        user: None,
        asked,
    };
    links::push(cx, mail);
    Reply::json(&SuccessAnswer { status: true })
}

/// The absolute URLs to which the browser may be redirected.
struct Targets {
    callback: String,
    new_user: Reply,
    error: String,
    /// Whether the link names a callback URL. Without one the answer is JSON.
    redirects: bool,
}

impl Targets {
    fn of(cx: &Context, link: &Verify) -> Result<Self, Error> {
        let untrusted = || Error::api(StatusCode::FORBIDDEN, code::INVALID_CALLBACK_URL, Reason::UntrustedRedirect);
        let base = Url::parse(&cx.base_url()).map_err(|_| untrusted())?;
        let absolute = |url: &str| base.join(url).map(String::from).map_err(|_| untrusted());
        let given = |url: &'_ Option<String>| url.clone().filter(|url| !url.is_empty());
        let redirects = given(&link.callback_url).is_some();
        let callback = absolute(&given(&link.callback_url).unwrap_or_else(|| "/".to_owned()))?;
        let or_callback = |url: Option<String>| url.map_or_else(|| Ok(callback.clone()), |url| absolute(&url));
        // An answer that cannot be sent must change nothing.
        let new_user = Reply::redirect_as_json(&or_callback(given(&link.new_user_callback_url))?)?;
        let error = or_callback(given(&link.error_callback_url))?;
        Ok(Self { callback, new_user, error, redirects })
    }

    /// Returns the error of a link: a redirect with this code and description.
    fn failed(&self, code: &str, description: Option<&str>, reason: Reason, cause: Option<String>) -> Error {
        let set = |url: &str, key, value| query::with_query(url, url, key, value).unwrap_or_else(|| url.to_owned());
        let mut location = set(&self.error, "error", code);
        if let Some(description) = description {
            location = set(&location, "error_description", description);
        }
        Error::Redirect { location, reason, cause }
    }

    fn invalid(&self) -> Error {
        self.failed(code::INVALID_TOKEN.name, None, Reason::InvalidToken, None)
    }
}

/// Follows a link (spec sign-in-plugins §2.3).
async fn follow(cx: &mut Context, link: Verify) -> Result<Reply, Error> {
    let targets = Targets::of(cx, &link)?;
    if cx.auth.config.features.magic_link.confirm_on_page && targets.redirects {
        let title = format!("Sign in to {}", cx.auth.config.app_name);
        let fields = [
            ("token", Some(link.token.as_str())),
            ("callbackURL", link.callback_url.as_deref()),
            ("newUserCallbackURL", link.new_user_callback_url.as_deref()),
            ("errorCallbackURL", link.error_callback_url.as_deref()),
        ];
        return Ok(button_page::ask(&title, "Sign in", "verify", &fields));
    }
    sign_in(cx, &link.token, &targets).await
}

/// Redeems a link whose page the browser has shown.
async fn redeem(cx: &mut Context, form: Redeem) -> Result<Reply, Error> {
    let link = Verify::from(form);
    let targets = Targets::of(cx, &link)?;
    sign_in(cx, &link.token, &targets).await
}

/// Opens the session of a link. The statement that removes the token decides: of several requests at once, one gets it.
async fn sign_in(cx: &mut Context, token: &str, targets: &Targets) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    let config = &auth.config.features.magic_link;
    let callback = Reply::redirect_as_json(&targets.callback)?;
    if token.contains('\0') {
        return Err(targets.invalid());
    }
    let identifiers = links::identifiers(cx, PURPOSE, &stored(cx, token));
    let found = verification::peek(&cx.db, &identifiers).await?;
    if found.is_none_or(|found| Record::read(&found.value).is_none()) {
        return Err(targets.invalid());
    }
    let taken = verification::take(&cx.db, &identifiers).await?.filter(|taken| taken.expires_at >= cx.now);
    let (taken, record) = match taken.and_then(|taken| Some((Record::read(&taken.value)?, taken))) {
        Some((record, taken)) => (taken, record),
        None => return Err(targets.invalid()),
    };
    let proof = Proof {
        email: &email::stored(&record.email),
        made_at: Some(taken.expires_at - SignedDuration::from_secs(i64::from(config.expires_in))),
        way: Way::MagicLink,
        page: targets.redirects.then_some(targets.callback.as_str()),
        signs_up: !config.disable_sign_up,
        name: record.name.as_deref().unwrap_or_default(),
        image: None,
        given: &Map::new(),
    };
    let entered = match mailbox::enter(cx, &proof).await {
        Err(Error::Api { code, message, reason, cause, .. }) => {
            let description = message.as_deref().unwrap_or(code.message);
            return Err(targets.failed(code.name, Some(description), reason, cause));
        }
        Err(Error::Refused { code, message, reason, .. }) => {
            return Err(targets.failed(&code, Some(&message), reason, None));
        }
        entered => entered?,
    };
    match entered {
        SignInResult::In(entered) if !targets.redirects => {
            let (session, user) = (&entered.session, &entered.user);
            Reply::json(&SignInAnswer { token: &session.token, user, session })
        }
        SignInResult::In(entered) if entered.is_new => Ok(targets.new_user.clone()),
        SignInResult::In(_) => Ok(callback),
        SignInResult::Waiting(reply) => Ok(reply),
        SignInResult::Refused(Reason::SignUpDisabled) => {
            Err(targets.failed("new_user_signup_disabled", None, Reason::SignUpDisabled, None))
        }
        SignInResult::Refused(Reason::UserGone) => Err(targets.failed("user_not_found", None, Reason::UserGone, None)),
        SignInResult::Refused(_) => Err(targets.invalid()),
    }
}
