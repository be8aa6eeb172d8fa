//! `gatepost organizations`: an operator reads and changes organizations, by the statements of the service. The operator needs no
//! membership; the rule of the last owner holds. Each change is a line for the log.

use std::{fmt::Write as _, sync::Arc};

use gatepost_core::{
    Auth,
    config::OF_MEMBERS,
    context::Edge,
    features::organization::rows::{
        ActingMember, invitations,
        members::{self, Change, MemberSelector, Target},
        operator, roles, teams,
    },
    store::record::Record,
};
use serde_json::json;

use crate::{
    arguments::Organizations,
    terminal::plain,
    users::{CommandResult, OperatorContext, Page, lines, told, with},
};

/// Runs a subcommand of `gatepost organizations`.
///
/// # Errors
/// A sentence with the cause and the fix.
pub async fn organizations(auth: Arc<Auth>, command: Organizations, edge: Edge) -> Result<CommandResult, String> {
    if !auth.config.features.organization.enabled {
        return Err("`[organization] enabled` is off; switch it on, and run `gatepost migrate`, which adds the tables"
            .to_owned());
    }
    let operator = OperatorContext::new(auth, &edge, command.name())?;
    match command {
        Organizations::List { search, filter, sort, descending, limit, offset } => {
            let page = Page { sort: &sort, descending, limit, offset };
            list(&operator, search, filter.as_deref(), &page).await
        }
        Organizations::Show { organization } => show(&operator, &organization).await,
        Organizations::RemoveMember { organization, user } => {
            let (id, target) = member(&operator, &organization, &user).await?;
            let change = change(&operator, &id, &target);
            if !members::remove(&operator.cx.db, &change).await.map_err(|error| told(&error))? {
                return Err(refused(&operator, &id, &target));
            }
            let text = format!("user {} is not a member of organization {id} any more", target.member.user.id);
            Ok(done("organizations remove-member", &id, Some(&target.member.user.id), text))
        }
        Organizations::SetRole { organization, user, roles } => {
            let (id, target) = member(&operator, &organization, &user).await?;
            let made = check_roles(&operator, &id, &target, &roles).await?;
            let (role, change) = (roles.join(","), change(&operator, &id, &target));
            let changed = members::set_role(&operator.cx.db, &change, &role, &made).await;
            let changed = changed.map_err(|error| told(&error))?.ok_or_else(|| refused(&operator, &id, &target))?;
            let done = done("organizations set-role", &id, Some(&target.member.user.id), lines(&json!(changed)));
            Ok(CommandResult { json: json!(changed), ..done })
        }
        Organizations::Delete { organization, .. } => {
            let id = id_of(&find(&operator, &organization).await?);
            if !operator::remove(&operator.cx.db, &id).await.map_err(|error| told(&error))? {
                return Err(format!(
                    "organization {id} was deleted meanwhile; nothing was changed, and there is nothing to do"
                ));
            }
            Ok(done("organizations delete", &id, None, format!("organization {id} is deleted")))
        }
    }
}

fn done(command: &str, organization: &str, user: Option<&str>, text: String) -> CommandResult {
    let audit = json!({ "level": "info", "command": command, "actor": "operator", "organization": organization });
    let audit = match user {
        Some(user) => with(audit, "target", user),
        None => audit,
    };
    CommandResult { text: text_of(&text), json: json!({ "id": organization }), audit: Some(audit) }
}

/// Escapes the control characters of each line.
fn text_of(text: &str) -> String {
    text.lines().map(plain).collect::<Vec<_>>().join("\n")
}

pub(crate) fn id_of(organization: &Record) -> String {
    organization.text("id").unwrap_or_default().to_owned()
}

/// Finds an organization by identifier or slug.
pub(crate) async fn find(operator: &OperatorContext, name: &str) -> Result<Record, String> {
    let by_id = operator::by_id(&operator.cx.db, name).await.map_err(|error| told(&error))?;
    let found = match by_id {
        Some(organization) => Some(organization),
        None => operator::by_slug(&operator.cx.db, name).await.map_err(|error| told(&error))?,
    };
    found.ok_or_else(|| {
        format!("no organization has the identifier or the slug `{name}`; `gatepost organizations list` prints both")
    })
}

/// Finds a member of an organization, which is returned by its identifier.
async fn member(operator: &OperatorContext, organization: &str, user: &str) -> Result<(String, Target), String> {
    let (id, user) = (id_of(&find(operator, organization).await?), operator.find(user).await?);
    let creator = &operator.cx.auth.config.features.organization.creator_role;
    let target = members::target(&operator.cx.db, &id, MemberSelector::User(&user.id), creator).await;
    let target = target.map_err(|error| told(&error))?.ok_or_else(|| {
        format!(
            "user {} is not a member of organization {id}; `gatepost organizations show {id}` prints the members",
            user.id
        )
    })?;
    Ok((id, target))
}

