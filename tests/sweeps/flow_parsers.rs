//! The values that a flow with a provider leaves with the browser and in the table, and those that come back: its state, the
//! account's cookie, the answer's query and form. Broken as in `parsers.rs`: nothing panics, no value is believed except those
//! that were made here, and huge values are refused within the tests' bound.

use std::sync::{Arc, OnceLock};

use futures_util::FutureExt as _;
use gatepost_core::{
    Auth, Config, account_cookie,
    config::{Source, Variables},
    context::Context,
    context::{Background, Edge},
    cookie::Jar,
    error::Error,
    features::social::{
        previews::{self, Answer, Ticket},
        state::{self, FlowBeginning, State},
        wire,
    },
    functions::FUNCTIONS,
    handle,
    model::LinkedAccount,
    outcome::Outcome,
    reason::Reason,
};
use http::{Request, Response, header};
use http_body_util::Full;
use hyper::body::Bytes;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tokio::runtime::{Builder, Runtime};
use url::form_urlencoded;

use crate::{
    broken::flipped,
    support::{SECRET, chance::Chance, flows::Flows, postgres::block_on, service::DEFAULT},
};

/// How often each parser is tried.
const ROUNDS: usize = 100_000;
/// The number of rounds for long texts.
const FEWER_ROUNDS: usize = 10_000;
/// The number of rounds that cost requests.
const REQUESTS: usize = 1_000;
/// The longest header that the service accepts if it listens by itself; a platform accepts less.
const LONGEST_HEADER: usize = 400_000;

const OWN: &str = "https://auth.example.com";

