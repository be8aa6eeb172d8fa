//! Calls every function of the store that sends statements, with each kind of arguments that changes their text, and records what
//! reaches PostgreSQL.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use gatepost_cli::edge;
use gatepost_core::{
    config::{Kind, Limit},
    features::{
        admin::rows as admin,
        api_key::rows::{self as api_key, unproven_keys, uses},
        audit::rows as audit,
        cleanup::rows as cleanup,
        events::rows as events,
        organization::rows::{self as organization, invitations, members, operator, roles, team_members, teams},
        passkey::{rows as passkey, webauthn::RegisteredCredential},
        phone_number::rows as phone_number,
        sign_up::rows as sign_up,
        social::{
            rows::{self as social, link},
            rules,
        },
        two_factor::rows::{self as two_factor, codes},
        username::rows as username,
    },
    model::{Additional, Jwk, LinkedAccount, Session, User},
    rules::search::{Condition, Operator, Search, SearchField, SearchValue},
    store::{
        Db, RequestProof, account, counted, credential, founder, jwk, limit, mailed, one_time_code, proven, secret,
        session, unproven, user, values::Values, verification,
    },
};
use jiff::Timestamp;
use serde_json::json;

use super::source::shown;
use crate::support::wire::Wire;

/// The statements that were sent so far.
pub struct Run<'a> {
    /// The proxy in front of PostgreSQL.
    pub wire: &'a Wire,
    /// The statements, each with the functions that send it.
    pub blocks: BTreeMap<String, BTreeSet<&'static str>>,
    /// The functions in the order in which they were called, with how many statements each sent.
    pub calls: Vec<(&'static str, usize)>,
    /// Every message as it was sent.
    pub messages: Vec<String>,
    /// Whether users have names and second factors, so that the statements for them can be sent.
    pub has_features: bool,
    /// Whether statements note the changes that they make.
    pub is_audited: bool,
    /// Whether statements write events.
    pub has_events: bool,
}

/// Calls a function of the store and records what it sends.
macro_rules! call {
    ($run:ident, $db:ident, $module:ident::$function:ident($($argument:expr),* $(,)?)) => {{
        let name = concat!(stringify!($module), "::", stringify!($function));
        let answer = $module::$function($db, $($argument),*).await;
        $run.note(name);
        answer.unwrap_or_else(|error| panic!("{name}: {error}"))
    }};
}

const HASH: &str = "the hash of a password";

impl<'a> Run<'a> {
    /// Records what goes through `wire`.
    pub fn new(wire: &'a Wire) -> Self {
        Self {
            wire,
            blocks: BTreeMap::new(),
            calls: Vec::new(),
            messages: Vec::new(),
            has_features: false,
            is_audited: false,
            has_events: false,
        }
    }

    fn note(&mut self, by: &'static str) {
        let messages = self.wire.statements();
        // The messages of a transaction are one block.
        let mut blocks: Vec<String> = Vec::new();
        let mut is_open = false;
        for message in messages.iter().map(|message| shown(message)) {
            match blocks.last_mut().filter(|_| is_open) {
                Some(block) => *block += &format!(";\n{message}"),
                None => blocks.push(message.clone()),
            }
            is_open = (is_open || message.starts_with("begin")) && !message.ends_with("commit");
        }
        assert!(!is_open, "{by} leaves a transaction open: {messages:?}");
        self.calls.push((by, blocks.len()));
        for block in blocks {
            self.blocks.entry(block).or_default().insert(by);
        }
        self.messages.extend(messages);
    }

    /// Calls every function. Addresses and tokens begin with `prefix`.
    pub async fn all(&mut self, db: &Db, prefix: &str) {
        let (none, some) = (Values::from(serde_json::Map::new()), values());
        for (person, values) in [("ada", &none), ("bob", &some)] {
            self.users(db, &format!("{prefix}-{person}"), values).await;
        }
        self.sessions(db, prefix, &[&none, &some]).await;
        self.mailed(db, prefix).await;
        self.passwords(db, prefix).await;
        self.providers(db, prefix, &[&none, &some]).await;
        self.others(db, prefix).await;
        if self.has_features {
            self.second_factors(db, prefix).await;
            self.administration(db, prefix).await;
            self.api_keys(db, prefix).await;
            self.passkeys(db, prefix).await;
            self.organizations(db, prefix).await;
        }
        self.deleted(db, prefix).await;
    }

    /// Changes these additional fields of a user who does not exist.
    pub async fn update(&mut self, db: &Db, additional: &Values) {
        let change = user::Change { name: None, image: None, additional: additional.clone() };
        call!(self, db, user::update("nobody", &change, None, edge::now()));
    }

