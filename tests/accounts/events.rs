//! Events: a change and its events are one statement, and each event reaches each of its receivers.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Instant,
};

use gatepost_cli::{
    arguments::{DeliveryState, Events},
    cleanup, edge, events,
    users::CommandResult,
};
use gatepost_core::{
    Auth, Config,
    config::Source,
    features::events::{self as delivery, declaration::KINDS},
    functions::FUNCTIONS,
    handle,
};
use http_body_util::Full;
use hyper::body::Bytes;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::hooks::SIGNING;
use super::stored_sessions::sources;
use crate::support::{
    LIMIT, SECRET,
    crowd::at_once,
    examined::variables,
    http::{self, Answer},
    postgres::{Database, block_on},
    receiver::{Reaction, Received, Receiver},
    redis::Redis,
    secondary_storage::database,
    service::{Service, log_lines},
};

const BASE: &str = "[email_and_password]\nenabled = true\n[user.delete_user]\nenabled = true\n[user.additional_fields]\n\
                    plan = { type = \"string\", required = false, default_value = \"free\" }\n\
                    internal = { type = \"string\", required = false, returned = false, default_value = \"kept inside\" }\n\
                    [admin]\nenabled = true\n[organization]\nenabled = true\n[cleanup]\nenabled = true\n[rate_limit]\nenabled = false\n\
                    [events]\nenabled = true\n";
const CRON: &str = "a secret of the cron";
const PASSWORD: &str = "correct horse battery";

/// A deployment with receivers of events.
struct Deployment {
    toml: String,
    database: Database,
    service: Service,
}

impl Deployment {
    /// With receivers by their names, each with the URL and more keys.
    fn new(more: &str, receivers: &[(&str, &Receiver, &str)]) -> Self {
        let sections = receivers.iter().map(|(name, receiver, keys)| {
            format!("[events.{name}]\nurl = \"{}\"\nallow_private_addresses = true\n{keys}\n", receiver.url)
        });
        Self::with(format!("{BASE}{}{more}", sections.collect::<String>()), &[])
    }

    /// With a secondary storage, and one receiver.
    fn beside(redis: &str, more: &str, receiver: &Receiver) -> Self {
        let section = format!("[events.billing]\nurl = \"{}\"\nallow_private_addresses = true\n", receiver.url);
        let toml = format!("{BASE}{section}[secondary_storage]\nenabled = true\n{more}");
        Self::with(toml, &[("REDIS_URL", redis)])
    }

    fn with(toml: String, variables: &[(&str, &str)]) -> Self {
        let database = database(&toml);
        let service = start(&toml, &database, variables);
        Self { toml, database, service }
    }

    /// Another instance.
    fn instance(&self) -> Service {
        start(&self.toml, &self.database, &[])
    }

    fn post(&self, path: &str, cookie: &str, body: &Value) -> Answer {
        self.service.post(path, cookie, &body.to_string())
    }

    /// Sends a request to an instance that dies with its answer: its work for after the answer never runs.
    fn dying(&self, path: &str, cookie: &str, body: &Value) -> u16 {
        let url = &self.service.url;
        let request = ::http::Request::post(format!("{url}/api/auth{path}")).header("origin", url);
        let request = request.header("content-type", "application/json").header("cookie", cookie);
        let request = request.body(Full::new(Bytes::from(body.to_string()))).unwrap();
        let tables: Vec<_> = FUNCTIONS.iter().flat_map(|function| function.tables).map(|one| one.endpoints).collect();
        let auth = self.service.auth.clone();
        block_on(async { handle::handle(auth, &tables, request, edge::request().unwrap()).await }).status().as_u16()
    }

    fn up(&self, email: &str) -> u16 {
        self.dying("/sign-up/email", "", &up(email))
    }

    fn cron(&self, authorization: &str) -> Answer {
        let url = format!("{}/api/auth/cleanup/events", self.service.url);
        http::send("GET", &url, &[("authorization", authorization)], b"")
    }

