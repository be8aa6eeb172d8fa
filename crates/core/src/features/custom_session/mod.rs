//! A session with more members, from a query of the deployment's own. README.md lists the threats.

pub mod declaration;

use crate::{
    config::is_free_claim,
    context::{
        Context,
        places::{Answer, Places, View},
    },
    error::Error,
    model::{Additional, Session, User},
    reason::Reason,
    store::own,
};

/// The functions of the feature at the places of a request.
pub const PLACES: Places = Places { session_view: Some(session_view), claims: Some(claims), ..Places::NONE };

/// The members of the answer that no column replaces.
const MEMBERS: [&str; 3] = ["session", "user", "needsRefresh"];

fn session_view<'a>(cx: &'a mut Context, view: &'a mut View) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        let found = columns(cx, &view.user.id, cx.auth.config.features.custom_session.enabled).await?;
        view.more.extend(found.0.into_iter().filter(|(name, _)| !MEMBERS.contains(&name.as_str())));
        Ok(())
    })
}

fn claims<'a>(
    cx: &'a mut Context,
    _: &'a Session,
    user: &'a User,
    claims: &'a mut Additional,
) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        let config = &cx.auth.config.features.custom_session;
        let found = columns(cx, &user.id, config.enabled && config.claims).await?;
        claims.extend(found.0.into_iter().filter(|(name, _)| is_free_claim(name)));
        Ok(())
    })
}

/// Returns the columns of the query's first row, in their order; none if the query has no row or is not asked.
async fn columns(cx: &Context, user_id: &str, is_on: bool) -> Result<Additional, Error> {
    let auth = cx.auth.clone();
    let Some(query) = auth.config.features.custom_session.query.as_deref().filter(|_| is_on) else {
        return Ok(Additional::default());
    };
    let Some(text) = own::first_row(&cx.db, query, user_id).await? else { return Ok(Additional::default()) };
    serde_json::from_str(&text).map_err(|error| Error::internal(Reason::DatabaseError, error))
}