    /// A new user with a password.
    async fn user(&mut self, db: &Db, name: &str) -> User {
        let none = Values::from(serde_json::Map::new());
        call!(self, db, user::insert(&new(&person(name), &none), None)).0
    }

    async fn users(&mut self, db: &Db, name: &str, additional: &Values) {
        let (person, now) = (person(name), edge::now());
        let first = self::person(&format!("{name}-first"));
        let as_first = user::NewUserRow { if_first: Some(additional), ..new(&first, additional) };
        call!(self, db, user::insert_undone(&new(&person, additional)));
        call!(self, db, user::insert(&as_first, None));
        let (stored, _) = call!(self, db, user::insert(&new(&person, additional), None));
        call!(self, db, unproven::contest(&person.email, "note", edge::now()));
        call!(self, db, unproven::is_contested(&stored));
        call!(self, db, unproven::settle(&stored));
        call!(self, db, unproven::is_bare(&stored.id));
        call!(self, db, user::by_email(&person.email));
        call!(self, db, user::by_id(&stored.id));
        call!(self, db, user::with_password(&person.email));
        if self.has_features {
            call!(self, db, username::with_password("ada"));
            call!(self, db, username::owner("ada"));
            call!(self, db, phone_number::with_password("+41790000001"));
            call!(self, db, phone_number::reached("+41790000001"));
            let ground = RequestProof::session("token");
            call!(self, db, phone_number::set_number(&stored, name, &ground, now));
            call!(self, db, phone_number::prove(&stored.id, name, Some(now), None, now));
            let opened = session_of(&stored.id, &format!("{name}-phone"));
            call!(self, db, phone_number::prove(&stored.id, name, Some(now), Some(opened), now));
            call!(self, db, sign_up::is_invited("ada@example.com", now));
            call!(self, db, sign_up::has_no_user());
            call!(self, db, founder::oldest(&stored.id));
        }
        let change = user::Change { name: Some("Ada"), image: Some(None), additional: additional.clone() };
        call!(self, db, user::update(&stored.id, &change, Some(&RequestProof::session("token")), now));
        call!(self, db, proven::clear_others(&stored.id, "google"));
        call!(self, db, unproven::clear(&stored));
        let imported = [self::imported(&format!("{name}-imported"))];
        call!(self, db, user::import(&imported, false));
        call!(self, db, user::known(std::slice::from_ref(&person.email)));
        // With an identifier that is taken.
        let mut kept = self::imported(&format!("{name}-kept"));
        kept.user.id.clone_from(&stored.id);
        call!(self, db, user::import(&[kept], true));
        let other = self::person(&format!("{name}-too"));
        let opened = session_of(&other.id, &other.email);
        call!(self, db, user::insert(&new(&other, additional), Some(opened)));
        let alone = self::person(&format!("{name}-alone"));
        call!(self, db, user::insert_alone(&accepted(&alone, additional), None));
        let alone = self::person(&format!("{name}-alone-too"));
        let opened = session_of(&alone.id, &alone.email);
        call!(self, db, user::insert_alone(&accepted(&alone, additional), Some(opened)));
    }

    async fn administration(&mut self, db: &Db, prefix: &str) {
        let (none, now) = (Values::from(serde_json::Map::new()), edge::now());
        let (bare, full) = (person(&format!("{prefix}-bare")), person(&format!("{prefix}-full")));
        for (user, password_hash) in [(&bare, None), (&full, Some(HASH))] {
            call!(
                self,
                db,
                admin::create(&admin::UserToCreate { user, account_id: &user.email, password_hash, additional: &none })
            );
        }
        let owner = self.user(db, &format!("{prefix}-owner")).await;
        let token = format!("{prefix}-acts");
        let ground = RequestProof::session(&token);
        call!(self, db, admin::target(&owner.id, Some("free@example.com")));
        let email = Some(format!("{prefix}-amended@example.com"));
        for amendment in [admin::Amendment::default(), admin::Amendment { email, ..admin::Amendment::default() }] {
            call!(self, db, admin::amend(&owner, &amendment, &ground, now));
        }
        call!(self, db, admin::end_impersonations(&owner.id));
        call!(self, db, admin::set_password(&owner.id, (&format!("{prefix}-made"), HASH), &ground, now));
        let known = |column: &str, kind| SearchField { column: column.to_owned(), kind };
        let mut search = Search {
            conditions: Vec::new(),
            order: known("createdAt", Kind::Date),
            descending: false,
            limit: 100,
            offset: 0,
        };
        call!(self, db, admin::search(&search));
        let condition = |(_, operator): &(&str, Operator)| {
            Condition::new(known("email", Kind::Text), *operator, SearchValue::One("a".to_owned()))
        };
        search.conditions = Operator::ALL.iter().map(condition).collect();
        call!(self, db, admin::search(&search));
    }

