//! Hooks: your own code, which gatepost calls before it acts, to let it decide, and after it, to notify it. docs/hooks.md is the guide, and
//! README.md lists the threats.

mod call;
mod contract;
pub mod declaration;

use serde_json::{Map, Value};

use self::{
    contract::{Data, HookAnonymousUser, HookRequest, HookSession},
    declaration::{Event, Moment},
};
use crate::{
    auth::Auth,
    config::is_free_claim,
    context::{
        Context,
        places::{Answer, Candidate, CompletedChange, Entry, LinkedUsers, Places, UserUpdate, View, Way},
    },
    error::Error,
    model::{Additional, Session, User},
    rules::fields,
};

/// The functions of the feature at the places of a request.
pub const PLACES: Places = Places {
    request: Some(request),
    user_values: Some(user_values),
    update_values: Some(update_values),
    user_deletion: Some(user_deletion),
    session_values: Some(session_values),
    user_link: Some(user_link),
    after_session: Some(after_session),
    session_view: Some(session_view),
    claims: Some(claims),
    happened: Some(happened),
    ..Places::NONE
};

/// The columns of features that a hook may set. The others protect, such as `banned`, or have rules of their own, such as `username`.
const USER_COLUMNS: [&str; 1] = ["role"];
const SESSION_COLUMNS: [&str; 2] = ["activeOrganizationId", "activeTeamId"];
/// Columns that no hook sets, even where they are additional fields.
const PROTECTED: [&str; 4] = ["banned", "banReason", "banExpires", "impersonatedBy"];

fn request<'a>(cx: &'a mut Context, path: &'a str) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        let auth = cx.auth.clone();
        for hook in call::of(&auth, Moment::Before, Event::Request) {
            let method = cx.method.clone();
            let told = HookRequest::at(cx.client(), path, method.as_str());
            let data = Data { request: Some(told), ..Data::default() };
            call::ask(cx, hook, &data, &|_, _| false).await?;
        }
        Ok(())
    })
}

fn user_values<'a>(cx: &'a mut Context, candidate: &'a mut Candidate<'_>) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        let auth = cx.auth.clone();
        for hook in call::of(&auth, Moment::Before, Event::UserCreate) {
            let additional = fields::shown(&auth.config.schema.additional.user, &candidate.values);
            let user = User { additional, ..candidate.user.clone() };
            let (way, request) = (Some(told(candidate.way)), Some(HookRequest::of(cx.client())));
            let data = Data { user: Some(&user), way, request, ..Data::default() };
            let set = call::ask(cx, hook, &data, &|name, value| sets_user(&auth, name, value)).await?;
            for (name, value) in set {
                match name.as_str() {
                    "name" => candidate.user.name = value.as_str().map(str::to_owned),
                    "image" => candidate.user.image = value.as_str().map(str::to_owned),
                    _ => drop(candidate.values.insert(name, value)),
                }
            }
        }
        Ok(())
    })
}

fn update_values<'a>(cx: &'a mut Context, user: &'a User, update: &'a mut UserUpdate) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        let auth = cx.auth.clone();
        for hook in call::of(&auth, Moment::Before, Event::UserUpdate) {
            let changes = update.told(&auth.config.schema.additional.user);
            let request = Some(HookRequest::of(cx.client()));
            let data = Data { user: Some(user), changes: Some(&changes), request, ..Data::default() };
            let set = call::ask(cx, hook, &data, &|name, value| sets_user(&auth, name, value)).await?;
            for (name, value) in set {
                match name.as_str() {
                    "name" => update.name = value.as_str().map(str::to_owned),
                    "image" => update.image = Some(value.as_str().map(str::to_owned)),
                    _ => drop(update.values.insert(name, value)),
                }
            }
        }
        Ok(())
    })
}

fn user_deletion<'a>(cx: &'a mut Context, user: &'a User) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        let auth = cx.auth.clone();
        for hook in call::of(&auth, Moment::Before, Event::UserDelete) {
            let data = Data { user: Some(user), request: Some(HookRequest::of(cx.client())), ..Data::default() };
            call::ask(cx, hook, &data, &|_, _| false).await?;
        }
        Ok(())
    })
}

fn session_values<'a>(
    cx: &'a mut Context,
    entry: &'a Entry<'a>,
    values: &'a mut Map<String, Value>,
) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        let auth = cx.auth.clone();
        for hook in call::of(&auth, Moment::Before, Event::SessionCreate) {
            let (way, request) = (Some(told(entry.way)), Some(HookRequest::of(cx.client())));
            let data = Data { user: Some(entry.user), way, request, ..Data::default() };
            values.extend(call::ask(cx, hook, &data, &|name, _| sets_session(&auth, name)).await?);
        }
        Ok(())
    })
}

/// Returns what hooks learn of a link.
fn told_link<'a>(linked: &'a LinkedUsers<'_>) -> Data<'a> {
    Data {
        user: Some(linked.user),
        session: Some(linked.session.into()),
        anonymous: Some(HookAnonymousUser { user: linked.anonymous, session: linked.replaced.into() }),
        way: Some(told(linked.way)),
        ..Data::default()
    }
}

fn user_link<'a>(cx: &'a mut Context, linked: &'a LinkedUsers<'a>) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        let auth = cx.auth.clone();
        for hook in call::of(&auth, Moment::Before, Event::UserLink) {
            call::ask(cx, hook, &told_link(linked), &|_, _| false).await?;
        }
        Ok(())
    })
}

