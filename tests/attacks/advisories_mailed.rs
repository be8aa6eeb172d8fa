//! Holes around what is mailed, each closed here: links that outlive what they were made for, credentials of people who never
//! proved an address, strangers' words in mails, and links that lead to a host of the sender's choice.

use std::time::{Duration, Instant};

use gatepost_core::crypto::jwt;
use serde_json::{Value, json};

use crate::support::{
    LIMIT, SECRET,
    crowd::at_once,
    flows::Flows,
    http::{self, Answer},
    mailbox::Mailbox,
    node::Reference,
    postgres::Database,
    redis::Redis,
    schema, secondary_storage,
    service::{DEFAULT, Service},
    smtp::SmtpServer,
};

const OPEN: &str = "[email_and_password]\nenabled = true\n[email_verification]\nsend_on_sign_up = true\n\
    [user.delete_user]\nenabled = true\nsend_delete_account_verification = true\n\
    [user.change_email]\nenabled = true\nsend_change_email_confirmation = true\n";
const REQUIRED: &str = "[email_and_password]\nenabled = true\nrequire_email_verification = true\n\
    [email_verification]\nauto_sign_in_after_verification = true\n";
const OLD: &str = "correct horse battery";
const NEW: &str = "another password";

struct Mailing {
    service: Service,
    database: Database,
    mailbox: Mailbox,
}

impl Mailing {
    fn new(toml: &str) -> Self {
        let (database, mailbox) = (Database::new(), Mailbox::new());
        let service = Service::with(toml, &[("DATABASE_URL", &database.url), ("EMAIL_URL", &mailbox.url())]);
        Self { service, database, mailbox }
    }

    fn post(&self, path: &str, cookie: &str, body: &Value) -> Answer {
        self.service.post(path, cookie, &body.to_string())
    }

    /// Does something, and returns the token of the mail that it sends.
    fn mailed(&self, kind: &str, path: &str, cookie: &str, body: &Value) -> String {
        let before = self.tokens(kind);
        let answer = self.post(path, cookie, body);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        within(|| self.tokens(kind).into_iter().find(|token| !before.contains(token)))
    }

    fn tokens(&self, kind: &str) -> Vec<String> {
        let mails = self.mailbox.mails(0);
        let of_kind = mails.into_iter().filter(|mail| mail["kind"] == kind);
        of_kind.map(|mail| mail["token"].as_str().unwrap().to_owned()).collect()
    }

    fn reset_link(&self) -> String {
        self.mailed("reset-password", "/request-password-reset", "", &json!({ "email": "ada@example.com" }))
    }

    fn reset(&self, token: &str, password: &str) -> u16 {
        self.post("/reset-password", "", &json!({ "token": token, "newPassword": password })).status
    }

    fn sign_up(&self, name: &str, password: &str) -> Answer {
        let body = json!({ "name": name, "email": "ada@example.com", "password": password });
        self.post("/sign-up/email", "", &body)
    }

    fn sign_up_mailed(&self, name: &str, password: &str) -> String {
        let body = json!({ "name": name, "email": "ada@example.com", "password": password });
        self.mailed("verify-email", "/sign-up/email", "", &body)
    }

    fn sign_in(&self, password: &str) -> u16 {
        self.post("/sign-in/email", "", &json!({ "email": "ada@example.com", "password": password })).status
    }

    fn follow(&self, token: &str) -> Answer {
        self.service.get(&format!("/verify-email?token={token}"), "")
    }

    fn change_password(&self, cookie: &str) {
        let body = json!({ "currentPassword": OLD, "newPassword": NEW });
        assert_eq!(self.post("/change-password", cookie, &body).status, 200);
    }

    fn confirm(&self) {
        self.database.query("update \"user\" set \"emailVerified\" = true");
    }
}

/// Waits until `look` finds something, and returns it.
fn within<T>(look: impl Fn() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < LIMIT, "it did not come");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn code(answer: &Answer) -> (u16, String) {
    (answer.status, answer.json()["code"].as_str().unwrap_or_default().to_owned())
}

fn invalid(status: u16) -> (u16, String) {
    (status, "INVALID_TOKEN".to_owned())
}