    async fn api_keys(&mut self, db: &Db, prefix: &str) {
        let (owner, now) = (self.user(db, &format!("{prefix}-keyed")).await, edge::now());
        let token = format!("{prefix}-acts");
        let ground = RequestProof::session(&token);
        let new = api_key::StoredKey {
            id: format!("{prefix}-key"),
            config_id: Some("default".to_owned()),
            name: None,
            start: None,
            reference_id: owner.id.clone(),
            prefix: None,
            refill_interval: None,
            refill_amount: None,
            last_refill_at: None,
            enabled: Some(true),
            rate_limit_enabled: Some(true),
            rate_limit_time_window: Some(1_000),
            rate_limit_max: Some(10),
            request_count: Some(0),
            remaining: None,
            last_request: None,
            expires_at: None,
            created_at: None,
            updated_at: None,
            permissions: None,
            metadata: None,
        };
        let member = api_key::Member { user: &owner.id, role: "owner" };
        let of_club = api_key::Holder::Organization { id: &owner.id, member: Some(member) };
        let of_user = api_key::Holder::User(&owner.id);
        let made = call!(self, db, api_key::insert((&new, "hash"), of_user, Some(&ground), (now, &[])));
        assert!(call!(self, db, api_key::insert((&new, "hash"), of_club, Some(&ground), (now, &[]))).is_none());
        call!(self, db, api_key::by_id(&new.id));
        call!(self, db, api_key::of_owner(of_user, &[]));
        let known = |column: &str, kind| SearchField { column: column.to_owned(), kind };
        let own = known("referenceId", Kind::Text);
        let own = Condition::new(own, Operator::Equal, SearchValue::One(owner.id.clone()));
        let order = known("createdAt", Kind::Date);
        let search = Search { conditions: vec![own], order, descending: false, limit: 10, offset: 0 };
        let listed =
            api_key::ListedConfigurations { config: Some("default"), of_organizations: &[], is_of_organization: false };
        call!(self, db, api_key::page(&search, &listed));
        call!(self, db, api_key::update(&new.id, of_user, &api_key::Change::default(), Some(&ground)));
        let asked = uses::Use {
            stored: "hash",
            config: None,
            permissions: None,
            configurations: &["default".to_owned()],
            of_organizations: &[],
            unlimited: &[],
            now,
        };
        // Without the session, no key is made.
        assert_eq!(call!(self, db, uses::verify(&asked)).is_ok(), made.is_some());
        call!(self, db, unproven_keys::delete_all(&owner.id, &["team".to_owned()]));
        call!(self, db, api_key::delete_of(&new.id, of_user, "default", &ground));
        call!(self, db, api_key::delete(&new.id, of_user));
    }

