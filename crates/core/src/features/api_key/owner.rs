//! The owner of the keys on which a request acts: the signed-in user, or an organization of which the user is a member (spec
//! management-plugins §3.8). The feature of organizations decides what a member may do.

use http::StatusCode;

use super::{
    rows::{Holder, Member},
    words,
};
use crate::{
    api_keys::KeyAccess, context::Context, error::Error, reason::Reason, signed_in::SignedIn, store::RequestProof,
};

/// The actions of members on the keys of their organization.
pub(super) mod action {
    /// To create a key.
    pub(crate) const CREATE: &str = "create";
    /// To read keys.
    pub(crate) const READ: &str = "read";
    /// To change a key.
    pub(crate) const UPDATE: &str = "update";
    /// To remove a key.
    pub(crate) const DELETE: &str = "delete";
}

/// The owner of keys, and what the request does with them.
pub(super) enum Owner<'a> {
    /// The signed-in user.
    User(&'a SignedIn),
    /// An organization.
    Organization {
        /// The signed-in user.
        own: &'a SignedIn,
        /// The identifier of the organization.
        id: String,
        /// The roles of the user, as the row of the member has them.
        role: String,
        /// The action.
        action: &'static str,
    },
}

impl<'a> Owner<'a> {
    /// Returns an organization, on whose keys the user may perform the action. Its identifier is that of the row, because the database may
    /// read several texts as the same one.
    ///
    /// # Errors
    /// 403 if the user is not a member, or the roles of the member do not permit the action; or the failure of the database.
    pub(super) async fn organization(
        cx: &Context,
        own: &'a SignedIn,
        id: &str,
        action: &'static str,
    ) -> Result<Self, Error> {
        let (id, role) = permitted(cx, own, id, action).await?;
        Ok(Self::Organization { own, id, role, action })
    }

    /// Returns the organization that owns a key, on whose keys the user may perform the action. Its identifier is that of the key, because
    /// statements compare it with the key's row.
    ///
    /// # Errors
    /// Those of [`Self::organization`].
    pub(super) async fn of_key(cx: &Context, own: &'a SignedIn, id: &str, action: &'static str) -> Result<Self, Error> {
        let (_, role) = permitted(cx, own, id, action).await?;
        Ok(Self::Organization { own, id: id.to_owned(), role, action })
    }

    /// Returns the identifier.
    pub(super) fn id(&self) -> &str {
        match self {
            Self::User(own) => &own.user.id,
            Self::Organization { id, .. } => id,
        }
    }

    /// Whether the owner is an organization.
    pub(super) fn is_organization(&self) -> bool {
        matches!(self, Self::Organization { .. })
    }

    /// Returns the owner for the statement that writes.
    pub(super) fn holder(&self) -> Holder<'_> {
        match self {
            Self::User(own) => Holder::User(&own.user.id),
            Self::Organization { own, id, role, .. } => {
                Holder::Organization { id, member: Some(Member { user: &own.user.id, role }) }
            }
        }
    }

    /// Returns the error for a statement that wrote nothing: the session has ended since the request began, the user is no longer a member
    /// with this permission, or `otherwise`.
    pub(super) async fn overtaken(&self, cx: &mut Context, ground: &RequestProof<'_>, otherwise: Error) -> Error {
        let (own, otherwise) = match self {
            Self::User(own) => (own, otherwise),
            Self::Organization { own, id, action, .. } => {
                (own, permitted(cx, own, id, action).await.err().unwrap_or(otherwise))
            }
        };
        crate::signed_in::overtaken(cx, &own.user.id, ground, otherwise).await
    }
}

/// The answer for a member whose roles do not permit the action.
pub(super) fn not_permitted() -> Error {
    let code = words::INSUFFICIENT_API_KEY_PERMISSIONS;
    Error::api(StatusCode::FORBIDDEN, code, Reason::MemberNotPermitted)
}

/// Returns the identifier of an organization, and the roles of the user in it, which permit the action.
async fn permitted(cx: &Context, own: &SignedIn, id: &str, action: &'static str) -> Result<(String, String), Error> {
    for place in cx.places.iter().filter_map(|feature| feature.organization_keys) {
        match place(cx, &own.user.id, id, action).await? {
            None => {}
            Some(KeyAccess::Permitted { organization, role }) => return Ok((organization, role)),
            Some(KeyAccess::NotPermitted) => return Err(not_permitted()),
            Some(KeyAccess::Outside) => {
                let code = words::USER_NOT_MEMBER_OF_ORGANIZATION;
                return Err(Error::api(StatusCode::FORBIDDEN, code, Reason::NotAMember));
            }
        }
    }
    Err(Error::bad(words::ORGANIZATION_PLUGIN_REQUIRED, Reason::FeatureDisabled))
}