#[test]
fn reset_link_outlives_reset() {
    for hashed in ["", "[verification]\nstore_identifier = \"hashed\"\n"] {
        let mailing = Mailing::new(&format!("{OPEN}{hashed}"));
        let cookie = mailing.service.user("ada@example.com");
        mailing.confirm();
        // Of two links that were asked for, the one that is used ends the other.
        let (first, second) = (mailing.reset_link(), mailing.reset_link());
        assert_eq!(mailing.reset(&second, OLD), 200);
        assert_eq!((mailing.reset(&first, "the thief's password"), mailing.sign_in(OLD)), (400, 200));
        let left = mailing.database.value("select count(*) from verification");
        assert_eq!(left, "0", "{hashed}");
        // So does a change of the password, with and without the end of the other sessions.
        for revoke in [false, true] {
            let link = mailing.reset_link();
            let answer = mailing.post(
                "/change-password",
                &mailing.post("/sign-in/email", "", &json!({ "email": "ada@example.com", "password": OLD })).cookies(),
                &json!({ "currentPassword": OLD, "newPassword": OLD, "revokeOtherSessions": revoke }),
            );
            assert_eq!(answer.status, 200);
            assert_eq!((mailing.reset(&link, "the thief's password"), mailing.sign_in(OLD)), (400, 200), "{revoke}");
        }
        drop(cookie);
    }
}

#[test]
fn reset_link_outlives_reset_where_two_are_used_at_once() {
    let mailing = Mailing::new(OPEN);
    mailing.service.user("ada@example.com");
    for user in ["with a password", "without one"] {
        if user == "without one" {
            mailing.database.query("delete from account");
        }
        let links = [mailing.reset_link(), mailing.reset_link(), mailing.reset_link(), mailing.reset_link()];
        let statuses = at_once(links.len(), |number| mailing.reset(&links[number], NEW));
        let count = |status| statuses.iter().filter(|found| **found == status).count();
        assert_eq!((count(200), count(400)), (1, 3), "{user}: {statuses:?}");
    }
}

