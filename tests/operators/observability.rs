//! The record of requests for an operator: the log line, `Server-Timing`, and the requests to a collector of OpenTelemetry.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use gatepost_core::{
    Auth, Config,
    config::{Source, Variables},
    endpoints::get_session,
    functions::FUNCTIONS,
    handle,
    outcome::Outcome,
};
use http_body_util::Full;
use serde_json::{Value, json};

use crate::support::{
    LIMIT, SECRET,
    platform::Platform,
    postgres::{Database, block_on},
    schema,
    service::{DEFAULT, Service, log_lines},
    transport,
};

const SIGN_IN: &str = r#"{"email":"ada@example.com","password":"correct horse battery"}"#;

/// The requests that a collector received: paths, bodies, and the header that it asked for.
#[derive(Clone, Default)]
struct Received(Arc<Mutex<Vec<(String, Value, String)>>>);

/// A collector of OpenTelemetry as far as it takes JSON; a real one is nowhere to be had for a test.
struct Collector {
    url: String,
    received: Received,
}

impl Collector {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/base", listener.local_addr().unwrap());
        let received = Received::default();
        let into = received.clone();
        // Ends with the process: a client without requests does not connect.
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut head = Vec::new();
                loop {
                    let mut line = String::new();
                    reader.read_line(&mut line).unwrap();
                    if line.trim().is_empty() {
                        break;
                    }
                    head.push(line.trim().to_owned());
                }
                let header = |name: &str| {
                    let mut found = head.iter().filter_map(|line| line.split_once(": "));
                    found.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
                };
                let mut body = vec![0; header("content-length").unwrap().parse().unwrap()];
                reader.read_exact(&mut body).unwrap();
                let path = head[0].split(' ').nth(1).unwrap().to_owned();
                let key = header("x-key").unwrap_or_default();
                into.0.lock().unwrap().push((path, serde_json::from_slice(&body).unwrap(), key));
                let mut stream = stream;
                stream
                    .write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}")
                    .unwrap();
            }
        });
        Self { url, received }
    }

    /// All spans so far, once `wanted` holds for them.
    fn spans(&self, wanted: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        self.until("/base/v1/traces", |body| &body["resourceSpans"][0]["scopeSpans"][0]["spans"], wanted)
    }

    fn metrics(&self, wanted: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        self.until("/base/v1/metrics", |body| &body["resourceMetrics"][0]["scopeMetrics"][0]["metrics"], wanted)
    }

    fn until(&self, path: &str, of: fn(&Value) -> &Value, wanted: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let begun = Instant::now();
        loop {
            let received = self.received.0.lock().unwrap().clone();
            let bodies = received.iter().filter(|(at, ..)| at == path);
            let found: Vec<_> = bodies.flat_map(|(_, body, _)| of(body).as_array().unwrap().clone()).collect();
            if wanted(&found) {
                return found;
            }
            assert!(begun.elapsed() < LIMIT, "{found:#?}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

fn attribute(of: &Value, key: &str) -> Value {
    let found = of["attributes"].as_array().unwrap().iter().find(|attribute| attribute["key"] == key);
    let value = found.map(|attribute| attribute["value"].clone()).unwrap_or_default();
    value.get("stringValue").or(value.get("intValue")).cloned().unwrap_or_default()
}

#[test]
fn a_collector_receives_traces_and_metrics_and_nothing_about_people() {
    let (database, collector) = (Database::new(), Collector::start());
    let variables = [
        ("DATABASE_URL", database.url.as_str()),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-key=a%20key"),
        ("OTEL_SERVICE_NAME", "auth"),
    ];
    let service = Service::with(DEFAULT, &variables);
    let cookie = service.user("ada@example.com");
    let (trace, parent) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
    let traced = |flags: &str| format!("00-{trace}-{parent}-{flags}");
    let read = |flags| service.send("GET", "/get-session", &[("cookie", &cookie), ("traceparent", &traced(flags))], "");
    assert_eq!(read("01").json()["user"]["email"], "ada@example.com");
    assert_eq!(service.get("/get-session", "").text(), "null");

    let is_of = |span: &Value, name: &str| span["name"] == name;
    let spans = collector.spans(|spans| spans.iter().filter(|span| is_of(span, "get_session")).count() >= 2);
    let of_trace: Vec<_> = spans.iter().filter(|span| span["traceId"] == trace).collect();
    let root = of_trace.iter().find(|span| is_of(span, "get_session")).unwrap();
    assert_eq!((&root["parentSpanId"], &root["kind"]), (&parent.into(), &2.into()));
    assert_eq!(
        (attribute(root, "http.response.status_code"), attribute(root, "gatepost.round_trips")),
        ("200".into(), "1".into())
    );
    let child = of_trace.iter().find(|span| is_of(span, "postgresql")).unwrap();
    assert_eq!(child["parentSpanId"], root["spanId"]);
    let nobody = spans.iter().find(|span| attribute(span, "gatepost.reason") == "no_session_cookie").unwrap();
    assert_eq!(nobody["parentSpanId"], "");
    let sign_up = spans.iter().find(|span| is_of(span, "sign_up.email")).unwrap();
    for step in ["pool wait", "postgresql", "password hash"] {
        let step = spans.iter().find(|span| is_of(span, step) && span["parentSpanId"] == sign_up["spanId"]).unwrap();
        assert!(step["startTimeUnixNano"].as_str() <= step["endTimeUnixNano"].as_str());
    }

    // The caller does not record: counted, and no span of it.
    read("00");
    let has_read = |metrics: &[Value], count: &str| {
        let requests = metrics.iter().filter(|metric| metric["name"] == "gatepost.requests");
        let points = requests.flat_map(|metric| metric["sum"]["dataPoints"].as_array().unwrap().clone());
        points.into_iter().any(|point| {
            attribute(&point, "gatepost.endpoint") == "get_session"
                && attribute(&point, "gatepost.reason") == ""
                && point["asInt"] == count
        })
    };
    service.get("/ok", "");
    let metrics = collector.metrics(|metrics| has_read(metrics, "2"));
    let last = |name: &str| metrics.iter().rfind(|metric| metric["name"] == name).unwrap();
    let connections = &last("gatepost.pool.connections")["gauge"]["dataPoints"];
    let of = |state: &str| {
        connections.as_array().unwrap().iter().find(|point| attribute(point, "state") == state).unwrap()["asInt"]
            .clone()
    };
    assert_eq!((of("open"), of("max"), of("waiting")), ("1".into(), "4".into(), "0".into()));
    assert_eq!(last("gatepost.round_trips")["sum"]["dataPoints"][0]["asInt"], "4");
    assert_eq!(last("gatepost.pool.wait")["histogram"]["dataPoints"][0]["count"], "1");
    assert_eq!(
        collector.spans(|_| true).iter().filter(|span| span["traceId"] == trace && is_of(span, "get_session")).count(),
        1
    );

    let token = cookie.split('=').nth(1).unwrap().split('.').next().unwrap();
    for (_, body, key) in collector.received.0.lock().unwrap().iter() {
        let text = body.to_string();
        assert_eq!(key, "a key");
        assert!(
            text.contains("auth") && !text.contains("Ada") && !text.contains("example.com") && !text.contains(token),
            "{text}"
        );
    }
}

#[test]
fn what_is_noted_leaves_before_an_instance_is_frozen() {
    let collector = Collector::start();
    let variables = [
        ("BETTER_AUTH_SECRET", SECRET),
        ("DATABASE_URL", "postgres://app:nothing@127.0.0.1:1/none"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url),
    ];
    let platform = Platform::start(&variables, true);
    assert_eq!(platform.send("GET", "/api/auth/ok", &[], "").status, 200);
    let spans = collector.spans(|spans| !spans.is_empty());
    assert_eq!(spans[0]["name"], "status.ok");
    platform.state("status", |state| state["ends"] == state["invocations"]);
}

#[test]
fn a_collector_that_is_away_costs_no_answer_and_is_a_line_of_the_log() {
    let variables = [
        ("BETTER_AUTH_SECRET", SECRET),
        ("DATABASE_URL", "postgres://app:nothing@127.0.0.1:1/none"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-key=hunter2"),
    ];
    let platform = Platform::start(&variables, false);
    assert_eq!(platform.send("GET", "/api/auth/ok", &[], "").status, 200);
    let line = platform.line("status", |line| line.contains(r#""background":"otlp""#));
    assert!(!line.contains("hunter2"), "{line}");
    documented(&line);
}

#[test]
fn a_collector_that_is_misconfigured_is_a_problem_that_quotes_no_key() {
    let problems = |pairs: &[(&str, &str)]| {
        let mut variables: Variables = [("BETTER_AUTH_SECRET".to_owned(), SECRET.to_owned())].into_iter().collect();
        pairs.iter().for_each(|(name, value)| variables.set(*name, *value));
        Config::load(&variables, None).err().map(|problems| problems.to_string()).unwrap_or_default()
    };
    const ENDPOINT: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://otel.example");
    assert_eq!(problems(&[ENDPOINT, ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")]), "");
    for (pairs, says) in [
        (&[("OTEL_EXPORTER_OTLP_ENDPOINT", "otel.example:4318")][..], "OTEL_EXPORTER_OTLP_ENDPOINT: it is not a URL"),
        (
            &[ENDPOINT, ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")],
            "OTEL_EXPORTER_OTLP_PROTOCOL: gatepost supports only `http/json`",
        ),
        (
            &[ENDPOINT, ("OTEL_EXPORTER_OTLP_HEADERS", "hunter2")],
            "OTEL_EXPORTER_OTLP_HEADERS: it is not a list of headers",
        ),
    ] {
        let told = problems(pairs);
        assert!(told.contains(says) && !told.contains("hunter2"), "{told}");
    }
}

/// The parts of a header `Server-Timing` and their milliseconds.
fn parts(header: &str) -> Vec<(String, f64)> {
    let part = |part: &str| {
        let (name, rest) = part.trim().split_once(';').unwrap();
        (name.to_owned(), rest.split("dur=").nth(1).unwrap().parse().unwrap())
    };
    header.split(',').map(part).collect()
}

#[test]
fn server_timing_tells_where_time_went_where_it_is_enabled_and_nowhere_else() {
    let database = Database::new();
    let silent = Service::new(&database.url);
    let cookie = silent.user("ada@example.com");
    assert_eq!(silent.get("/get-session", &cookie).header("server-timing"), None);
    let toml = format!("{DEFAULT}[observability]\nserver_timing = true\n");
    let service = Service::with(&toml, &[("DATABASE_URL", &database.url)]);
    let timing = |answer: crate::support::http::Answer| parts(answer.header("server-timing").unwrap());
    let names = |parts: &[(String, f64)]| parts.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    let first = timing(service.get("/get-session", &cookie));
    assert_eq!(names(&first), ["route", "wait", "db", "crypto"]);
    assert!(first[1].1 > 0.0 && first[2].1 > 0.0 && first[3].1 == 0.0, "{first:?}");
    let second = timing(service.get("/get-session", &cookie));
    assert!(second[1].1 == 0.0 && second[2].1 > 0.0, "an idle connection was there: {second:?}");
    let sign_in = timing(service.post("/sign-in/email", "", SIGN_IN));
    assert!(sign_in[3].1 > 0.0 && sign_in[0].1 >= sign_in[3].1, "{sign_in:?}");
    let refused = service.get("/nothing", "");
    assert!(refused.header("server-timing").unwrap().starts_with("route;desc=\"unknown\";dur="));
}

#[test]
fn a_long_wait_for_a_connection_shows_the_pool_in_the_log() {
    let database = Database::new();
    let toml = format!("{DEFAULT}[database]\nmax_connections = 1\n[observability]\nslow_wait = 1\n");
    let service = Service::with(&toml, &[("DATABASE_URL", &database.url)]);
    let cookie = service.user("ada@example.com");
    std::thread::scope(|scope| {
        let locked = scope.spawn(|| database.query(r#"begin; lock table "user"; select pg_sleep(3); commit"#));
        while database.value(r#"select count(*) from pg_locks where mode = 'AccessExclusiveLock' and granted and relation = '"user"'::regclass"#) == "0" {
            std::thread::sleep(Duration::from_millis(10));
        }
        let reads: Vec<_> = (0..2).map(|_| scope.spawn(|| service.get("/get-session", &cookie).status)).collect();
        assert!(reads.into_iter().all(|read| read.join().unwrap() == 200));
        locked.join().unwrap();
    });
    let lines = log_lines();
    let line = lines.iter().rfind(|line| line.contains(r#""pool":{"#) && line.contains("get_session")).unwrap();
    let pool = serde_json::from_str::<Value>(line).unwrap()["pool"].take();
    assert_eq!((&pool["open"], &pool["waiting"], &pool["max"]), (&json!(1), &json!(0), &json!(1)), "{line}");
    assert!(pool["waited_milliseconds"].as_f64().unwrap() >= 1_000.0, "{line}");
    documented(line);
}

#[test]
fn a_session_is_read_with_no_more_looks_at_the_clock_than_the_pool_needs() {
    static LOOKS: AtomicU32 = AtomicU32::new(0);
    fn clock() -> jiff::Timestamp {
        LOOKS.fetch_add(1, Relaxed);
        gatepost_cli::edge::now()
    }
    let database = Database::new();
    let cookie = Service::new(&database.url).user("ada@example.com");
    let variables: Variables = [
        ("BETTER_AUTH_SECRET", SECRET),
        ("DATABASE_URL", &transport::url(&database.url)),
        ("BETTER_AUTH_URL", "http://localhost:3000"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into_iter()
    .collect();
    let file = Source { name: "gatepost.toml", text: &schema::configured("[jwt]\nenabled = false\n") };
    let auth = Arc::new(Auth::new(Config::load(&variables, Some(file)).unwrap(), clock).unwrap());
    let looks = block_on(async {
        let mut looks = Vec::new();
        for _ in 0..3 {
            let before = LOOKS.load(Relaxed);
            let edge = gatepost_cli::edge::request().unwrap();
            let request = http::Request::get("/api/auth/get-session").header("cookie", &cookie);
            let request = request.body(Full::<&[u8]>::default()).unwrap();
            let answer = handle::handle(auth.clone(), &[get_session::ENDPOINTS], request, edge).await;
            assert!(answer.body().starts_with(b"{\"session\""), "{:?}", answer.body());
            looks.push(LOOKS.load(Relaxed) - before);
        }
        looks
    });
    // Whether the connection was idle for too long, and when it was used.
    assert_eq!(looks[1..], [2, 2]);
}

/// Every member of a line of the log stands in the documentation.
fn documented(line: &str) {
    let documentation = include_str!("../../docs/OBSERVABILITY.md");
    let members = serde_json::from_str::<Value>(line).unwrap();
    for (name, value) in members.as_object().unwrap() {
        let inner = value.as_object().into_iter().flat_map(|inner| inner.keys().map(|key| format!("{name}.{key}")));
        for name in std::iter::once(name.clone()).chain(inner) {
            assert!(documentation.contains(&format!("| `{name}` |")), "{name} is not in docs/OBSERVABILITY.md");
        }
    }
}

#[test]
fn every_member_of_the_log_line_is_documented() {
    let service = Service::with(DEFAULT, &[("DATABASE_URL", "postgres://app:nothing@127.0.0.1:1/none")]);
    assert_eq!(service.post("/sign-in/email", "", SIGN_IN).status, 503);
    service.get("/get-session", "");
    let lines = log_lines();
    assert!(lines.iter().any(|line| line.contains("cause")));
    lines.iter().for_each(|line| documented(line));
}

/// The endpoint and the reason in the line of a request that a service with this file answers for the second time.
fn refused(toml: &str, request: http::Request<&'static str>) -> (Option<&'static str>, &'static str) {
    let variables: Variables = [
        ("BETTER_AUTH_SECRET", SECRET),
        ("DATABASE_URL", "postgres://app:nothing@127.0.0.1:1/none"),
        ("BETTER_AUTH_URL", "http://localhost:3000"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into_iter()
    .collect();
    let file = Source { name: "gatepost.toml", text: toml };
    let auth = Arc::new(Auth::new(Config::load(&variables, Some(file)).unwrap(), gatepost_cli::edge::now).unwrap());
    let tables: Vec<_> = FUNCTIONS.iter().flat_map(|function| function.tables).map(|table| table.endpoints).collect();
    let (parts, body) = request.into_parts();
    let mut last = None;
    for _ in 0..2 {
        let request = http::Request::from_parts(parts.clone(), Full::new(body.as_bytes()));
        let edge = gatepost_cli::edge::request().unwrap();
        let answer = block_on(handle::handle(auth.clone(), &tables, request, edge));
        last = answer.extensions().get::<Outcome>().map(|outcome| (outcome.endpoint, outcome.reason.unwrap().name()));
    }
    last.unwrap()
}

#[test]
fn the_line_of_a_request_that_is_refused_before_its_endpoint_names_the_endpoint() {
    let post = |path: &str| {
        let request = http::Request::post(format!("/api/auth{path}")).header("origin", "http://localhost:3000");
        request.header("content-type", "application/json")
    };
    let limits = "[rate_limit]\nenabled = true\nmax = 1\n[rate_limit.custom_rules]\n\"/sign-in/email\" = { window = 60, max = 1 }\n";
    let toml = format!("{DEFAULT}\n{limits}");
    let limited =
        refused(&toml, post("/sign-in/email").header("x-forwarded-for", "203.0.113.1").body(SIGN_IN).unwrap());
    assert_eq!(limited, (Some("sign_in.email"), "rate_limited"));
    let limited = refused(&toml, post("/sign-in/email").body(SIGN_IN).unwrap());
    assert_eq!(limited, (Some("sign_in.email"), "rate_limited_without_address"));
    // A path without an endpoint, and a method that the path does not have.
    for path in ["/sign-in/nothing", "/get-session/more"] {
        assert_eq!(refused(&toml, post(path).body("{}").unwrap()).0, None, "{path}");
    }
    let get = http::Request::get("/api/auth/sign-in/email").body("").unwrap();
    assert_eq!(refused(DEFAULT, get), (None, "unknown_route"));
    // The other refusals before an endpoint.
    let long: &'static str = Box::leak("x".repeat(gatepost_core::body::BODY_LIMIT + 1).into_boxed_str());
    let other = |name: &'static str, value: &'static str, body: &'static str| {
        let mut request = post("/sign-in/email").body(body).unwrap();
        request.headers_mut().insert(name, http::HeaderValue::from_static(value));
        refused(DEFAULT, request)
    };
    for ((name, value, body), reason) in [
        (("content-type", "text/plain", SIGN_IN), "unsupported_content_type"),
        (("content-type", "application/json", "{"), "malformed_json"),
        (("content-type", "application/json", long), "body_too_large"),
    ] {
        assert_eq!(other(name, value, body), (Some("sign_in.email"), reason));
    }
    let mut foreign = post("/sign-in/email").header("cookie", "a=b").body(SIGN_IN).unwrap();
    foreign.headers_mut().insert("origin", http::HeaderValue::from_static("https://evil.example"));
    assert_eq!(refused(DEFAULT, foreign), (Some("sign_in.email"), "untrusted_origin"));
}
