//! Organizations, as their members create, read, change and delete them (spec management-plugins §2.5).

use http::StatusCode;
use serde_json::Value;

use super::{
    actor::{self, Member},
    members, missed,
    rows::{self, Changes, NewOrganization, NewTeam, OrganizationSelector, Outcome, invitations, teams},
    rules::{self, ACTIVE, ACTIVE_TEAM},
    wire, words,
};
use crate::{
    code,
    config::Field,
    context::Context,
    error::Error,
    json,
    model::Additional,
    reason::Reason,
    reply::Reply,
    signed_in::{self, SignedIn},
    store::record::Record,
    wire::{Issue, NoInput},
};

/// Returns the organization as answers to changes show it: with its data as an object, and without the member if there is none.
fn parsed(mut organization: Record) -> Record {
    let text = organization.text("metadata").map(str::to_owned);
    match text.and_then(|text| serde_json::from_str::<Value>(&text).ok()) {
        Some(metadata) => organization.set("metadata", metadata),
        None => organization.0.retain(|(name, _)| name != "metadata"),
    }
    organization
}

fn taken(code: code::Code) -> Error {
    Error::bad(code, Reason::OrganizationExists)
}

/// `POST /organization/create`.
pub(super) async fn create(cx: &mut Context, body: wire::ExtendedBody<wire::Create>) -> Result<Reply, Error> {
    let own = actor::signed_in(cx).await?;
    let auth = cx.auth.clone();
    let options = &auth.config.features.organization;
    if !options.allow_user_to_create_organization {
        let code = words::YOU_ARE_NOT_ALLOWED_TO_CREATE_A_NEW_ORGANIZATION;
        return Err(Error::api(StatusCode::FORBIDDEN, code, Reason::OrganizationsClosed));
    }
    let fields = &auth.config.schema.additional;
    let additional = rules::additional(fields.of("organization"), &body.all, "body", true).map_err(Issue)?;
    let wire::Create { name, slug, logo, metadata, keep_active } = body.known;
    let metadata = metadata.map(|metadata| json::to_string(&metadata));
    let (id, member_id) = (cx.rng.id(), cx.rng.id());
    let (team_id, in_team) = (cx.rng.id(), cx.rng.id());
    let has_team = options.teams.enabled && options.teams.default_team.enabled;
    let of_team = Field::defaults(fields.of("team")).into();
    let new = NewOrganization {
        id: &id,
        member_id: &member_id,
        name: &name,
        slug: &slug,
        logo: logo.as_ref().and_then(Option::as_deref),
        metadata: metadata.as_deref(),
        additional: &additional.into(),
        of_member: &Field::defaults(fields.of("member")).into(),
        user_id: &own.user.id,
        role: &options.creator_role,
        limit: options.organization_limit.map(i64::from),
        team: has_team.then_some(NewTeam { id: &team_id, member_id: &in_team, additional: &of_team }),
    };
    let created = rows::create(&cx.db, &new, cx.now).await;
    let (organization, member, team) = match created.map_err(|error| missed::of_row(&auth.config, error))? {
        Outcome::Made { organization, member, team } => (organization, member, team),
        Outcome::SlugTaken => return Err(taken(words::ORGANIZATION_ALREADY_EXISTS)),
        Outcome::LimitReached => {
            let code = words::YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_ORGANIZATIONS;
            return Err(Error::api(StatusCode::FORBIDDEN, code, Reason::OrganizationLimit));
        }
    };
    if keep_active != Some(true) {
        let id = organization.text("id");
        match team.as_deref() {
            Some(team) => actor::change(cx, &own, &[(ACTIVE, id), (ACTIVE_TEAM, Some(team))]).await?,
            None => actor::activate(cx, &own, id).await?,
        };
    }
    Reply::json(&wire::ExtendedOrganization {
        row: &parsed(organization),
        more: wire::CreatorMember { members: [&member] },
    })
}

/// `POST /organization/check-slug`.
pub(super) async fn check_slug(cx: &mut Context, body: wire::CheckSlug, _: SignedIn) -> Result<Reply, Error> {
    match rows::is_slug_taken(&cx.db, &body.slug).await? {
        true => Err(taken(words::ORGANIZATION_SLUG_ALREADY_TAKEN)),
        false => Reply::json(&wire::SlugAnswer { status: true }),
    }
}

/// `GET /organization/list`.
pub(super) async fn list(cx: &mut Context, _: NoInput, own: SignedIn) -> Result<Reply, Error> {
    Reply::json(&rows::of_user(&cx.db, &own.user.id).await?)
}

/// `GET /organization/get-organization`.
pub(super) async fn get(cx: &mut Context, query: wire::OrganizationQuery, own: SignedIn) -> Result<Reply, Error> {
    let which = actor::which(query.organization_slug.as_deref(), query.organization_id.as_deref(), &own);
    let Some(which) = which else { return Ok(Reply::null(Reason::NoOrganization)) };
    Reply::json(&actor::reader(cx, which, &own).await?.organization)
}

/// `GET /organization/get-full-organization`.
pub(super) async fn get_full(cx: &mut Context, query: wire::OrganizationQuery, own: SignedIn) -> Result<Reply, Error> {
    let which = actor::which(query.organization_slug.as_deref(), query.organization_id.as_deref(), &own);
    let Some(which) = which else { return Ok(Reply::null(Reason::NoOrganization)) };
    let member = actor::reader(cx, which, &own).await?;
    let page = members::first(cx, &member, &own, query.members_limit).await?;
    let invitations = invitations_of(cx, &member).await?;
    let teams = match cx.auth.config.features.organization.teams.enabled {
        true => Some(teams::of_organization(&cx.db, member.organization_id()).await?),
        false => None,
    };
    let more = wire::FullOrganization { invitations: &invitations, members: &page.members, teams: teams.as_deref() };
    Reply::json(&wire::ExtendedOrganization { row: &member.organization, more })
}