fn now() -> Timestamp {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

/// A deployment whose flows need no database: nothing here waits for anything.
fn auth() -> Arc<Auth> {
    deployment(OWN)
}

/// A preview, whose production deployment is another one.
fn deployment(production: &str) -> Arc<Auth> {
    let variables: Variables = [
        ("BETTER_AUTH_SECRET", SECRET),
        ("BETTER_AUTH_URL", OWN),
        ("DATABASE_URL", "postgres://localhost/x"),
        ("GATEPOST_PREVIEW_KEY", "a-key-of-the-previews-0123456789abcdef"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into_iter()
    .collect();
    let toml = format!(
        "[previews]\nproduction_url = \"{production}\"\n[rate_limit]\nenabled = false\n\
        [account]\nstore_state_strategy = \"cookie\"\nstore_account_cookie = true\n"
    );
    let config = Config::load(&variables, Some(Source { name: "gatepost.toml", text: &toml }));
    Arc::new(Auth::new(config.unwrap_or_else(|problems| panic!("{problems}")), now).unwrap())
}

fn edge() -> Edge {
    Edge {
        now: now(),
        seed: [9; 32],
        scheme: "https",
        session_keys: Some(gatepost_core::session_jwt::SESSION_KEYS),
        places: gatepost_core::functions::PLACES,
        wait_until: Box::new(|_: Background| {}),
    }
}

/// A request with this `Cookie` header.
fn cx(auth: &Arc<Auth>, cookie: &str) -> Context {
    let mut cx = handle::begin(auth.clone(), Request::new(()).into_parts().0, &edge());
    cx.jar = Jar::new(Some(cookie.to_owned()));
    cx
}

/// The cookies that an answer sets, as they come back.
fn sent_back(cx: Context) -> String {
    let lines = cx.cookies.into_lines();
    lines.map(|line| line.split(';').next().unwrap().to_owned()).collect::<Vec<_>>().join("; ")
}

/// A flow that was begun, with its state in a cookie.
fn begun(auth: &Arc<Auth>) -> (State, String) {
    let mut cx = cx(auth, "");
    let beginning = FlowBeginning {
        provider: "github".to_owned(),
        callback_url: Some("/in".to_owned()),
        error_url: Some("/no".to_owned()),
        new_user_url: None,
        request_sign_up: Some(true),
        link: None,
        nonce: true,
        server_context: serde_json::Map::new(),
        additional: json!({ "a": { "é": [1, null] } }).as_object().unwrap().clone(),
    };
    let state = state::begin(&mut cx, beginning).now_or_never().unwrap().ok().unwrap();
    (state, sent_back(cx))
}

fn taken(auth: &Arc<Auth>, cookie: &str, parameter: &str) -> Result<State, Error> {
    state::take(&mut cx(auth, cookie), parameter).now_or_never().expect("it waits for nothing")
}

#[test]
fn a_state_in_a_cookie_is_read_without_panic_and_no_broken_one_is_believed() {
    let auth = auth();
    let (state, cookie) = begun(&auth);
    let (parameter, whole) = (state.oauth_state.clone().unwrap(), json!(state));
    let mut believed = 0;
    let mut look = |cookie: &str, sent: &str| {
        if let Ok(read) = taken(&auth, cookie, sent) {
            assert_eq!((json!(read), sent), (whole.clone(), parameter.as_str()), "{cookie:?}");
            believed += 1;
        }
    };
    look(&cookie, &parameter);
    let (name, sealed) = cookie.split_once('=').unwrap();
    flipped(sealed).for_each(|sealed| look(&format!("{name}={sealed}"), &parameter));
    flipped(&parameter).for_each(|sent| look(&cookie, &sent));
    Chance(11).try_both(ROUNDS, &format!("a=b; {cookie}; c=d"), |cookie| look(cookie, &parameter));
    Chance(12).try_both(ROUNDS, &parameter, |sent| look(&cookie, sent));
    // What was changed beside the cookie leaves it as it is, and hex may be written in capitals.
    assert!(believed > 1 && believed < ROUNDS / 2, "{believed}");
}

#[test]
fn a_state_of_the_table_is_read_without_panic_and_is_what_stands_there() {
    let (state, _) = begun(&auth());
    let text = json!(state).to_string();
    let mut read = 0;
    Chance(13).try_both(ROUNDS, &text, |text| {
        if let Some(state) = State::read(text) {
            // Nothing is made up: every member is one of the stored row.
            let row: Map<String, Value> = serde_json::from_str(text).unwrap();
            let written = json!(state);
            for (name, value) in written.as_object().unwrap().iter().filter(|(name, _)| *name != "expiresAt") {
                assert_eq!(row.get(name), Some(value), "{text}");
            }
            read += 1;
        }
    });
    assert!(read > ROUNDS / 100 && read < ROUNDS, "{read}");
}

#[test]
fn a_state_of_the_table_that_is_broken_and_one_that_is_asked_for_brokenly_are_answered_with_a_redirect() {
    let flows = Flows::new(DEFAULT);
    let mut chance = Chance(14);
    let mut begun = flows.begin("github");
    let plain = |text: String| -> String { text.chars().filter(|letter| ('!'..='~').contains(letter)).collect() };
    for _ in 0..REQUESTS {
        let (mut sent, mut cookie) = (begun.state.clone(), begun.cookie.clone());
        if chance.below(2) == 0 {
            sent = plain(chance.broken(&sent));
        } else {
            cookie = plain(chance.broken(&cookie));
        }
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("state", &sent).finish();
        let answer = flows.back("github", &format!("{query}&code=x~denied"), &cookie);
        let reason = answer.header("x-gatepost-reason").unwrap();
        assert_eq!(answer.status, 302, "{sent:?} {cookie:?}");
        if !["no_state", "unknown_state", "state_of_another_browser"].contains(&reason) {
            assert_eq!((sent.as_str(), reason), (begun.state.as_str(), "code_refused"), "{cookie:?}");
            begun = flows.begin("github");
        }
    }
    for _ in 0..REQUESTS / 4 {
        let begun = flows.begin("github");
        let row = flows.database.value("select value from verification order by \"createdAt\" desc limit 1");
        let row = chance.broken(&row).replace('\u{0}', "").replace('\'', "''");
        flows.database.query(&format!("update verification set value = '{row}'"));
        let answer = flows.back("github", &format!("code=x~denied&state={}", begun.state), &begun.cookie);
        assert_eq!(answer.status, 302, "{row}");
        assert!(!answer.cookies().contains("session_token"), "{row}");
        flows.database.query("delete from verification");
    }
}

fn account(access_token: String) -> LinkedAccount {
    LinkedAccount {
        id: "account".to_owned(),
        account_id: "42".to_owned(),
        provider_id: "github".to_owned(),
        user_id: "ada".to_owned(),
        access_token: Some(access_token),
        refresh_token: None,
        id_token: Some("a.b.c".to_owned()),
        access_token_expires_at: Some(now()),
        refresh_token_expires_at: None,
        scope: Some("user:email".to_owned()),
        created_at: Some(now()),
        updated_at: Some(now()),
    }
}

#[test]
fn an_accounts_cookie_is_read_without_panic_and_no_broken_one_is_believed() {
    let auth = auth();
    // In one cookie, and in several.
    for (seed, length, rounds) in [(15, 10, ROUNDS), (16, 9_000, FEWER_ROUNDS)] {
        let account = account("x".repeat(length));
        let mut writer = cx(&auth, "");
        account_cookie::write(&mut writer, &account);
        let (cookie, whole) = (sent_back(writer), json!(account));
        assert_eq!(cookie.contains("account_data.1="), length > 10);
        let mut believed = 0;
        let mut look = |cookie: &str| {
            if let Some(read) = account_cookie::read(&cx(&auth, cookie)) {
                assert_eq!(json!(read), whole, "{cookie:?}");
                believed += 1;
            }
        };
        look(&cookie);
        let short = if length > 10 { "" } else { cookie.as_str() };
        flipped(short).for_each(|cookie| look(&cookie));
        Chance(seed).try_both(rounds, &format!("a=b; {cookie}; c=d"), look);
        assert!(believed > 1 && believed < rounds / 2, "{believed}");
    }
}

#[test]
fn what_is_handed_over_to_a_preview_is_read_without_panic_and_no_broken_one_is_believed() {
    let (production, preview) = (auth(), deployment("https://production.example.com"));
    let (keys, rng) = (preview.config.previews.clone().unwrap(), &mut cx(&preview, "").rng);
    let expires_at = now().as_second();
    let ticket = Ticket { to: OWN.to_owned(), provider: "github".to_owned(), state: "s".to_owned(), expires_at };
    let ticket = ticket.seal(&keys, rng);
    let members = vec![("code".to_owned(), "c".to_owned()), ("state".to_owned(), "s".to_owned())];
    let answer = Answer { provider: "github".to_owned(), members: members.clone(), expires_at };
    let answer = answer.seal(&keys, &format!("{OWN}/api/auth"), rng);
    let callback = |name: &str, value: &str| {
        let handed_over = (name == wire::HAND_OVER).then(|| value.to_owned());
        let members = vec![("state".to_owned(), value.to_owned())];
        wire::Callback { handed_over, ..wire::Callback::of("github".to_owned(), members) }
    };
    // Hex may be written in capitals; nothing else is the same.
    let same = |text: &str, genuine: &str| text.eq_ignore_ascii_case(genuine);
    let pass_on = |text: &str| {
        let reply = previews::pass_on(&mut cx(&production, ""), &callback("state", text));
        assert_eq!(matches!(reply, Ok(Some(_))), same(text, &ticket), "{text:?}");
    };
    pass_on(&ticket);
    flipped(&ticket).for_each(|text| pass_on(&text));
    Chance(17).try_both(ROUNDS, &ticket, pass_on);
    let receive = |text: &str| {
        let received = previews::received(&cx(&preview, ""), callback(wire::HAND_OVER, text));
        assert_eq!(received.is_ok(), same(text, &answer), "{text:?}");
        let Ok(received) = received else { return };
        assert_eq!(received.members, [("code", "c".to_owned()), ("state", "s".to_owned())]);
    };
    receive(&answer);
    flipped(&answer).for_each(|text| receive(&text));
    Chance(18).try_both(ROUNDS, &answer, receive);
}

/// The whole way of a request to the callback of an unknown provider: as far as it goes without a provider.
fn answered(auth: &Arc<Auth>, query: &str, cookie: &str, body: Option<(&str, &[u8])>) -> Option<Response<Bytes>> {
    let (method, kind, body) = body.map_or(("GET", "", &b""[..]), |(kind, body)| ("POST", kind, body));
    let request = Request::builder()
        .method(method)
        .uri(format!("/api/auth/callback/nobody?{query}"))
        .header(header::COOKIE, cookie)
        .header(header::ORIGIN, OWN)
        .header(header::CONTENT_TYPE, kind)
        .body(Full::new(Bytes::copy_from_slice(body)));
    // The time in which a body must come is the runtime's.
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| Builder::new_current_thread().enable_time().build().unwrap());
    let _entered = runtime.enter();
    // What is no URL or no header reaches no function.
    let tables: Vec<_> = FUNCTIONS.iter().flat_map(|function| function.tables).map(|table| table.endpoints).collect();
    Some(handle::handle(auth.clone(), &tables, request.ok()?, edge()).now_or_never().expect("it waits for nothing"))
}

fn reason(answer: &Response<Bytes>) -> Option<Reason> {
    answer.extensions().get::<Outcome>().unwrap().reason
}

fn location(answer: &Response<Bytes>) -> &str {
    answer.headers()[header::LOCATION].to_str().unwrap()
}

#[test]
fn an_answers_query_is_read_without_panic_and_none_is_believed_without_its_state() {
    let auth = auth();
    let (state, cookie) = begun(&auth);
    let parameter = state.oauth_state.unwrap();
    let genuine = format!(
        "code=abc&state={parameter}&error=access_denied&error_description=a+b%C3%A9&device_id=d&iss=https%3A%2F%2Fx&user=%7B%22name%22%3A1%7D&handover=00"
    );
    let (mut believed, mut answers) = (0, 0);
    Chance(19).try_both(ROUNDS, &genuine, |query| {
        let Some(answer) = answered(&auth, query, &cookie, None) else { return };
        answers += 1;
        match reason(&answer) {
            // Where it goes with a state, it is this flow's page.
            Some(Reason::ProviderRefused | Reason::NoCode | Reason::UnknownProvider) => {
                let query = query.split('#').next().unwrap();
                let states = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "state");
                assert_eq!(states.map(|(_, state)| state).collect::<Vec<_>>(), [parameter.as_str()], "{query:?}");
                assert!(location(&answer).starts_with("/no?error="), "{query:?}");
                believed += 1;
            }
            Some(Reason::NoState | Reason::StateOfAnotherBrowser) => assert_eq!(answer.status(), 302, "{query:?}"),
            Some(Reason::InvalidInput) => assert_eq!(answer.status(), 400, "{query:?}"),
            other => panic!("{other:?}: {query:?}"),
        }
    });
    assert!(believed > ROUNDS / 10 && believed < answers, "{believed} of {answers}");
}

#[test]
fn an_answers_form_is_read_without_panic_and_goes_on_nowhere_else() {
    let auth = auth();
    let own = format!("{OWN}/api/auth/callback/nobody?");
    let known = ["code", "error", "device_id", "error_description", "state", "user", "iss"];
    let form = "code=abc&state=s&id_token=a.b.c&user=%7B%22name%22%3A%7B%7D%7D&callbackURL=%2Fx&error=%00%FF";
    let json = json!({ "code": "a", "state": "é", "user": "{}", "callbackURL": "/x", "iss": "" }).to_string();
    for (seed, kind, body) in [(20, "application/x-www-form-urlencoded", form), (21, "application/json", json.as_str())]
    {
        let mut forwarded = 0;
        Chance(seed).try_both(ROUNDS, body, |body| {
            let answer = answered(&auth, "", "", Some((kind, body.as_bytes()))).unwrap();
            if answer.status() == 302 {
                let query = location(&answer).strip_prefix(&own).unwrap_or_else(|| panic!("{body:?}"));
                let names = form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name);
                assert!(names.into_iter().all(|name| known.contains(&&*name)), "{body:?}");
                forwarded += 1;
            } else {
                assert!(matches!(answer.status().as_u16(), 400 | 403), "{} {body:?}", answer.status());
            }
        });
        assert!(forwarded > ROUNDS / 10 && forwarded < ROUNDS, "{kind}: {forwarded}");
    }
}