    async fn organizations(&mut self, db: &Db, prefix: &str) {
        let (none, now) = (Values::from(serde_json::Map::new()), edge::now());
        let (owner, guest) =
            (self.user(db, &format!("{prefix}-host")).await, self.user(db, &format!("{prefix}-guest")).await);
        let named = |name: &str| format!("{prefix}-{name}");
        let (id, member_id, slug) = (named("club"), named("first"), named("slug"));
        let new = organization::NewOrganization {
            id: &id,
            member_id: &member_id,
            name: "Club",
            slug: &slug,
            logo: None,
            metadata: None,
            additional: &none,
            of_member: &none,
            user_id: &owner.id,
            role: "owner",
            limit: Some(5),
            team: Some(organization::NewTeam { id: &named("team"), member_id: &named("in-team"), additional: &none }),
        };
        let made = call!(self, db, organization::create(&new, now));
        let organization::Outcome::Made { organization: club, team, .. } = made else {
            panic!("no organization was made")
        };
        let (id, team) = (club.text("id").unwrap(), team.unwrap());
        for which in [organization::OrganizationSelector::Id(id), organization::OrganizationSelector::Slug(&slug)] {
            call!(self, db, organization::find(which, &owner.id));
        }
        call!(self, db, organization::is_slug_taken(&slug));
        call!(self, db, organization::of_user(&owner.id));
        let acting = organization::ActingMember { organization: id, user: &owner.id, role: "owner" };
        let changes =
            organization::Changes { name: Some("Else"), slug: None, logo: None, metadata: None, additional: &none };
        call!(self, db, organization::update(acting, &changes));
        let invitation_id = named("invitation");
        let invitation = invitations::NewInvitation {
            id: &invitation_id,
            email: &guest.email,
            role: "member",
            teams: Some(&team),
            expires_at: later(now),
            additional: &none,
            replaced: None,
            limit: 5,
        };
        let invited = call!(self, db, invitations::invite(acting, &invitation, now)).unwrap();
        let invited = invited.text("id").unwrap();
        call!(self, db, invitations::invitee(id, &guest.email, now));
        call!(self, db, invitations::renew(acting, invited, later(now)));
        call!(self, db, invitations::find(invited, &guest.id, Some(5)));
        call!(self, db, invitations::of_organization(id));
        call!(self, db, invitations::for_address(&guest.email));
        let member_id = named("second");
        let acceptance = invitations::Acceptance {
            id: invited,
            organization: id,
            user_id: &guest.id,
            member_id: &member_id,
            role: "member",
            additional: &none,
            limit: 5,
            email: &guest.email,
            must_be_confirmed: false,
            inviter_role: "owner",
            most_in_team: Some(5),
            in_team_ids: &named("second-in-team"),
        };
        call!(self, db, invitations::accept(&acceptance, now));
        call!(self, db, invitations::reject(invited));
        call!(self, db, invitations::cancel(acting, invited));
        for by in [
            members::MemberSelector::Id(&member_id),
            members::MemberSelector::User(&guest.id),
            members::MemberSelector::Email(&guest.email),
        ] {
            call!(self, db, members::target(id, by, "owner"));
        }
        self.operator(db, id, &slug).await;
        call!(self, db, members::is_last_creator(&owner.id, "owner"));
        let known = |column: &str, kind| SearchField { column: column.to_owned(), kind };
        let own = Condition::new(known("organizationId", Kind::Text), Operator::Equal, SearchValue::One(id.to_owned()));
        let order = known("createdAt", Kind::Date);
        let search = Search { conditions: vec![own], order, descending: false, limit: 100, offset: 0 };
        call!(self, db, members::search(&search, id, &owner.id));
        let change = members::Change { acting, user_id: &guest.id, role: "member", creator: "owner" };
        call!(self, db, members::set_role(&change, "member", &[]));
        self.teams(db, acting, &guest.id, &named("other-team"), &team).await;
        self.roles(db, acting, &named("role")).await;
        call!(self, db, members::remove(&change));
        call!(self, db, organization::delete(acting));
        call!(self, db, operator::remove(id));
    }

    /// Teams of an organization, of which `first` has the user as a member.
    async fn operator(&mut self, db: &Db, id: &str, slug: &str) {
        let order = SearchField { column: "createdAt".to_owned(), kind: Kind::Date };
        let own = SearchField { column: "slug".to_owned(), kind: Kind::Text };
        let own = Condition::new(own, Operator::Equal, SearchValue::One(slug.to_owned()));
        let search = Search { conditions: vec![own], order, descending: false, limit: 100, offset: 0 };
        call!(self, db, operator::page(&search));
        call!(self, db, operator::by_id(id));
        call!(self, db, operator::by_slug(slug));
        call!(self, db, operator::members(id));
    }

    async fn teams(&mut self, db: &Db, acting: organization::ActingMember<'_>, user_id: &str, id: &str, first: &str) {
        let (none, now) = (Values::from(serde_json::Map::new()), edge::now());
        let new = teams::TeamToCreate { id, name: "Team", additional: &none, limit: Some(5) };
        let teams::Outcome::Made(team) = call!(self, db, teams::create(acting, &new, now)) else {
            panic!("no team was made")
        };
        let id = team.text("id").unwrap();
        call!(self, db, teams::list(acting.organization, user_id, true));
        call!(self, db, teams::of_user(user_id));
        call!(self, db, teams::of_organization(acting.organization));
        call!(self, db, teams::find(first, acting.organization, user_id));
        call!(self, db, teams::wanted(acting.organization, id, Some(5)));
        call!(self, db, teams::update(acting, id, (Some("Else"), &none), now));
        let place = team_members::Place { team: id, user_id, id: &format!("{id}-member"), limit: Some(5) };
        let added = call!(self, db, team_members::add(acting, &place, now));
        assert!(matches!(added, team_members::AddOutcome::Is(_)));
        call!(self, db, team_members::list(id, user_id));
        call!(self, db, team_members::remove(acting, id, user_id));
        call!(self, db, teams::remove(acting, id, false, now));
    }