/// Returns the invitations that a member sees: none without the permission to invite, and those that give the role of creators only
/// with that role.
async fn invitations_of(cx: &Context, member: &Member) -> Result<Vec<Additional>, Error> {
    let refusal = words::YOU_ARE_NOT_ALLOWED_TO_LIST_INVITATIONS;
    if member.permitted(cx, "invitation", "create", refusal).is_err() {
        return Ok(Vec::new());
    }
    let all = invitations::of_organization(&cx.db, member.organization_id()).await?;
    Ok(seen(cx, member, all))
}

/// Keeps the invitations that a member who may invite sees.
pub(super) fn seen(cx: &Context, member: &Member, mut invitations: Vec<Record>) -> Vec<Record> {
    let rules = member.rules(&cx.auth.config);
    if !rules.is_creator(member.role()) {
        invitations.retain(|one| !rules.is_creator(one.text("role").unwrap_or_default()));
    }
    invitations
}

/// `POST /organization/update`.
pub(super) async fn update(cx: &mut Context, body: wire::ExtendedBody<wire::Update>) -> Result<Reply, Error> {
    let found = signed_in::stored(cx).await?;
    let own =
        found.map_err(|reason| Error::Plain { status: StatusCode::UNAUTHORIZED, message: "User not found", reason })?;
    let auth = cx.auth.clone();
    let id = actor::named(body.known.organization_id.as_deref(), &own);
    let id = id.ok_or_else(|| actor::none_named(words::ORGANIZATION_NOT_FOUND))?;
    let refusal = words::USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION;
    let member = actor::member(cx, OrganizationSelector::Id(id), &own, StatusCode::BAD_REQUEST, refusal).await?;
    let refusal = words::YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_ORGANIZATION;
    member.permitted(cx, "organization", "update", refusal)?;
    let Some(data) = body.known.data else { return Reply::json(&parsed(member.organization)) };
    let none = serde_json::Map::new();
    let given = body.all.get("data").and_then(Value::as_object).unwrap_or(&none);
    let fields = auth.config.schema.additional.of("organization");
    let additional = rules::additional(fields, given, "body.data", false).map_err(Issue)?;
    let metadata = data.metadata.map(|metadata| json::to_string(&metadata));
    let changes = Changes {
        name: data.name.as_deref(),
        slug: data.slug.as_deref(),
        logo: data.logo.as_ref().map(Option::as_deref),
        metadata: metadata.as_deref(),
        additional: &additional.into(),
    };
    match rows::update(&cx.db, member.acting(&own), &changes).await? {
        Some(organization) => Reply::json(&parsed(organization)),
        None => Err(taken(words::ORGANIZATION_SLUG_ALREADY_TAKEN)),
    }
}

/// `POST /organization/delete`.
pub(super) async fn delete(cx: &mut Context, body: wire::OrganizationBody) -> Result<Reply, Error> {
    if cx.auth.config.features.organization.disable_organization_deletion {
        let code = words::ORGANIZATION_DELETION_DISABLED;
        return Err(Error::api(StatusCode::NOT_FOUND, code, Reason::FeatureDisabled));
    }
    let own = actor::signed_in(cx).await?;
    if body.organization_id.is_empty() {
        return Err(actor::none_named(words::ORGANIZATION_NOT_FOUND));
    }
    let refusal = words::USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION;
    let which = OrganizationSelector::Id(&body.organization_id);
    let member = actor::member(cx, which, &own, StatusCode::BAD_REQUEST, refusal).await?;
    let refusal = words::YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_ORGANIZATION;
    member.permitted(cx, "organization", "delete", refusal)?;
    if !rows::delete(&cx.db, member.acting(&own)).await? {
        return Err(Error::api(StatusCode::FORBIDDEN, refusal, Reason::MemberNotPermitted));
    }
    if actor::active(&own.session) == Some(member.organization_id()) {
        actor::activate(cx, &own, None).await?;
    }
    Reply::json(&member.organization)
}

/// `POST /organization/set-active`.
pub(super) async fn set_active(cx: &mut Context, body: wire::SetActive, own: SignedIn) -> Result<Reply, Error> {
    let id = body.organization_id;
    if id == Some(None) {
        if actor::active(&own.session).is_some() {
            actor::change_with_cookies(cx, &own, &[(ACTIVE, None)]).await?;
        }
        return Ok(Reply::null(Reason::NoOrganization));
    }
    // An identifier wins over a slug here, unlike elsewhere.
    let id = id.flatten().filter(|id| !id.is_empty());
    let slug = body.organization_slug.as_deref().filter(|slug| !slug.is_empty());
    let which = match (&id, slug) {
        (Some(id), _) => Some(OrganizationSelector::Id(id)),
        (None, Some(slug)) => Some(OrganizationSelector::Slug(slug)),
        (None, None) => actor::active(&own.session).map(OrganizationSelector::Id),
    };
    let Some(which) = which else { return Ok(Reply::null(Reason::NoOrganization)) };
    let member = match (which, actor::reader(cx, which, &own).await) {
        // better-auth looks for the membership first, so that it answers alike where there is no organization.
        (OrganizationSelector::Id(_), Err(Error::Api { status: StatusCode::BAD_REQUEST, .. })) => {
            let code = words::USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION;
            return Err(Error::api(StatusCode::FORBIDDEN, code, Reason::NoOrganization));
        }
        (_, member) => member?,
    };
    actor::change_with_cookies(cx, &own, &[(ACTIVE, Some(member.organization_id()))]).await?;
    Reply::json(&member.organization)
}