#[test]
fn whatever_is_huge_is_answered_within_the_bound() {
    let auth = auth();
    let (state, cookie) = begun(&auth);
    let parameter = state.oauth_state.unwrap();
    let huge = |text: &str, length: usize| text.repeat(length / text.len());
    let pieces = |name: &str| -> String {
        (0..LONGEST_HEADER / 40).map(|at| format!("__Secure-better-auth.{name}.{at}=x; ")).collect()
    };
    // Work that grows with the square of these would not be done when the bound is over.
    let asked = auth.clone();
    block_on(async move {
        for cookie in ["account_data", "oauth_state"].into_iter().flat_map(|name| {
            let own = format!("__Secure-better-auth.{name}=");
            [
                own.clone() + &huge("00", LONGEST_HEADER),
                own.clone() + &huge("%", LONGEST_HEADER),
                pieces(name),
                huge(&own, LONGEST_HEADER),
            ]
        }) {
            assert!(account_cookie::read(&cx(&asked, &cookie)).is_none());
            assert!(taken(&asked, &cookie, &parameter).is_err());
        }
        assert!(taken(&asked, &cookie, &huge(&parameter, LONGEST_HEADER)).is_err());
        for query in ["state=a&", "state=", "handover=0", "%", "[", "user=[[[[[[["] {
            let answer = answered(&asked, &huge(query, 60_000), &cookie, None).unwrap();
            assert!(matches!(answer.status().as_u16(), 302 | 400), "{query}");
        }
        for (kind, text) in [
            ("application/x-www-form-urlencoded", "code=a&"),
            ("application/x-www-form-urlencoded", "code=%"),
            ("application/x-www-form-urlencoded", "&"),
            ("application/json", "["),
            ("application/json", "{\"code\":"),
            ("application/json", "\"\\ud800"),
        ] {
            let body = huge(text, gatepost_core::body::BODY_LIMIT);
            let answer = answered(&asked, "", &cookie, Some((kind, body.as_bytes()))).unwrap();
            assert!(matches!(answer.status().as_u16(), 302 | 400), "{text} {}", answer.status());
        }
        let over = vec![b'a'; gatepost_core::body::BODY_LIMIT + 1];
        let answer = answered(&asked, "", &cookie, Some(("application/x-www-form-urlencoded", &over))).unwrap();
        assert_eq!(answer.status(), 413);
    });
}
