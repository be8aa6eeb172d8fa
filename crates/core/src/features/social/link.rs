//! `/link-social`: a signed-in user adds an account of a provider (spec jwt-oauth-schema §4.7).

use http::StatusCode;

use super::{
    arrival, authorize, given,
    provider::{self, Provider},
    rows::{self, link::LinkResult},
    rules::{self, Change, Profile},
    state::Link,
    wire::{self, GivenIdToken},
};
use crate::{
    code, context::Context, error::Error, reason::Reason, reply::Reply, signed_in::SignedIn, store::RequestProof,
};

/// Links an account by a flow, or by an ID token that the client has already.
pub(super) async fn link(cx: &mut Context, mut body: wire::Social, own: SignedIn) -> Result<Reply, Error> {
    own.in_person()?;
    let auth = cx.auth.clone();
    let unknown = Error::api(StatusCode::NOT_FOUND, code::PROVIDER_NOT_FOUND, Reason::UnknownProvider);
    let provider = provider::find(&auth, &body.provider, cx.now, unknown).await?;
    match body.id_token.take() {
        Some(given) => by_id_token(cx, &provider, &given, &own).await,
        None => {
            let link = Link::new(cx, &own.user.id, &own.user.email, &own.session.token);
            // Linking creates no user.
            body.new_user_callback_url = None;
            authorize::begin(cx, &provider, body, Some(link)).await
        }
    }
}

async fn by_id_token(
    cx: &mut Context,
    provider: &Provider<'_>,
    given: &GivenIdToken,
    own: &SignedIn,
) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    let profile = given::profile(provider, given, cx.now).await?;
    profile.left_out.iter().for_each(|text| cx.db.trips.notice(text.clone()));
    let tokens = given::tokens(given, true);
    let session = (own.session.token.as_str(), own.user.id.as_str());
    let id = provider.client.id.as_str();
    let (live, accounts) = rows::linkable(&cx.db, id, &profile.subject, session, cx.now).await?;
    if !live {
        return Err(Error::api(StatusCode::UNAUTHORIZED, code::UNAUTHORIZED, Reason::LinkSessionOver));
    }
    if accounts.iter().any(|account| account.user_id != own.user.id) {
        return Err(Error::api(StatusCode::CONFLICT, code::SOCIAL_ACCOUNT_ALREADY_LINKED, Reason::LinkedElsewhere));
    }
    let (account, is_new) = match accounts.into_iter().next() {
        Some(mut account) => {
            account.updated_at = Some(cx.now);
            tokens.store_in(&mut account, &auth.config, &mut cx.rng);
            (account, false)
        }
        None => {
            judge(cx, id, &profile, own)?;
            (arrival::new_account(cx, provider, &profile, &tokens, None, &own.user.id), true)
        }
    };
    let change = Change::on_link(&profile, &auth.config.account.linking);
    let failed = |reason| Error::api(StatusCode::EXPECTATION_FAILED, code::LINKING_FAILED, reason);
    match rows::link::link(&cx.db, account, is_new, &change, &RequestProof::session(&own.session.token)).await {
        Ok(LinkResult::Done) => Reply::json(&wire::LinkAnswer { url: "", status: true, redirect: false }),
        Ok(LinkResult::Elsewhere) => Err(failed(Reason::LinkedElsewhere)),
        Ok(LinkResult::SessionOver) => {
            Err(Error::api(StatusCode::UNAUTHORIZED, code::UNAUTHORIZED, Reason::LinkSessionOver))
        }
        Err(error) => Err(Error::refused_row(error, failed(Reason::RowRefused))),
    }
}

fn judge(cx: &Context, provider: &str, profile: &Profile, own: &SignedIn) -> Result<(), Error> {
    let judged = rules::may_add(provider, profile, &own.user.email, &cx.auth.config.account.linking);
    judged.map_err(|reason| {
        let code = match reason {
            Reason::EmailMismatch => code::LINKING_DIFFERENT_EMAILS_NOT_ALLOWED,
            _ => code::LINKING_NOT_ALLOWED,
        };
        Error::api(StatusCode::UNAUTHORIZED, code, reason)
    })
}