    /// Roles that an organization makes.
    async fn roles(&mut self, db: &Db, acting: organization::ActingMember<'_>, id: &str) {
        let (none, now) = (Values::from(serde_json::Map::new()), edge::now());
        let new = roles::NewRole { id, role: "editor", permission: "{}", additional: &none, limit: 5 };
        let roles::Outcome::Done(Some(role)) = call!(self, db, roles::create(acting, &new, now)) else {
            panic!("no role was made")
        };
        call!(self, db, roles::list(acting.organization, acting.user));
        let id = role.text("id").unwrap();
        let changes = roles::Changes { role: Some("writer"), permission: Some("{}"), additional: &none };
        call!(self, db, roles::update(acting, id, &changes, now));
        call!(self, db, roles::delete(acting, id));
    }

    async fn second_factors(&mut self, db: &Db, prefix: &str) {
        let (owner, now) = (self.user(db, &format!("{prefix}-second")).await, edge::now());
        let secret = |name: &str, value: &str| secret::NewSecret {
            id: format!("{prefix}-{name}"),
            identifier: format!("{prefix}-{name}"),
            value: value.to_owned(),
            address: None,
            expires_at: later(now),
            now,
            clean: true,
        };
        let enrolment = two_factor::Enrolment {
            id: &format!("{prefix}-factor"),
            user_id: &owner.id,
            secret: "a key",
            backup_codes: "[]",
            verified: false,
        };
        let opened = call!(self, db, codes::open(session_of(&owner.id, &format!("{prefix}-enrols")), None)).unwrap();
        let ground = RequestProof { session: &opened.token, password: Some(HASH) };
        call!(self, db, two_factor::enrol(&enrolment, &ground));
        let found = call!(self, db, two_factor::enrolled(&owner.id)).unwrap().factor.unwrap();
        call!(self, db, two_factor::enable(&owner.id, Some(&found.id), &ground, now));
        call!(self, db, two_factor::verify(&owner.id, &found.id));
        call!(self, db, two_factor::replace_codes(&owner.id, &found.id, "[]", &ground));
        let (pending, attempts) = (secret("2fa", &owner.id), secret("2fa-attempts", "0"));
        call!(self, db, two_factor::begin(&owner.id, &pending, &attempts));
        let identifiers = [attempts.identifier.clone()];
        let against =
            codes::FailureCount { most: 10, until: later(now), id: "unused", secret: "a key", backup_codes: "[]" };
        let charge = codes::CodeAttempt {
            user_id: &owner.id,
            identifiers: &identifiers,
            allowed: 5,
            is_right: false,
            against: Some(against),
            id: "unused too",
            now,
        };
        call!(self, db, codes::charge(&charge));
        let used = secret("2fa-used", "");
        call!(self, db, codes::count(&owner.id, &used, std::slice::from_ref(&used.identifier), 90));
        let challenge = [pending.identifier.clone()];
        let settled = codes::CodeEffects {
            user_id: &owner.id,
            challenge: Some(&challenge),
            over: &identifiers,
            factor: Some(&found.id),
            now,
        };
        call!(self, db, codes::settle(&settled));
        call!(self, db, two_factor::use_code(&found.id, "[]", "[]"));
        call!(self, db, codes::open(session_of(&owner.id, &format!("{prefix}-coded")), Some(HASH)));
        let kept =
            secret::Secret { value: owner.id.clone(), address: None, expires_at: later(now), made_at: Some(now) };
        call!(self, db, two_factor::is_overtaken(&owner.id, &kept));
        call!(self, db, two_factor::distrust(&owner.id, &challenge, "trust-device-"));
        call!(self, db, two_factor::disable(&owner.id, Some(&ground), now));
    }