    /// Delivers as the platform's cron.
    fn deliver(&self) -> Value {
        let answer = self.cron(&format!("Bearer {CRON}"));
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    fn run(&self, command: Events) -> Result<CommandResult, String> {
        let auth = self.service.auth.clone();
        block_on(async { events::events(&auth, command).await })
    }

    fn count(&self, condition: &str) -> String {
        self.database.value(&format!("select count(*) from \"outboxEvent\" where {condition}"))
    }

    /// Makes the events due that wait.
    fn wait_is_over(&self) {
        self.database
            .query("update \"outboxEvent\" set \"dueAt\" = now() - interval '1 second' where \"dueAt\" is not null");
    }
}

fn start(toml: &str, database: &Database, more: &[(&str, &str)]) -> Service {
    let own = [
        ("DATABASE_URL", database.url.as_str()),
        ("VERCEL_ENV", "development"),
        ("CRON_SECRET", CRON),
        ("EVENTS_SECRET", SIGNING),
    ];
    Service::with(toml, &[&own, more].concat())
}

fn up(email: &str) -> Value {
    json!({ "name": "Ada", "email": email, "password": PASSWORD })
}

fn took(_: &Received) -> Reaction {
    Reaction::Answer(200, String::new())
}

fn refused(_: &Received) -> Reaction {
    Reaction::Answer(503, String::new())
}

fn kinds(received: &[Received]) -> Vec<String> {
    let mut kinds: Vec<_> = received.iter().map(|one| one.json()["type"].as_str().unwrap().to_owned()).collect();
    kinds.sort();
    kinds
}

/// HMAC-SHA-256, as Standard Webhooks signs.
fn signature(received: &Received) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let mut key = STANDARD.decode(SIGNING.strip_prefix("whsec_").unwrap()).unwrap();
    key.resize(64, 0);
    let pad = |with: u8| key.iter().map(|byte| byte ^ with).collect::<Vec<_>>();
    let [id, at] = ["webhook-id", "webhook-timestamp"].map(|name| received.header(name).unwrap());
    let inner = Sha256::digest([&pad(0x36)[..], format!("{id}.{at}.{}", received.body).as_bytes()].concat());
    format!("v1,{}", STANDARD.encode(Sha256::digest([&pad(0x5c)[..], inner.as_slice()].concat())))
}

#[test]
fn events_are_sent_right_after_the_answer_with_the_public_fields_and_a_signature() {
    let receiver = Receiver::new(took);
    let deployment = Deployment::new("", &[("billing", &receiver, "")]);
    let cookie = deployment.post("/sign-up/email", "", &up("ada@example.com")).cookies();
    let received = receiver.wait(2);
    assert_eq!(kinds(&received), ["session.created", "user.created"]);
    let user = deployment.service.get("/get-session", &cookie).json();
    for one in &received {
        let body = one.json();
        assert_eq!((&body["version"], body["id"].as_str()), (&json!(1), one.header("webhook-id")));
        assert!(body["createdAt"].as_str().unwrap().ends_with('Z'), "{body}");
        assert_eq!(body["data"]["user"], user["user"]);
        assert_eq!(body["data"]["user"]["plan"], "free");
        assert_eq!(one.header("webhook-signature").unwrap(), signature(one));
    }
    let opened = received.iter().find(|one| one.json()["type"] == "session.created").unwrap().json();
    assert_eq!(opened["data"]["session"], json!({ "id": user["session"]["id"] }));
    receiver.clear();
    assert_eq!(deployment.post("/update-user", &cookie, &json!({ "name": "New" })).status, 200);
    let received = receiver.wait(1);
    assert_eq!(
        (kinds(&received), &received[0].json()["data"]["user"]["name"]),
        (vec!["user.updated".into()], &"New".into())
    );
    receiver.clear();
    let made = deployment.post("/organization/create", &cookie, &json!({ "name": "Acme", "slug": "acme" })).json();
    let received = receiver.wait(1);
    let data = received[0].json()["data"].clone();
    assert_eq!((&data["organization"]["id"], &data["organization"]["slug"]), (&made["id"], &"acme".into()));
    receiver.clear();
    assert_eq!(deployment.post("/delete-user", &cookie, &json!({ "password": PASSWORD })).status, 200);
    let received = receiver.wait(1);
    let expected = json!({ "id": user["user"]["id"], "email": "ada@example.com" });
    assert_eq!((kinds(&received), &received[0].json()["data"]["user"]), (vec!["user.deleted".into()], &expected));
}