/// Shows more of a session. Members of `user` and `session` are shown among theirs, and replace only additional fields.
fn session_view<'a>(cx: &'a mut Context, view: &'a mut View) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        let auth = cx.auth.clone();
        for hook in call::of(&auth, Moment::Before, Event::SessionRead) {
            let session = Some(HookSession::from(&view.session));
            let data = Data { user: Some(&view.user), session, ..Data::default() };
            for (name, value) in call::ask(cx, hook, &data, &shows).await? {
                match (name.as_str(), value) {
                    ("user", Value::Object(members)) => view.user.additional.extend(members),
                    ("session", Value::Object(members)) => view.session.additional.extend(members),
                    (_, value) => view.more.set(&name, value),
                }
            }
        }
        Ok(())
    })
}

fn claims<'a>(
    cx: &'a mut Context,
    session: &'a Session,
    user: &'a User,
    claims: &'a mut Additional,
) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        let auth = cx.auth.clone();
        for hook in call::of(&auth, Moment::Before, Event::TokenCreate) {
            let data = Data { user: Some(user), session: Some(session.into()), ..Data::default() };
            claims.extend(call::ask(cx, hook, &data, &|name, _| is_free_claim(name)).await?);
        }
        Ok(())
    })
}

fn after_session<'a>(cx: &'a mut Context, entry: &'a Entry<'a>, session: &'a Session) -> Answer<'a, Result<(), Error>> {
    let way = Some(told(entry.way));
    let data = Data { user: Some(entry.user), session: Some(session.into()), way, ..Data::default() };
    call::tell(cx, Event::SessionCreate, &data);
    Box::pin(async { Ok(()) })
}

fn happened(cx: &mut Context, what: &CompletedChange<'_>) {
    let (event, user, way) = match *what {
        CompletedChange::UserCreated(user, way) => (Event::UserCreate, user, Some(told(way))),
        CompletedChange::UserUpdated(user) => (Event::UserUpdate, user, None),
        CompletedChange::UserDeleted(user) => (Event::UserDelete, user, None),
        CompletedChange::EmailVerified(user) => (Event::EmailVerify, user, None),
        CompletedChange::PasswordReset(user) => (Event::PasswordReset, user, None),
        CompletedChange::SignUpTaken(user) => (Event::SignUpTaken, user, None),
        CompletedChange::UserLinked(linked) => return call::tell(cx, Event::UserLink, &told_link(linked)),
    };
    call::tell(cx, event, &Data { user: Some(user), way, ..Data::default() });
}

/// Returns the name of a way in the input of hooks.
fn told(way: Way<'_>) -> String {
    match way {
        Way::Password => "password".to_owned(),
        Way::Username => "username".to_owned(),
        Way::SignUp => "sign-up".to_owned(),
        Way::Provider(id) => format!("provider:{id}"),
        Way::IdToken(id) => format!("id-token:{id}"),
        Way::Link => "link".to_owned(),
        Way::ChangedPassword => "changed-password".to_owned(),
        Way::SecondFactor => "second-factor".to_owned(),
        Way::MagicLink => "magic-link".to_owned(),
        Way::EmailCode => "email-code".to_owned(),
        Way::PhoneNumber => "phone-number".to_owned(),
        Way::PhoneCode => "phone-code".to_owned(),
        Way::Passkey { .. } => "passkey".to_owned(),
        Way::OneTimeToken => "one-time-token".to_owned(),
        Way::Impersonation(_) => "impersonation".to_owned(),
        Way::Anonymous => "anonymous".to_owned(),
        Way::Administrator => "administrator".to_owned(),
    }
}

fn sets_user(auth: &Auth, name: &str, value: &Value) -> bool {
    match name {
        "name" => value.is_string(),
        "image" => value.is_string() || value.is_null(),
        "role" if !value.is_string() && auth.config.features.admin.enabled => false,
        _ => is_own(auth, "user", name, &USER_COLUMNS),
    }
}

fn sets_session(auth: &Auth, name: &str) -> bool {
    is_own(auth, "session", name, &SESSION_COLUMNS)
}

/// Whether a hook may set an additional field: one of the configuration, or one of these of a feature.
fn is_own(auth: &Auth, table: &str, name: &str, of_features: &[&str]) -> bool {
    let config = &auth.config;
    let is_field = config.schema.additional.of(table).iter().any(|field| field.name == name);
    let is_of_feature = config.features.columns(table).any(|added| added.column.name == name);
    is_field && !PROTECTED.contains(&name) && (!is_of_feature || of_features.contains(&name))
}

/// Whether the answer of `/get-session` may get a member from a hook.
fn shows(name: &str, value: &Value) -> bool {
    let replaces =
        |members: &[&str]| value.as_object().is_none_or(|shown| members.iter().any(|name| shown.contains_key(*name)));
    match name {
        "user" => {
            const COLUMNS: &[&str] = &["id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt"];
            !replaces(COLUMNS) && !replaces(&PROTECTED)
        }
        "session" => {
            const COLUMNS: &[&str] =
                &["id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent"];
            !replaces(COLUMNS) && !replaces(&PROTECTED)
        }
        "needsRefresh" => false,
        _ => true,
    }
}