    async fn passkeys(&mut self, db: &Db, prefix: &str) {
        let (owner, now) = (self.user(db, &format!("{prefix}-passkeys")).await, edge::now());
        let token = format!("{prefix}-passkey");
        call!(self, db, codes::open(session_of(&owner.id, &token), None));
        let ground = RequestProof::session(&token);
        let credential_id = format!("{prefix}-credential");
        let registered = RegisteredCredential {
            credential_id: credential_id.clone(),
            public_key: "the key".to_owned(),
            counter: 0,
            device_type: "singleDevice",
            backed_up: false,
            transports: "internal".to_owned(),
            aaguid: "00000000-0000-0000-0000-000000000000".to_owned(),
            is_verified: true,
        };
        let id = format!("{prefix}-row");
        let new =
            passkey::NewPasskey { id: &id, user_id: &owner.id, name: Some("Laptop"), registered: &registered, now };
        let stored = call!(self, db, passkey::insert(&new, &ground)).unwrap();
        call!(self, db, passkey::of_user(&owner.id));
        call!(self, db, passkey::by_credential(&credential_id));
        let opened = session_of(&owner.id, &format!("{prefix}-passkey-opened"));
        call!(self, db, passkey::used(&stored, 1, Some(opened), &owner));
        call!(self, db, passkey::used(&stored, 2, None, &owner));
        call!(self, db, passkey::rename(&owner.id, &stored.id, "Telephone", &ground));
        call!(self, db, passkey::is_foreign(&owner.id, &stored.id));
        call!(self, db, passkey::delete(&owner.id, &stored.id, &ground));
        call!(self, db, passkey::delete_all(&owner.id));
    }

    async fn sessions(&mut self, db: &Db, prefix: &str, additional: &[&Values]) {
        let (owner, now) = (self.user(db, &format!("{prefix}-sessions")).await, edge::now());
        let token = |name: &str| format!("{prefix}-{name}");
        let one = call!(self, db, session::insert(session_of(&owner.id, &token("one"))));
        let two = call!(self, db, session::insert_checked(session_of(&owner.id, &token("two")), HASH, None));
        call!(self, db, session::insert_checked(session_of(&owner.id, &token("four")), HASH, Some(HASH)));
        call!(self, db, session::open(session_of(&owner.id, &token("three")), &owner));
        call!(self, db, session::with_user(&one.token)).1.ok();
        call!(self, db, session::with_users(std::slice::from_ref(&one.token)));
        call!(self, db, session::list(&owner.id, now));
        call!(self, db, session::extend(&one.token, now, now));
        for values in additional {
            call!(self, db, session::update(&one.token, values, now));
        }
        let id = two.map_or_else(|| one.id.clone(), |two| two.id);
        let renamed = Session { id, ..session_of(&owner.id, &token("renamed")) };
        call!(self, db, session::rename(&token("two"), &renamed));
        call!(self, db, session::delete_others(&owner.id, &one.token, now));
        call!(self, db, session::delete_own(&one.token, &owner.id));
        call!(self, db, session::delete(&one.token));
        call!(self, db, session::delete_each(std::slice::from_ref(&one.token)));
        call!(self, db, session::delete_all(&owner.id));
    }

    async fn mailed(&mut self, db: &Db, prefix: &str) {
        let (owner, now) = (self.user(db, &format!("{prefix}-mailed")).await, edge::now());
        call!(self, db, mailed::by_email(&owner.email));
        call!(self, db, mailed::by_id(&owner.id));
        call!(self, db, mailed::taken_and_password(&owner.email, &owner.id));
        call!(self, db, mailed::confirm(&owner, Some(HASH), None, None, now));
        let opened = session_of(&owner.id, &format!("{prefix}-confirmed"));
        call!(self, db, mailed::confirm(&owner, Some(HASH), Some(opened), None, now));
        let opened = session_of(&owner.id, &format!("{prefix}-proven"));
        call!(self, db, mailed::open(opened, &owner.email, Some(now)));
        let to = format!("{prefix}-moved@example.com");
        let change = mailed::AddressChange {
            id: &owner.id,
            from: &owner.email,
            password: Some(HASH),
            was_verified: true,
            to: &to,
            verified: true,
            more: Values::from(serde_json::Map::new()),
            now,
        };
        call!(self, db, mailed::change_email(&change));
    }