#[test]
fn an_event_is_written_with_its_change_and_not_without_it() {
    let receiver = Receiver::new(took);
    let deployment = Deployment::new("", &[("billing", &receiver, "")]);
    assert_eq!(deployment.up("ada@example.com"), 200);
    assert_eq!((deployment.count("kind = 'user.created'"), deployment.count("true")), ("1".into(), "2".into()));
    // Refused changes write none.
    assert!(deployment.up("ada@example.com") >= 400);
    let cookie = deployment.post("/sign-in/email", "", &up("ada@example.com")).cookies();
    let before = deployment.count("true");
    let wrong = json!({ "currentPassword": "wrong horse battery", "newPassword": "another horse battery" });
    assert!(deployment.dying("/change-password", &cookie, &wrong) >= 400);
    assert!(
        deployment.dying("/sign-in/email", "", &json!({ "email": "ada@example.com", "password": "wrong horse" }))
            >= 400
    );
    assert!(deployment.dying("/delete-user", &cookie, &json!({ "password": "wrong horse battery" })) >= 400);
    assert_eq!(deployment.count("true"), before);
    // If an event cannot be written, nothing changes.
    deployment.database.query("alter table \"outboxEvent\" add constraint refused check (kind = '') not valid");
    assert!(deployment.dying("/update-user", &cookie, &json!({ "name": "Other" })) >= 400);
    assert!(deployment.up("eve@example.com") >= 400);
    assert_eq!(deployment.database.value("select string_agg(name || email, ',') from \"user\""), "Adaada@example.com");
}