/// A change of a member. The statement acts for the member itself, as where a user leaves: it holds while the member is as it was found.
fn change<'a>(operator: &'a OperatorContext, organization: &'a str, target: &'a Target) -> Change<'a> {
    let (user, role) = (target.member.user.id.as_str(), target.member.role());
    let creator = &operator.cx.auth.config.features.organization.creator_role;
    Change { acting: ActingMember { organization, user, role }, user_id: user, role, creator }
}

/// Returns the reason why a change wrote nothing.
fn refused(operator: &OperatorContext, organization: &str, target: &Target) -> String {
    let (creator, user) = (&operator.cx.auth.config.features.organization.creator_role, &target.member.user.id);
    let is_creator = target.member.role().split(',').any(|role| role.trim() == creator);
    if is_creator && !target.has_other_creator {
        return format!(
            "user {user} is the last member of organization {organization} with the role `{creator}`; give the role to another \
             member first, or delete the organization"
        );
    }
    format!("user {user} or a role of organization {organization} was changed meanwhile; run the command again")
}

/// Checks that there are roles of these names, and returns those that the organization made.
async fn check_roles(
    operator: &OperatorContext,
    organization: &str,
    target: &Target,
    names: &[String],
) -> Result<Vec<String>, String> {
    let config = &operator.cx.auth.config;
    let known = &config.access.organization_roles;
    let made: Vec<_> =
        names.iter().filter(|name| known.get(name).is_none() && OF_MEMBERS.role(name).is_none()).cloned().collect();
    if made.is_empty() {
        return Ok(made);
    }
    let mut own = Vec::new();
    if config.features.organization.dynamic_access_control.enabled {
        let user = &target.member.user.id;
        let listed = roles::list(&operator.cx.db, organization, user).await.map_err(|error| told(&error))?;
        let listed = listed.into_iter().flat_map(|listed| listed.rows);
        own = listed.filter_map(|row| row.text("role").map(str::to_owned)).collect();
    }
    match made.iter().find(|name| !own.contains(name)) {
        None => Ok(made),
        Some(name) => {
            let names: Vec<_> = known.names().map(str::to_owned).chain(own).collect();
            Err(format!(
                "there is no role `{name}`; write one of {}, or add it to `[access.organization_roles]`",
                names.join(", ")
            ))
        }
    }
}

async fn list(
    operator: &OperatorContext,
    search: Option<String>,
    filter: Option<&str>,
    page: &Page<'_>,
) -> Result<CommandResult, String> {
    let search = operator.search(("organization", "slug"), search, filter, page)?;
    let found = operator::page(&operator.cx.db, &search).await.map_err(|error| told(&error))?;
    let line = |(organization, members): &(Record, i64)| {
        let text = |field| organization.text(field).unwrap_or("-");
        let noun = if *members == 1 { "member" } else { "members" };
        plain(&format!("{}  {}  {}  {members} {noun}", text("id"), text("slug"), text("name"))) + "\n"
    };
    let mut text = found.organizations.iter().map(line).collect::<String>();
    let _ = write!(text, "{} of {}", found.organizations.len(), found.total);
    let with_count = |(organization, members): &(Record, i64)| with(json!(organization), "memberCount", *members);
    let all: Vec<_> = found.organizations.iter().map(with_count).collect();
    Ok(CommandResult { text, json: json!({ "organizations": all, "total": found.total }), audit: None })
}

async fn show(operator: &OperatorContext, name: &str) -> Result<CommandResult, String> {
    let organization = find(operator, name).await?;
    let (id, db) = (id_of(&organization), &operator.cx.db);
    let members = operator::members(db, &id).await.map_err(|error| told(&error))?;
    let invitations = invitations::of_organization(db, &id).await.map_err(|error| told(&error))?;
    let has_teams = operator.cx.auth.config.features.organization.teams.enabled;
    let teams = match has_teams {
        true => teams::of_organization(db, &id).await.map_err(|error| told(&error))?,
        false => Vec::new(),
    };
    let value = json!(organization);
    let mut text = lines(&value);
    let mut part = |name: &str, count: usize, lines: Vec<String>| {
        let _ = write!(text, "\n\n{count} {name}");
        lines.iter().for_each(|line| text.extend(["\n  ", &plain(line)]));
    };
    let shown = |row: &Record, fields: &[&str]| {
        fields.iter().map(|field| row.text(field).unwrap_or("-")).collect::<Vec<_>>().join("  ")
    };
    let of_member = |member: &members::Member| format!("{}  {}  {}", member.user.id, member.user.email, member.role());
    part("members", members.len(), members.iter().map(of_member).collect());
    let fields = ["id", "email", "role", "status"];
    part("invitations", invitations.len(), invitations.iter().map(|row| shown(row, &fields)).collect());
    let mut value = with(with(value, "members", json!(members)), "invitations", json!(invitations));
    if has_teams {
        part("teams", teams.len(), teams.iter().map(|row| shown(row, &["id", "name"])).collect());
        value = with(value, "teams", json!(teams));
    }
    Ok(CommandResult { text, json: value, audit: None })
}