    async fn passwords(&mut self, db: &Db, prefix: &str) {
        let (owner, now) = (self.user(db, &format!("{prefix}-passwords")).await, edge::now());
        call!(self, db, account::password(&owner.id));
        call!(self, db, credential::replace(&owner.id, HASH, HASH));
        call!(self, db, credential::count());
        db.ping().await.unwrap();
        self.messages.extend(self.wire.statements());
        let change = account::Change { user_id: &owner.id, session: "token", old: HASH, new: HASH, now };
        call!(self, db, account::change_password(&change, None));
        let only = session_of(&owner.id, &format!("{prefix}-only"));
        call!(self, db, account::change_password(&change, Some(only)));
        let identifiers = self.secret(db, &owner.id).await;
        let reset = account::Reset {
            user_id: &owner.id,
            email: &owner.email,
            identifiers: &identifiers,
            reads_mailbox: true,
            code: None,
            made_at: None,
            hash: HASH,
            account_id: "reset",
            revoke: true,
            now,
        };
        call!(self, db, account::reset_password(&reset));
        let identifiers = self.secret(db, "code:0").await;
        let attempt = one_time_code::CodeTry { identifiers: &identifiers, allowed: 3, id: "code", now };
        call!(self, db, one_time_code::newest(&identifiers));
        call!(self, db, one_time_code::give(&attempt, Some("another"), false));
        call!(self, db, one_time_code::reusable(&identifiers, 3, now));
        call!(self, db, one_time_code::extend(&attempt, later(now)));
        let (id, identifier) = (format!("{prefix}-count"), format!("{prefix}-count"));
        let value = String::new();
        let counted =
            secret::NewSecret { id, identifier, value, address: None, expires_at: later(now), now, clean: true };
        call!(self, db, counted::count(&counted, std::slice::from_ref(&counted.identifier), 900));
        call!(self, db, counted::has_uses(std::slice::from_ref(&counted.identifier), now));
    }

    async fn providers(&mut self, db: &Db, prefix: &str, additional: &[&Values]) {
        let now = edge::now();
        let mut all = Vec::new();
        for (number, values) in additional.iter().enumerate() {
            for opens in [false, true] {
                let name = format!("{prefix}-provider-{number}-{opens}");
                let (person, account) = (person(&name), linked(&name, &name));
                let opened = opens.then(|| session_of(&person.id, &name));
                let new = user::AcceptedUser { user: person, values: (*values).clone(), if_first: None };
                all.push(call!(self, db, social::create(&new, account, opened)));
            }
        }
        let (first, values) = (format!("{prefix}-provider-first"), Values::from(serde_json::Map::new()));
        let new = user::AcceptedUser { user: person(&first), if_first: Some(values.clone()), values };
        call!(self, db, social::create(&new, linked(&first, &first), None));
        let (owner, account, _) = all.swap_remove(0);
        call!(self, db, social::known("github", &account.account_id, &owner.email));
        call!(self, db, social::own(&owner.id, &account.id));
        call!(self, db, social::linkable("github", &account.account_id, ("token", &owner.id), now));
        call!(self, db, social::refreshed(&account));
        let change = rules::Change { name: Some("Ada".to_owned()), ..rules::Change::default() };
        call!(self, db, social::write(account.clone(), false, &change, None));
        let (other, token) = (linked(&owner.id, &format!("{prefix}-other")), format!("{prefix}-written"));
        call!(self, db, social::write(other, true, &change, Some(session_of(&owner.id, &token))));
        let added = linked(&owner.id, &format!("{prefix}-added"));
        call!(self, db, link::link(added, true, &change, &RequestProof::session("token")));
        call!(self, db, account::list(&owner.id));
        call!(self, db, account::unlink(&owner.id, &account.id, false, Some(&RequestProof::session("token"))));
    }

    async fn others(&mut self, db: &Db, prefix: &str) {
        let now = edge::now();
        let identifiers = self.secret(db, "somebody").await;
        call!(self, db, verification::working(&identifiers, now));
        call!(self, db, verification::peek(&identifiers));
        call!(self, db, verification::take(&identifiers));
        let (known, new) = (key(&format!("{prefix}-known")), key(&format!("{prefix}-new")));
        call!(self, db, jwk::all());
        call!(self, db, jwk::add(&new, &[known], now));
        call!(self, db, jwk::replace_private(&new.id, "old", "new"));
        call!(self, db, jwk::retire(&[new.id], now));
        let request = limit::Request {
            key: prefix,
            id: prefix,
            limit: Limit { window: 10, max: 3 },
            now: now.as_millisecond(),
            forget_before: Some(0),
        };
        call!(self, db, limit::take(&request)).unwrap();
    }