#[test]
fn reset_link_outlives_reset_that_another_server_made() {
    let mailing = Mailing::new(OPEN);
    mailing.service.user("ada@example.com");
    let link = mailing.reset_link();
    // better-auth on the same database sets a password and removes nothing else.
    mailing.database.query(r#"update account set "updatedAt" = now() + interval '1 second'"#);
    assert_eq!(mailing.reset(&link, NEW), 400);
    mailing.database.query(r#"update account set "updatedAt" = now() - interval '1 hour'"#);
    // A link that it made, for a password that is older, works.
    let (column, id) = match schema::ids() {
        "text" => ("id, ", "'made elsewhere', "),
        _ => ("", ""),
    };
    mailing.database.query(&format!(
        r#"insert into verification ({column}identifier, value, "expiresAt", "createdAt", "updatedAt")
        select {id}'reset-password:elsewhere', id, now() + interval '1 hour', now(), now() from "user""#,
    ));
    assert_eq!(mailing.reset("elsewhere", NEW), 200);
}

#[test]
fn a_link_that_deletes_or_changes_an_address_or_confirms_one_ends_with_the_password() {
    let mailing = Mailing::new(OPEN);
    let cookie = mailing.service.user("ada@example.com");
    let verify = mailing.mailbox.token("verify-email");
    mailing.confirm();
    let delete = mailing.mailed("delete-account", "/delete-user", &cookie, &json!({}));
    let body = json!({ "newEmail": "new@example.com" });
    let first = mailing.mailed("change-email-confirmation", "/change-email", &cookie, &body);
    let before = mailing.tokens("verify-email");
    assert_eq!(mailing.follow(&first).status, 200);
    let second = within(|| mailing.tokens("verify-email").into_iter().find(|token| !before.contains(token)));
    mailing.change_password(&cookie);
    for token in [&first, &second] {
        assert_eq!(code(&mailing.follow(token)), invalid(401));
    }
    let answer = mailing.post("/delete-user", &cookie, &json!({ "token": delete }));
    assert_eq!(code(&answer), invalid(404));
    mailing.database.query("update \"user\" set \"emailVerified\" = false");
    assert_eq!(code(&mailing.follow(&verify)), invalid(401));
    assert_eq!(
        mailing.database.value(r#"select email || ' ' || "emailVerified" from "user""#),
        "ada@example.com false"
    );
    // What is asked for now works.
    let verify =
        mailing.mailed("verify-email", "/send-verification-email", &cookie, &json!({ "email": "ada@example.com" }));
    assert_eq!(mailing.follow(&verify).status, 200);
    let delete = mailing.mailed("delete-account", "/delete-user", &cookie, &json!({}));
    assert_eq!(mailing.post("/delete-user", &cookie, &json!({ "token": delete })).status, 200);
}

#[test]
fn what_was_mailed_to_an_address_ends_when_the_user_has_another_one() {
    let mailing = Mailing::new(&format!("{OPEN}update_email_without_verification = true\n"));
    let cookie = mailing.service.user("ada@example.com");
    let (reset, verify) = (mailing.reset_link(), mailing.mailbox.token("verify-email"));
    let delete = mailing.mailed("delete-account", "/delete-user", &cookie, &json!({}));
    assert_eq!(mailing.post("/change-email", &cookie, &json!({ "newEmail": "new@example.com" })).status, 200);
    assert_eq!(mailing.database.value("select email from \"user\""), "new@example.com");
    assert_eq!(mailing.reset(&reset, NEW), 400);
    assert_eq!(mailing.follow(&verify).status, 401);
    assert_eq!(mailing.post("/delete-user", &cookie, &json!({ "token": delete })).status, 404);
    // Nor does a link of before become good again with the address.
    assert_eq!(mailing.post("/change-email", &cookie, &json!({ "newEmail": "ada@example.com" })).status, 200);
    assert_eq!(mailing.reset(&reset, NEW), 400);
}

#[test]
fn a_link_of_better_auth_works_while_the_password_is_older() {
    let mailing = Mailing::new(OPEN);
    mailing.service.user("ada@example.com");
    let id = mailing.database.value("select id from \"user\"");
    let made = |seconds: i64| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        let iat = i64::try_from(now).unwrap() + seconds;
        let claims = json!({ "email": "ada@example.com", "userId": id, "iat": iat, "exp": iat + 3_600 });
        jwt::sign(SECRET.as_bytes(), claims.to_string().as_bytes())
    };
    assert_eq!(code(&mailing.follow(&made(-60))), invalid(401));
    assert_eq!(mailing.follow(&made(0)).status, 200);
    assert_eq!(mailing.database.value("select \"emailVerified\" from \"user\""), "t");
}

#[test]
fn links_of_either_server_are_followed_on_the_other() {
    let (database, mailbox) = (Database::new(), Mailbox::new());
    let file = mailbox.url().strip_prefix("file:").unwrap().to_owned();
    let reference = Reference::with(&database.url, "{}", &[("MAIL_FILE", &file)]);
    let service = Service::with(DEFAULT, &[("DATABASE_URL", &database.url), ("EMAIL_URL", &mailbox.url())]);
    let mailing = Mailing { service, database, mailbox };
    let urls = [mailing.service.url.clone(), reference.url.clone()];
    let send = |url: &str, method: &str, path: &str, body: &Value| {
        let headers = [("content-type", "application/json"), ("origin", url)];
        let body = if method == "GET" { String::new() } else { body.to_string() };
        http::send(method, &format!("{url}/api/auth{path}"), &headers, body.as_bytes())
    };
    for (from, to) in [(&urls[0], &urls[1]), (&urls[1], &urls[0])] {
        let email = json!({ "email": "ada@example.com", "name": "Ada", "password": OLD });
        assert_eq!(send(from, "POST", "/sign-up/email", &email).status, 200);
        let link = |kind: &str, path: &str| {
            let before = mailing.tokens(kind);
            assert_eq!(send(from, "POST", path, &json!({ "email": "ada@example.com" })).status, 200);
            within(|| mailing.tokens(kind).into_iter().find(|token| !before.contains(token)))
        };
        let verify = link("verify-email", "/send-verification-email");
        assert_eq!(send(to, "GET", &format!("/verify-email?token={verify}"), &Value::Null).status, 200);
        assert_eq!(mailing.database.value("select \"emailVerified\" from \"user\""), "t");
        let (first, second) =
            (link("reset-password", "/request-password-reset"), link("reset-password", "/request-password-reset"));
        let reset = |url: &str, token: &str| {
            send(url, "POST", "/reset-password", &json!({ "token": token, "newPassword": NEW })).status
        };
        assert_eq!(reset(to, &first), 200);
        // The link that is left is over on this side, regardless of the server that reset the password with the other one.
        assert_eq!(reset(&urls[0], &second), 400);
        mailing
            .database
            .query("delete from verification; delete from session; delete from account; delete from \"user\"");
    }
}

#[test]
fn reset_link_outlives_reset_in_the_secondary_storage() {
    let Some(redis) = Redis::start() else { return };
    for more in ["", "[verification]\nstore_in_database = true\n"] {
        let toml = format!("{}{more}", secondary_storage::TOML);
        let (database, mailbox) = (secondary_storage::database(&toml), Mailbox::new());
        let store = format!("redis://127.0.0.1:{}", redis.port);
        let variables = [("DATABASE_URL", database.url.as_str()), ("REDIS_URL", &store), ("EMAIL_URL", &mailbox.url())];
        let mailing = Mailing { service: Service::with(&toml, &variables), database, mailbox };
        let cookie = mailing.service.user("ada@example.com");
        let (first, second) = (mailing.reset_link(), mailing.reset_link());
        assert_eq!(mailing.reset(&second, OLD), 200);
        assert_eq!((mailing.reset(&first, NEW), mailing.sign_in(OLD)), (400, 200), "{more}");
        // The address was never confirmed: from then on, only the reader of the mailbox has sessions.
        assert_eq!(mailing.service.get("/get-session", &cookie).text(), "null");
        let link = mailing.reset_link();
        let signed_in = json!({ "email": "ada@example.com", "password": OLD });
        mailing.change_password(&mailing.post("/sign-in/email", "", &signed_in).cookies());
        assert_eq!((mailing.reset(&link, OLD), mailing.sign_in(NEW)), (400, 200), "{more}");
        mailing.database.query("delete from \"user\"");
    }
}

#[test]
fn prehijack_by_sign_up() {
    // Neither order gives a password to the one who does not read the mailbox.
    for (first, second) in [("attacker", "owner"), ("owner", "attacker")] {
        let mailing = Mailing::new(REQUIRED);
        let password = |who: &str| format!("the password of the {who}");
        let both = || (mailing.sign_in(&password(first)), mailing.sign_in(&password(second)));
        let link = mailing.sign_up_mailed(first, &password(first));
        // Left over from a time before verification was required.
        mailing.database.change(
            "insert into {session} ({session.new}{session.token}, {session.userId}, {session.expiresAt}, {session.createdAt}, {session.updatedAt})
            select {new 'early'}'early', u.{user.id}, now() + interval '1 day', now(), now() from {user} u",
        );
        let newer = mailing.sign_up_mailed(second, &password(second));
        assert_eq!(code(&mailing.follow(&link)), invalid(401));
        assert_eq!(both(), (401, 401));
        assert_eq!(mailing.follow(&newer).status, 200);
        assert_eq!(mailing.database.value("select \"emailVerified\" from \"user\""), "t");
        assert_eq!(mailing.database.value("select count(*) from session where token = 'early'"), "0");
        assert_eq!((both(), mailing.database.value("select count(*) from account")), ((401, 401), "0".to_owned()));
        let reset = mailing.reset_link();
        assert_eq!((mailing.reset(&reset, NEW), mailing.sign_in(NEW)), (200, 200));
    }
}

#[test]
fn prehijack_by_sign_up_changes_nothing_but_the_password_of_a_user_who_is_not_confirmed() {
    let mailing = Mailing::new(REQUIRED);
    mailing.sign_up_mailed("Ada", OLD);
    mailing.database.change(
        "insert into {session} ({session.new}{session.token}, {session.userId}, {session.expiresAt}, {session.createdAt}, {session.updatedAt})
        select {new 'early'}'early', u.{user.id}, now() + interval '1 day', now(), now() from {user} u",
    );
    let reset = mailing.reset_link();
    let rows = || ["user", "session"].map(|table| mailing.database.query(&format!("select * from \"{table}\"")));
    let before = rows();
    mailing.sign_up_mailed("Eve", NEW);
    assert_eq!(rows(), before);
    // The owner of the mailbox sets the password with the link that was mailed before.
    assert_eq!((mailing.reset(&reset, OLD), mailing.sign_in(OLD), mailing.sign_in(NEW)), (200, 403, 401));
}

#[test]
fn a_second_sign_up_with_the_same_password_keeps_it() {
    let mailing = Mailing::new(REQUIRED);
    let older = mailing.sign_up_mailed("Ada", OLD);
    assert_eq!(mailing.sign_up("Ada", OLD).status, 200);
    mailing.mailbox.mails(2);
    let newer = mailing.mailbox.token("verify-email");
    assert_eq!(mailing.sign_in(OLD), 403);
    for link in [newer, older] {
        assert_eq!((mailing.follow(&link).status, mailing.sign_in(OLD)), (200, 200));
    }
}

#[test]
fn prehijack_by_sign_up_never_touches_whoever_confirmed_the_address() {
    let mailing = Mailing::new(REQUIRED);
    let link = mailing.sign_up_mailed("Ada", OLD);
    let cookie = mailing.follow(&link).cookies();
    let rows =
        || ["user", "account", "session"].map(|table| mailing.database.query(&format!("select * from \"{table}\"")));
    let before = rows();
    assert_eq!(mailing.sign_up("Eve", NEW).status, 200);
    // The work after the answer is done when the next mail is there.
    mailing.reset_link();
    assert_eq!(rows(), before);
    assert_eq!((mailing.sign_in(NEW), mailing.sign_in(OLD)), (401, 200));
    assert_eq!(mailing.service.get("/get-session", &cookie).json()["user"]["name"], "Ada");
    assert_eq!(mailing.tokens("verify-email").len(), 1);
}

#[test]
fn prehijack_by_sign_up_leaves_alone_who_signs_in_with_a_provider_or_without_confirming() {
    let mailing = Mailing::new(REQUIRED);
    mailing.sign_up_mailed("Ada", OLD);
    mailing.database.change(
        "insert into {account} ({account.new}{account.accountId}, {account.providerId}, {account.userId}, {account.createdAt}, {account.updatedAt})
        select {new 'second'}'g1', 'github', u.{user.id}, now(), now() from {user} u",
    );
    assert_eq!(mailing.sign_up("Eve", NEW).status, 200);
    mailing.reset_link();
    assert_eq!(mailing.database.value("select name from \"user\""), "Ada");
    assert_eq!(mailing.sign_in(OLD), 403);
    // If no user needs to confirm, an unconfirmed user is like any other.
    let mailing = Mailing::new("[email_and_password]\nenabled = true\nauto_sign_in = false\n");
    assert_eq!((mailing.sign_up("Ada", OLD).status, mailing.sign_up("Eve", NEW).status), (200, 200));
    mailing.reset_link();
    assert_eq!((mailing.sign_in(OLD), mailing.sign_in(NEW)), (200, 401));
}

#[test]
fn prehijack_by_sign_up_of_fifty_at_once_leaves_one_user_and_no_password() {
    const PARALLEL: usize = 50;
    let mailing = Mailing::new(REQUIRED);
    at_once(PARALLEL, |number| {
        loop {
            let answer = mailing.sign_up(&format!("Ada {number:02}"), &format!("password {number:02}"));
            if answer.status != 503 {
                assert_eq!(answer.status, 200, "{}", answer.text());
                break;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    });
    let mails = mailing.mailbox.mails(PARALLEL);
    assert_eq!(mailing.database.value("select count(*) from \"user\""), "1");
    let works = |mail: &&Value| mailing.follow(mail["token"].as_str().unwrap()).status == 200;
    assert!(mails.iter().any(|mail| works(&mail)));
    let worked = (0..PARALLEL).filter(|number| mailing.sign_in(&format!("password {number:02}")) == 200).count();
    assert_eq!((worked, mailing.database.value("select count(*) from account")), (0, "0".to_owned()));
    let confirmed = mailing.database.value("select \"emailVerified\" from \"user\"");
    assert_eq!(confirmed, "t");
}

#[test]
fn prehijack_by_sign_up_is_no_oracle() {
    let mailing = Mailing::new(REQUIRED);
    let confirmed = mailing.sign_up_mailed("Ada", OLD);
    assert_eq!(mailing.follow(&confirmed).status, 200);
    let sign_up = |email: &str| {
        let body = json!({ "name": "Eve", "email": email, "password": NEW });
        let answer = mailing.post("/sign-up/email", "", &body);
        let mut json = answer.json();
        for member in ["id", "createdAt", "updatedAt"] {
            // What it is made of tells as much as its length; how far a sequence has counted is by chance.
            let text = json["user"][member].as_str().unwrap();
            let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
            json["user"][member] = if is_number { "number".into() } else { text.len().into() };
        }
        json["user"]["email"] = Value::Null;
        (answer.status, answer.cookies(), json)
    };
    let free = sign_up("free@example.com");
    // By now it is taken and unconfirmed.
    assert_eq!(sign_up("free@example.com"), free);
    assert_eq!(sign_up("ada@example.com"), free);
}

#[test]
fn whoever_resets_the_password_of_an_unconfirmed_address_is_rid_of_whoever_registered_it() {
    let mailing = Mailing::new(OPEN);
    let attacker = mailing.service.user("ada@example.com");
    let verify = mailing.mailbox.token("verify-email");
    mailing.database.change(
        "insert into {account} ({account.new}{account.accountId}, {account.providerId}, {account.userId}, {account.createdAt}, {account.updatedAt})
        select {new 'second'}'the attacker at github', 'github', u.{user.id}, now(), now() from {user} u",
    );
    let link = mailing.reset_link();
    assert_eq!(mailing.reset(&link, NEW), 200);
    assert_eq!(mailing.service.get("/get-session", &attacker).text(), "null");
    assert_eq!((mailing.sign_in(OLD), mailing.sign_in(NEW)), (401, 200));
    assert_eq!(mailing.database.value("select string_agg(\"providerId\", ' ') from account"), "credential");
    assert_eq!(code(&mailing.follow(&verify)), invalid(401));
    // A user who has confirmed keeps sessions and accounts, as with better-auth.
    let mailing = Mailing::new(OPEN);
    let cookie = mailing.service.user("ada@example.com");
    mailing.confirm();
    let link = mailing.reset_link();
    assert_eq!(mailing.reset(&link, NEW), 200);
    assert_eq!(mailing.service.get("/get-session", &cookie).json()["user"]["email"], "ada@example.com");
}

#[test]
fn ghsa_g38m_r43w_p2q7_whoever_a_provider_vouches_for_is_rid_of_whoever_registered_the_address() {
    let linking = "[account.account_linking]\nrequire_local_email_verified = false\n";
    let flows = Flows::new(&format!("{DEFAULT}{linking}"));
    let attacker = flows.service.user("ada@example.com");
    let arrived = flows.come("google", "ada");
    assert_eq!((arrived.status, arrived.header("location")), (302, Some("/in")));
    assert_eq!(flows.service.get("/get-session", &attacker).text(), "null");
    let sign_in = json!({ "email": "ada@example.com", "password": OLD }).to_string();
    assert_eq!(flows.service.post("/sign-in/email", "", &sign_in).status, 401);
    assert_eq!(flows.database.value("select string_agg(\"providerId\", ' ') from account"), "google");
    assert_eq!(flows.service.get("/get-session", &arrived.cookies()).json()["user"]["email"], "ada@example.com");
    assert_eq!(flows.database.value("select count(*) from \"user\""), "1");
}

#[test]
fn mail_carries_strangers_text() {
    const WORDS: &str = "Your account is blocked, pay at https://evil.example/pay or www.evil.example now";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mails");
    let server = SmtpServer::start(&[("MAIL_FILE", file.to_str().unwrap())]);
    let database = Database::new();
    let variables = [
        ("DATABASE_URL", database.url.as_str()),
        ("EMAIL_URL", &server.url),
        ("EMAIL_FROM", "The Team <team@example.com>"),
    ];
    let service = Service::with(OPEN, &variables);
    let body = json!({ "name": WORDS, "email": "ada@example.com", "password": OLD }).to_string();
    let cookie = service.post("/sign-up/email", "", &body).cookies();
    let mails = |count: usize| -> Vec<Value> {
        within(|| {
            let text = std::fs::read_to_string(&file).unwrap_or_default();
            let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
            let mails: Vec<Value> = whole.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            (mails.len() >= count).then_some(mails)
        })
    };
    mails(1);
    service.post("/request-password-reset", "", r#"{"email":"ada@example.com"}"#);
    mails(2);
    service.post("/delete-user", &cookie, "{}");
    // An unconfirmed address receives none of it.
    for mail in mails(3) {
        for part in ["subject", "text", "html"] {
            let text = mail[part].as_str().unwrap();
            assert!(!text.contains("blocked") && !text.contains("evil"), "{part}: {text}");
        }
        assert!(mail["text"].as_str().unwrap().starts_with("Hello,\n"), "{}", mail["text"]);
    }
    database.query("update \"user\" set \"emailVerified\" = true");
    service.post("/delete-user", &cookie, "{}");
    mails(4);
    service.post("/change-email", &cookie, r#"{"newEmail":"new@example.com"}"#);
    for mail in &mails(5)[3..] {
        for part in ["subject", "text", "html"] {
            let text = mail[part].as_str().unwrap();
            assert!(!text.contains("evil.example") && !text.contains("www"), "{part}: {text}");
        }
        let text = mail["text"].as_str().unwrap();
        assert!(text.starts_with("Hello Your account is blocked, pay at https ev…,\n"), "{text}");
    }
}

#[test]
fn link_flow_binds_browser() {
    let flows = Flows::new(DEFAULT);
    let ada = flows.service.user("ada@example.com");
    let eve = flows.service.user("eve@example.com");
    let state = |cookie: &str| {
        let begun = flows.begin_at("/link-social", "github", cookie);
        let own = begun.cookie.strip_prefix(&format!("{cookie}; ")).unwrap().to_owned();
        (begun.state, own)
    };
    // Ada's session lives; the browser that comes back has another one, or none.
    for cookie in ["", eve.as_str()] {
        let (parameter, flow) = state(&ada);
        let jar = if cookie.is_empty() { flow } else { format!("{cookie}; {flow}") };
        let answer = flows.back("github", &format!("code=ada&state={parameter}"), &jar);
        assert_eq!((answer.status, answer.header("location")), (302, Some("/no?error=unable_to_link_account")));
        assert_eq!(answer.header("x-gatepost-reason"), Some("link_of_another_session"));
    }
    let github = "select count(*) from account where \"providerId\" = 'github'";
    assert_eq!(flows.database.value(github), "0");
    // A provider that answers with a form is led to a GET, to which the browser adds the cookie.
    let (parameter, flow) = state(&ada);
    let form = format!("code=ada&state={parameter}");
    let url = format!("{}/api/auth/callback/github", flows.service.url);
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let forwarded = http::send("POST", &url, &headers, form.as_bytes());
    let location = forwarded.header("location").unwrap();
    let answer = http::send("GET", location, &[("cookie", &format!("{ada}; {flow}"))], b"");
    assert_eq!((answer.status, answer.header("location")), (302, Some("/in")));
    assert_eq!(flows.database.value(github), "1");
}

#[test]
fn mail_link_by_host_header() {
    let ask = |count: usize, variables: &[(&str, &str)]| {
        let (database, mailbox) = (Database::new(), Mailbox::new());
        let email_url = mailbox.url();
        let mut all = vec![("DATABASE_URL", database.url.as_str()), ("EMAIL_URL", &email_url), ("BETTER_AUTH_URL", "")];
        all.extend_from_slice(variables);
        let service = Service::with(OPEN, &all);
        let host = service.url.strip_prefix("http://").unwrap().replace("localhost", "127.0.0.1");
        let send = |path: &str, body: &str| {
            let request = format!(
                "POST /api/auth{path} HTTP/1.1\r\nhost: evil.example\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
            let answer = http::raw(&host, request.as_bytes());
            assert_eq!(answer.status, 200, "{}", answer.text());
        };
        send("/sign-up/email", &json!({ "name": "Ada", "email": "ada@example.com", "password": OLD }).to_string());
        send("/request-password-reset", r#"{"email":"ada@example.com"}"#);
        if count == 0 {
            // Nothing can be waited for.
            std::thread::sleep(Duration::from_millis(500));
        }
        let url = |mail: Value| mail["url"].as_str().unwrap().split("/api/auth").next().unwrap().to_owned();
        let urls: Vec<String> = mailbox.mails(count).into_iter().map(url).collect();
        (urls, database.value("select count(*) from verification"))
    };
    let own = |host: &str| (vec![host.to_owned(); 2], "1".to_owned());
    let production = [
        ("VERCEL_ENV", "production"),
        ("VERCEL_URL", "app-7.vercel.app"),
        ("VERCEL_PROJECT_PRODUCTION_URL", "auth.example.com"),
    ];
    assert_eq!(ask(2, &production), own("https://auth.example.com"));
    let preview = [("VERCEL_ENV", "preview"), production[1], production[2]];
    assert_eq!(ask(2, &preview), own("https://app-7.vercel.app"));
    // Nothing tells the address: nothing is mailed, and no secret is stored for it.
    assert_eq!(ask(0, &[]), (Vec::new(), "0".to_owned()));
    assert_eq!(ask(2, &[("BETTER_AUTH_URL", "https://auth.example.org")]), own("https://auth.example.org"));
    assert_eq!(ask(2, &[("VERCEL_ENV", "development")]), own("http://evil.example"));
}