#[test]
fn the_cron_delivers_what_an_instance_left_that_died() {
    let receiver = Receiver::new(took);
    let deployment = Deployment::new("", &[("billing", &receiver, "only = [\"user.created\", \"user.updated\"]")]);
    assert_eq!(deployment.up("ada@example.com"), 200);
    assert_eq!((receiver.received().len(), deployment.count("\"dueAt\" is not null")), (0, "1".into()));
    assert_eq!(deployment.deliver(), json!({ "delivered": 1, "failed": 0 }));
    assert_eq!(kinds(&receiver.received()), ["user.created"]);
    assert_eq!(deployment.deliver(), json!({ "delivered": 0, "failed": 0 }));
    // An instance that dies while it sends has taken the event for a minute; then another sends it, under its identifier.
    deployment
        .database
        .query("update \"outboxEvent\" set \"deliveredAt\" = null, \"dueAt\" = now() + interval '1 minute'");
    assert_eq!(deployment.deliver()["delivered"], 0);
    deployment.wait_is_over();
    assert_eq!(deployment.deliver()["delivered"], 1);
    let ids = receiver.received().iter().map(|one| one.header("webhook-id").unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!((ids.len(), &ids[0]), (2, &ids[1]));
}

#[test]
fn a_receiver_that_fails_holds_no_other_up_and_is_tried_again() {
    let (billing, broken) = (Receiver::new(took), Receiver::new(refused));
    let only = "only = [\"user.created\"]";
    let deployment = Deployment::new("", &[("billing", &billing, only), ("broken", &broken, only)]);
    assert_eq!(deployment.up("ada@example.com"), 200);
    assert_eq!(deployment.deliver(), json!({ "delivered": 1, "failed": 1 }));
    let (good, bad) = (billing.received(), broken.received());
    assert_eq!(good[0].header("webhook-id"), bad[0].header("webhook-id"));
    let state = |field: &str| {
        deployment.database.value(&format!("select ({field})::text from \"outboxEvent\" where receiver = 'broken'"))
    };
    assert_eq!((state("attempts"), state("\"dueAt\" > now()")), ("1".into(), "true".into()));
    assert!(state("cause").contains("503"), "{}", state("cause"));
    // It waits for its next attempt, and the other receives nothing twice.
    assert_eq!(deployment.deliver(), json!({ "delivered": 0, "failed": 0 }));
    broken.say(took);
    deployment.wait_is_over();
    assert_eq!(deployment.deliver(), json!({ "delivered": 1, "failed": 0 }));
    assert_eq!((billing.received().len(), broken.received().len()), (1, 2));
    let shown = deployment.run(Events::Status).unwrap();
    assert_eq!(shown.text, "billing: 0 waiting, 0 failed, 1 delivered\nbroken: 0 waiting, 0 failed, 1 delivered");
}

#[test]
fn after_the_last_attempt_an_event_stays_until_it_is_replayed() {
    let receiver = Receiver::new(|_| Reaction::Redirect("http://localhost/elsewhere".to_owned()));
    let deployment = Deployment::new("", &[("billing", &receiver, "only = [\"user.created\"]")]);
    assert_eq!(deployment.up("ada@example.com"), 200);
    for attempt in 1..=10 {
        assert_eq!(deployment.deliver()["failed"], 1, "{attempt}");
        deployment.wait_is_over();
    }
    assert_eq!((deployment.deliver()["failed"].clone(), receiver.received().len()), (json!(0), 10));
    let list = |state| deployment.run(Events::List { state, limit: 100 }).unwrap();
    assert_eq!(list(DeliveryState::Waiting).text, "0 deliveries");
    let failed = list(DeliveryState::Failed);
    assert!(failed.text.contains("billing  user.created  10 attempts"), "{}", failed.text);
    assert!(
        failed.text.contains("redirects are not followed") && failed.text.ends_with("\n1 delivery"),
        "{}",
        failed.text
    );
    let id = failed.json["deliveries"][0]["eventId"].as_str().unwrap().to_owned();
    receiver.say(took);
    let replayed = deployment.run(Events::Replay { id: None, receiver: None }).unwrap();
    assert_eq!(replayed.text, "1 sent again: 1 delivered, 0 failed");
    assert_eq!(replayed.audit.unwrap()["command"], "events replay");
    // A delivered event is replayed by its identifier alone.
    assert_eq!(deployment.run(Events::Replay { id: None, receiver: None }).unwrap().json["replayed"], 0);
    let again = || Events::Replay { id: Some(id.clone()), receiver: Some("billing".to_owned()) };
    assert_eq!(deployment.run(again()).unwrap().json["delivered"], 1);
    assert!(receiver.received().iter().all(|one| one.header("webhook-id") == Some(&id)));
    let unknown = Events::Replay { id: Some(id.clone()), receiver: Some("none".to_owned()) };
    let error = deployment.run(unknown).err().unwrap();
    assert!(error.starts_with(&format!("there is no event `{id}` for the receiver `none`")), "{error}");
    assert_eq!(deployment.run(Events::Deliver).unwrap().text, "0 delivered, 0 failed");
    // Cleaning up removes what was delivered long ago.
    deployment.database.query("update \"outboxEvent\" set \"deliveredAt\" = now() - interval '31 days'");
    let auth = deployment.service.auth.clone();
    let done = block_on(async { cleanup::run(&auth, None, false, &mut |_| {}).await }).unwrap();
    assert_eq!((&done.json["outboxEvent"], deployment.count("true")), (&json!(1), "0".into()));
}

#[test]
fn twenty_instances_at_once_deliver_each_event_once() {
    let receiver = Receiver::new(took);
    let other = Receiver::new(took);
    let only = "only = [\"user.updated\"]";
    let deployment = Deployment::new("", &[("billing", &receiver, only), ("mail", &other, only)]);
    let cookie = deployment.post("/sign-up/email", "", &up("ada@example.com")).cookies();
    for number in 0..60 {
        assert_eq!(deployment.dying("/update-user", &cookie, &json!({ "name": format!("Ada {number}") })), 200);
    }
    let instances: Vec<_> = (0..20).map(|_| deployment.instance()).collect();
    let done = at_once(20, |number| {
        let auth = instances[number].auth.clone();
        block_on(async { delivery::deliver(&auth, None).await.unwrap().delivered })
    });
    assert_eq!(done.iter().sum::<u64>(), 120);
    for receiver in [&receiver, &other] {
        let ids: Vec<_> = receiver.received().iter().map(|one| one.header("webhook-id").unwrap().to_owned()).collect();
        assert_eq!((ids.len(), ids.iter().collect::<BTreeSet<_>>().len()), (60, 60));
    }
}

#[test]
fn in_an_instance_one_delivery_runs_and_one_waits() {
    let receiver = Receiver::new(took);
    let deployment = Deployment::new("", &[("billing", &receiver, "only = [\"user.updated\"]")]);
    let cookie = deployment.post("/sign-up/email", "", &up("ada@example.com")).cookies();
    let deliveries = &deployment.service.auth.deliveries;
    let begun = Instant::now();
    // The delivery of the sign-up may still run.
    let running = loop {
        assert!(begun.elapsed() < LIMIT, "a delivery does not end");
        if let Ok(running) = deliveries.running.try_lock() {
            break running;
        }
    };
    for number in 0..5 {
        let body = json!({ "name": format!("Ada {number}") });
        assert_eq!(deployment.post("/update-user", &cookie, &body).status, 200);
    }
    while deliveries.waiting.try_lock().is_ok() {
        assert!(begun.elapsed() < LIMIT, "no delivery waits");
    }
    assert_eq!((receiver.received().len(), deployment.count("attempts > 0")), (0, "0".into()));
    drop(running);
    // The one that waited sends the events of all requests.
    assert_eq!(receiver.wait(5).len(), 5);
}

#[test]
fn events_work_in_tables_of_other_names_and_identifiers() {
    for schema in [
        "[schema]\nnaming = \"snake_case\"\nplural = true\n",
        "[schema.outbox_event]\nmodel_name = \"what happened\"\nfields = { event_id = \"which\", kind = \"the kind\", due_at = \"when\", \
         user_id = \"who\" }\n[schema.user]\nfields = { email = \"e-mail\" }\n",
        "[advanced.database]\ngenerate_id = \"uuid\"\n",
        "[advanced.database]\ngenerate_id = \"serial\"\n",
        "[audit]\nenabled = true\n",
    ] {
        let receiver = Receiver::new(took);
        let only = "only = [\"user.created\", \"session.created\", \"session.revoked\", \"user.deleted\"]";
        let deployment = Deployment::new(schema, &[("billing", &receiver, only)]);
        let cookie = deployment.post("/sign-up/email", "", &up("ada@example.com")).cookies();
        receiver.wait(2);
        deployment.post("/sign-out", &cookie, &json!({}));
        receiver.wait(3);
        let cookie = deployment.post("/sign-in/email", "", &up("ada@example.com")).cookies();
        receiver.wait(4);
        assert_eq!(deployment.dying("/delete-user", &cookie, &json!({ "password": PASSWORD })), 200, "{schema}");
        assert_eq!(deployment.deliver()["delivered"], 1, "{schema}");
        let received = receiver.received();
        let expected = ["session.created", "session.created", "session.revoked", "user.created", "user.deleted"];
        assert_eq!(kinds(&received), expected, "{schema}");
        assert_eq!(received[4].json()["data"]["user"]["email"], "ada@example.com", "{schema}");
        assert!(deployment.run(Events::Status).unwrap().text.contains("5 delivered"), "{schema}");
        let listed = deployment.run(Events::List { state: DeliveryState::Delivered, limit: 2 }).unwrap();
        assert_eq!(listed.json["deliveries"].as_array().unwrap().len(), 2, "{schema}");
    }
}

#[test]
fn sessions_in_a_secondary_storage_write_events_too() {
    let Some(redis) = Redis::start() else { return };
    let receiver = Receiver::new(took);
    let Deployment { database, service, .. } = Deployment::beside(&redis.url(), "", &receiver);
    let cookie = service.user("ada@example.com");
    assert_eq!(kinds(&receiver.wait(2)), ["session.created", "user.created"]);
    let user = service.get("/get-session", &cookie).json();
    receiver.clear();
    service.post("/sign-out", &cookie, "{}");
    let received = receiver.wait(1);
    assert_eq!(kinds(&received), ["session.revoked"]);
    let data = received[0].json()["data"].clone();
    assert_eq!((&data["user"]["id"], &data["session"]["id"]), (&user["user"]["id"], &user["session"]["id"]));
    // The session has ended, so a second request ends none.
    service.post("/sign-out", &cookie, "{}");
    assert_eq!(database.value("select count(*) from \"outboxEvent\" where kind = 'session.revoked'"), "1");
}

#[test]
fn the_change_behind_the_end_of_sessions_that_stay_in_the_table_has_its_event() {
    let Some(redis) = Redis::start() else { return };
    let receiver = Receiver::new(took);
    let stay = "[session]\nstore_session_in_database = true\npreserve_session_in_database = true\n";
    let Deployment { database, service, .. } = Deployment::beside(&redis.url(), stay, &receiver);
    let cookie = service.post("/sign-up/email", "", &up("ada@example.com").to_string()).cookies();
    let changed =
        json!({ "currentPassword": PASSWORD, "newPassword": "another horse battery", "revokeOtherSessions": true });
    assert_eq!(service.post("/change-password", &cookie, &changed.to_string()).status, 200);
    assert_eq!(database.value("select count(*) from \"outboxEvent\" where kind = 'password.changed'"), "1");
}

#[test]
fn the_session_of_an_administrator_who_acts_as_a_user_is_no_sign_in_of_the_user() {
    let receiver = Receiver::new(took);
    let deployment = Deployment::new("", &[("all", &receiver, "")]);
    let cookie = deployment.post("/sign-up/email", "", &up("root@example.com")).cookies();
    let eve = deployment.post("/sign-up/email", "", &up("eve@example.com")).json()["user"]["id"].clone();
    deployment.database.query("update \"user\" set role = 'admin' where email = 'root@example.com'");
    receiver.wait(4);
    receiver.clear();
    assert_eq!(deployment.dying("/admin/impersonate-user", &cookie, &json!({ "userId": eve })), 200);
    deployment.deliver();
    assert_eq!(kinds(&receiver.received()), ["impersonation.begun"]);
    receiver.clear();
    // A ban has its kind, regardless of the endpoint that sets it.
    let banned = json!({ "userId": eve, "data": { "banned": true } });
    assert_eq!(deployment.dying("/admin/update-user", &cookie, &banned), 200);
    deployment.deliver();
    assert_eq!(kinds(&receiver.received()), ["impersonation.ended", "session.revoked", "user.banned"]);
}

#[test]
fn the_organization_that_a_new_user_gets_is_an_event() {
    let receiver = Receiver::new(took);
    let more = "[sign_up]\nenabled = true\ncreate_organization = true\n";
    let deployment = Deployment::new(more, &[("billing", &receiver, "only = [\"organization.created\"]")]);
    assert_eq!(deployment.up("ada@example.com"), 200);
    assert_eq!(deployment.deliver()["delivered"], 1);
    let data = receiver.received()[0].json()["data"].clone();
    assert_eq!(
        (&data["user"]["email"], &data["organization"]["name"]),
        (&json!("ada@example.com"), &json!("Ada's organization"))
    );
}

#[test]
fn events_of_a_receiver_that_is_removed_fail_after_a_day_and_end_like_others() {
    let receiver = Receiver::new(took);
    let deployment = Deployment::new("", &[("billing", &receiver, "only = [\"user.created\"]")]);
    assert_eq!(deployment.up("ada@example.com"), 200);
    deployment.database.query("update \"outboxEvent\" set receiver = 'removed'");
    // An older instance does not know the receivers of a newer deployment, so they wait.
    assert_eq!(deployment.deliver(), json!({ "delivered": 0, "failed": 0 }));
    assert_eq!(deployment.count("\"dueAt\" is not null"), "1");
    deployment.database.query("update \"outboxEvent\" set \"createdAt\" = now() - interval '31 days'");
    deployment.deliver();
    assert_eq!(deployment.count("\"dueAt\" is null and \"deliveredAt\" is null and cause is not null"), "1");
    let auth = deployment.service.auth.clone();
    let done = block_on(async { cleanup::run(&auth, None, false, &mut |_| {}).await }).unwrap();
    assert_eq!((&done.json["outboxEvent"], deployment.count("true")), (&json!(1), "0".into()));
}

#[test]
fn attack_an_event_holds_no_secret() {
    let receiver = Receiver::new(took);
    let deployment =
        Deployment::new("[api_key]\nenabled = true\n[two_factor]\nenabled = true\n", &[("all", &receiver, "")]);
    let up = deployment.post("/sign-up/email", "", &up("ada@example.com"));
    let cookie = up.cookies();
    let mut secrets =
        vec![PASSWORD.to_owned(), "another horse battery".to_owned(), SIGNING.to_owned(), CRON.to_owned()];
    secrets.push(up.json()["token"].as_str().unwrap().to_owned());
    secrets.push("kept inside".to_owned());
    let key = deployment.post("/api-key/create", &cookie, &json!({ "name": "CI" })).json();
    secrets.push(key["key"].as_str().unwrap().to_owned());
    let enabled = deployment.post("/two-factor/enable", &cookie, &json!({ "password": PASSWORD })).json();
    secrets.extend(enabled["backupCodes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()));
    let changed =
        json!({ "currentPassword": PASSWORD, "newPassword": "another horse battery", "revokeOtherSessions": true });
    let hidden = "select password from account union all select token from session union all select key from apikey \
                  union all select secret from \"twoFactor\" union all select \"backupCodes\" from \"twoFactor\"";
    secrets.extend(deployment.database.query(hidden).into_iter().flatten().flatten());
    let cookie = deployment.post("/change-password", &cookie, &changed).cookies();
    assert_eq!(deployment.post("/delete-user", &cookie, &json!({ "password": "another horse battery" })).status, 200);
    let expected = [
        "api_key.created",
        "password.changed",
        "session.created",
        "session.created",
        "session.revoked",
        "two_factor.prepared",
        "user.created",
        "user.deleted",
    ];
    let received = receiver.wait(expected.len());
    assert_eq!(kinds(&received), expected);
    let rows = deployment.database.value("select json_agg(o)::text from \"outboxEvent\" o");
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        assert!(!rows.contains(secret.as_str()), "a row has {secret}");
        for one in &received {
            assert!(
                !one.body.contains(secret.as_str()) && !one.head.contains(secret.as_str()),
                "{} has {secret}",
                one.body
            );
        }
    }
}

#[test]
fn attack_the_address_of_a_deleted_user_stays_after_the_delivery() {
    let receiver = Receiver::new(refused);
    let deployment = Deployment::new("", &[("billing", &receiver, "only = [\"user.deleted\", \"user.updated\"]")]);
    let cookie = deployment.post("/sign-up/email", "", &up("ada@example.com")).cookies();
    deployment.dying("/update-user", &cookie, &json!({ "name": "New" }));
    assert_eq!(deployment.dying("/delete-user", &cookie, &json!({ "password": PASSWORD })), 200);
    let rows = || deployment.database.value("select json_agg(o)::text from \"outboxEvent\" o");
    assert_eq!(rows().matches("ada@example.com").count(), 1);
    assert!(!deployment.run(Events::List { state: DeliveryState::Waiting, limit: 9 }).unwrap().text.contains("ada@"));
    receiver.say(took);
    deployment.deliver();
    // A user who is gone by the delivery is the identifier alone.
    let updated = receiver.received().into_iter().find(|one| one.json()["type"] == "user.updated").unwrap().json();
    assert_eq!(updated["data"]["user"].as_object().unwrap().len(), 1);
    assert_eq!(rows().matches("ada@example.com").count(), 0);
}

#[test]
fn attack_the_outbox_is_read_and_delivered_from_outside() {
    let receiver = Receiver::new(took);
    let deployment = Deployment::new("", &[("billing", &receiver, "")]);
    assert_eq!(deployment.up("ada@example.com"), 200);
    for wrong in ["", "Bearer", "Bearer ", "Bearer a secret of the cro", "Bearer a secret of the cron2", CRON] {
        let answer = deployment.cron(wrong);
        assert_eq!((answer.status, &answer.json()["code"]), (401, &"CRON_SECRET_REQUIRED".into()), "{wrong}");
        assert_eq!(answer.header("x-gatepost-reason"), Some("wrong_cron_secret"));
    }
    assert_eq!(receiver.received().len(), 0);
    // The answer to the cron has numbers alone, and no other endpoint is about events.
    let paths = FUNCTIONS.iter().flat_map(|function| function.endpoints()).map(|one| one.path);
    let about: Vec<_> = paths.filter(|path| path.contains("event") || path.contains("outbox")).collect();
    assert_eq!(about, ["/cleanup/events"]);
    assert_eq!(deployment.deliver(), json!({ "delivered": 2, "failed": 0 }));
    for path in ["/events", "/cleanup/events/list", "/outbox-event"] {
        assert_eq!(deployment.service.get(path, "").status, 404, "{path}");
    }
    assert!(log_lines().iter().all(|line| !line.contains(SIGNING)));
}

#[test]
fn attack_an_event_leads_into_the_internal_network() {
    let receiver = Receiver::new(took);
    let section = format!("[events.billing]\nurl = \"{}\"\n", receiver.url.replace("http://", "https://"));
    let toml = format!("{BASE}{section}");
    let database = database(&toml);
    let service = start(&toml, &database, &[]);
    service.user("ada@example.com");
    let done = block_on(async { delivery::deliver(&service.auth, None).await }).unwrap();
    assert_eq!(done.delivered, 0);
    assert_eq!(
        (receiver.received().len(), database.value("select count(\"deliveredAt\") from \"outboxEvent\"")),
        (0, "0".into())
    );
}

#[test]
fn every_noted_change_is_a_kind_of_event() {
    let mut found = BTreeSet::from(["session.created".to_owned()]);
    for (_, text) in sources() {
        for (before, end) in [("{change ", ' '), ("next_is(\"", '"'), ("next_is_otherwise(\"", '"')] {
            found.extend(text.split(before).skip(1).filter_map(|rest| rest.split(end).next()).map(str::to_owned));
        }
    }
    found.retain(|kind| {
        kind.contains('.') && kind.bytes().all(|byte| byte.is_ascii_lowercase() || b"._".contains(&byte))
    });
    assert_eq!(found, KINDS.iter().map(|kind| (*kind).to_owned()).collect());
    let guide = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/audit.md")).unwrap();
    let guide = guide + &std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/events.md")).unwrap();
    assert!(KINDS.iter().all(|kind| guide.contains(&format!("`{kind}`"))));
}

#[test]
fn wrong_receivers_are_problems_with_their_fix() {
    let problems = |toml: &str, secret: Option<&str>| {
        let mut pairs = vec![
            ("DATABASE_URL", "postgres://localhost/none"),
            ("BETTER_AUTH_SECRET", SECRET),
            ("VERCEL_ENV", "development"),
        ];
        pairs.extend(secret.map(|secret| ("EVENTS_SECRET", secret)));
        let source = Source { name: "gatepost.toml", text: toml };
        Config::load(&variables(&pairs), Some(source)).err().map(|found| found.to_string()).unwrap_or_default()
    };
    let on = "[events]\nenabled = true\n";
    let good = "[events.billing]\nurl = \"https://example.com/events\"\n";
    assert_eq!(problems(&format!("{on}{good}"), Some(SIGNING)), "");
    for (toml, secret, expected) in [
        (format!("{on}{good}"), None, "EVENTS_SECRET"),
        (format!("{on}{good}"), Some("whsec_short"), "it must be `whsec_` and 24 to 64 bytes in base64"),
        (good.to_owned(), Some(SIGNING), "`billing` receives nothing while `events.enabled` is off"),
        (format!("{on}[events.billing]\n"), Some(SIGNING), "the receiver `billing` must have a `url`"),
        (
            format!("{on}{}", good.replace("https://example.com", "http://localhost")),
            Some(SIGNING),
            "has an http URL; write https",
        ),
        (
            format!("{on}{good}only = [\"user.create\"]\n"),
            Some(SIGNING),
            "`user.create` in `only` of the receiver `billing` is no event",
        ),
        (format!("{on}schedule = \"hourly\"\n"), None, "`events.schedule` is not five fields of cron"),
    ] {
        let found = problems(&toml, secret);
        assert!(found.contains(expected), "{toml}: {found}");
    }
}

#[test]
fn receivers_are_known_by_the_kinds_that_they_receive() {
    let toml = "[events]\nenabled = true\n[events.a]\nurl = \"https://a.example/x\"\nonly = [\"user.created\"]\n[events.b]\n\
                url = \"https://b.example/x\"\nonly = [\"user.created\", \"role.set\"]\n";
    let pairs =
        [("DATABASE_URL", "postgres://localhost/none"), ("BETTER_AUTH_SECRET", SECRET), ("EVENTS_SECRET", SIGNING)];
    let config = Config::load(&variables(&pairs), Some(Source { name: "gatepost.toml", text: toml })).unwrap();
    let auth = Auth::new(config, edge::now).unwrap();
    let known: BTreeMap<String, Vec<String>> = serde_json::from_str(&auth.config.schema.receivers).unwrap();
    assert_eq!(known["user.created"], ["a", "b"]);
    assert_eq!((known["role.set"].as_slice(), known.len()), (&["b".to_owned()][..], 2));
}