    /// Looks for rows that have ended in a database that has all tables.
    pub async fn cleanup(&mut self, db: &Db) {
        // No row has ended before that, so all stay for what follows.
        for kind in [cleanup::Kind::Session, cleanup::Kind::Verification, cleanup::Kind::RateLimit] {
            call!(self, db, cleanup::count(kind, Timestamp::UNIX_EPOCH));
            call!(self, db, cleanup::remove(kind, Timestamp::UNIX_EPOCH, None));
        }
        if self.is_audited {
            let asked = audit::AuditFilter { limit: 10, ..audit::AuditFilter::default() };
            call!(self, db, audit::list(&asked));
            call!(self, db, cleanup::may_remove_notes());
            call!(self, db, cleanup::count(cleanup::Kind::Audit, Timestamp::UNIX_EPOCH));
            call!(self, db, cleanup::remove(cleanup::Kind::Audit, Timestamp::UNIX_EPOCH, None));
        }
        if self.has_events {
            let (now, id) = (Timestamp::UNIX_EPOCH, ("id".to_owned(), json!("an event")));
            let due = events::DueEvent { row: Additional(vec![id]), email: None, attempts: 1 };
            call!(self, db, events::take("none", now, now, 10));
            call!(self, db, events::fail_removed(&[], now));
            call!(self, db, events::attempted(&due, &events::AttemptResult::Delivered, now));
            call!(self, db, events::organization("none"));
            call!(self, db, events::list(events::State::Waiting, 10));
            call!(self, db, events::count());
            call!(self, db, events::replay(None, None, now));
            call!(self, db, cleanup::count(cleanup::Kind::Event, Timestamp::UNIX_EPOCH));
            call!(self, db, cleanup::remove(cleanup::Kind::Event, Timestamp::UNIX_EPOCH, None));
        }
    }

    async fn deleted(&mut self, db: &Db, prefix: &str) {
        let owner = self.user(db, &format!("{prefix}-deleted")).await;
        let identifiers = self.secret(db, &owner.id).await;
        call!(self, db, user::delete_by_secret(&owner, &identifiers, edge::now(), Some("owner")));
        call!(
            self,
            db,
            user::delete(&owner.id, Some(&RequestProof { session: "token", password: Some(HASH) }), Some("owner"))
        );
    }

    /// Stores a secret for a user and returns its identifier.
    async fn secret(&mut self, db: &Db, user_id: &str) -> Vec<String> {
        let (now, identifier) = (edge::now(), format!("for-{user_id}"));
        let (id, value) = (identifier.clone(), user_id.to_owned());
        let new = secret::NewSecret { id, identifier, value, address: None, expires_at: later(now), now, clean: true };
        call!(self, db, verification::insert(&new));
        vec![new.identifier]
    }
}

fn later(now: Timestamp) -> Timestamp {
    now + Duration::from_secs(3_600)
}

/// Values of additional fields; those that are not configured are not sent.
fn values() -> Values {
    let values = json!({ "plan": "free", "note": { "a": 1 }, "place": "here" });
    values.as_object().unwrap().clone().into()
}

fn accepted(user: &User, additional: &Values) -> user::AcceptedUser {
    user::AcceptedUser { user: user.clone(), values: additional.clone(), if_first: None }
}

fn new<'a>(user: &'a User, additional: &'a Values) -> user::NewUserRow<'a> {
    user::NewUserRow { user, account_id: &user.email, password_hash: HASH, additional, if_first: None }
}

fn imported(name: &str) -> user::ImportedUser {
    let account = user::ImportedAccount { id: name.to_owned(), provider: None, hash: Some(HASH.to_owned()) };
    user::ImportedUser { user: person(name), additional: serde_json::Map::new(), accounts: vec![account] }
}

fn person(name: &str) -> User {
    let now = edge::now();
    User {
        id: name.to_owned(),
        name: Some(name.to_owned()),
        email: format!("{name}@example.com"),
        email_verified: Some(false),
        image: None,
        created_at: Some(now),
        updated_at: Some(now),
        additional: Additional::default(),
    }
}

fn session_of(user_id: &str, token: &str) -> Session {
    let now = edge::now();
    Session {
        id: token.to_owned(),
        expires_at: later(now),
        token: token.to_owned(),
        created_at: Some(now),
        updated_at: Some(now),
        ip_address: None,
        user_agent: None,
        user_id: user_id.to_owned(),
        additional: Additional::default(),
        values: serde_json::Map::new(),
    }
}

fn linked(user_id: &str, account_id: &str) -> LinkedAccount {
    let now = edge::now();
    LinkedAccount {
        id: account_id.to_owned(),
        account_id: account_id.to_owned(),
        provider_id: "github".to_owned(),
        user_id: user_id.to_owned(),
        access_token: None,
        refresh_token: None,
        id_token: None,
        access_token_expires_at: None,
        refresh_token_expires_at: None,
        scope: None,
        created_at: Some(now),
        updated_at: Some(now),
    }
}

fn key(id: &str) -> Jwk {
    let (now, text) = (edge::now(), |text: &str| text.to_owned());
    Jwk {
        id: text(id),
        public_key: text("public"),
        private_key: text("private"),
        created_at: now,
        expires_at: Some(later(now)),
        alg: Some(text("EdDSA")),
        crv: Some(text("Ed25519")),
    }
}
