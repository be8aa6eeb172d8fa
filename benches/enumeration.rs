//! Measures how long the answers for a known and for an unknown address, number or username take, in turn: a client that has only the
//! clock must not learn which is which. Status, body and names of headers must be the same.

use std::time::Instant;

use crate::{
    Rounds, Row,
    support::{http::Answer, mailbox::Mailbox, secondary_storage::database, service::Service},
};

/// A client of the bench sends many requests in a minute.
const TOML: &str = "[email_and_password]\nenabled = true\n[rate_limit]\nenabled = false\n\
    [magic_link]\nenabled = true\n[email_otp]\nenabled = true\n[username]\nenabled = true\n\
    [phone_number]\nenabled = true\nsend_password_reset_otp = true\n[phone_number.limits]\nper_number = 1000\nper_client = 100000\n\
    [phone_number.sign_up_on_verification]\nenabled = true\ntemp_email = \"{digits}@phone.example.com\"\n";

/// The known and the unknown value of each kind, instead of `{who}`.
const ADDRESSES: [&str; 2] = ["ada@example.com", "eve@example.com"];
const NUMBERS: [&str; 2] = ["+41790000001", "+41790000002"];
const NAMES: [&str; 2] = ["ada", "eve"];

/// An endpoint, its body, its values, and the number of rounds: an answer that computes a hash takes long.
type Case = (&'static str, &'static str, [&'static str; 2], usize);

const CASES: [Case; 13] = [
    ("/request-password-reset", r#"{"email":"{who}"}"#, ADDRESSES, 400),
    ("/send-verification-email", r#"{"email":"{who}"}"#, ADDRESSES, 400),
    ("/sign-in/email", r#"{"email":"{who}","password":"a wrong password"}"#, ADDRESSES, 40),
    ("/sign-in/magic-link", r#"{"email":"{who}"}"#, ADDRESSES, 400),
    ("/email-otp/send-verification-otp", r#"{"email":"{who}","type":"sign-in"}"#, ADDRESSES, 400),
    ("/email-otp/request-password-reset", r#"{"email":"{who}"}"#, ADDRESSES, 400),
    ("/sign-in/email-otp", r#"{"email":"{who}","otp":"none"}"#, ADDRESSES, 400),
    ("/email-otp/reset-password", r#"{"email":"{who}","otp":"none","password":"another password"}"#, ADDRESSES, 400),
    ("/phone-number/send-otp", r#"{"phoneNumber":"{who}"}"#, NUMBERS, 400),
    ("/phone-number/request-password-reset", r#"{"phoneNumber":"{who}"}"#, NUMBERS, 400),
    ("/phone-number/verify", r#"{"phoneNumber":"{who}","code":"none"}"#, NUMBERS, 400),
    ("/sign-in/phone-number", r#"{"phoneNumber":"{who}","password":"a wrong password"}"#, NUMBERS, 40),
    ("/sign-in/username", r#"{"username":"{who}","password":"a wrong password"}"#, NAMES, 40),
];

pub fn measure() -> Vec<Row> {
    let (database, mailbox, texts) = (database(TOML), Mailbox::new(), Mailbox::new());
    let variables = [("DATABASE_URL", database.url.as_str()), ("EMAIL_URL", &mailbox.url()), ("SMS_URL", &texts.url())];
    let service = Service::with(TOML, &variables);
    service.user(ADDRESSES[0]);
    let [number, name] = [NUMBERS[0], NAMES[0]];
    database.query(&format!(
        "update \"user\" set \"phoneNumber\" = '{number}', \"phoneNumberVerified\" = true, username = '{name}'"
    ));
    CASES.iter().map(|case| compare(&service, case)).collect()
}

fn compare(service: &Service, (path, body, [known, unknown], rounds): &Case) -> Row {
    let take = |who: &str| {
        let body = body.replace("{who}", who);
        let started = Instant::now();
        let answer = service.post(path, "", &body);
        (started.elapsed().as_secs_f64() * 1e3, shown(&answer))
    };
    // The second of two finds warmer caches: they take turns in that too.
    let (mut of_known, mut of_unknown) = (Vec::new(), Vec::new());
    for round in 0..*rounds {
        let mut pair = [(*known, &mut of_known), (*unknown, &mut of_unknown)];
        if round % 2 == 1 {
            pair.reverse();
        }
        // A code has three tries: answers change from round to round, and in each round they are alike.
        let [one, other] = pair.map(|(who, times)| {
            let (took, answered) = take(who);
            times.push(took);
            answered
        });
        assert_eq!(one, other, "{path}, round {round}");
    }
    let (known, unknown) = (Rounds::new(of_known), Rounds::new(of_unknown));
    let apart = (known.percentile(50) - unknown.percentile(50)).abs();
    let said = format!(
        "{:.2} and {:.2} ms, {apart:.2} apart in a spread of {:.2}",
        known.percentile(50),
        unknown.percentile(50),
        spread(&known).max(spread(&unknown))
    );
    Row::new(&format!("{path}: known and unknown"), said, String::new(), "apart < spread")
}

/// The status, the names of headers, and the body.
fn shown(answer: &Answer) -> String {
    let names: Vec<_> = answer.headers.iter().map(|(name, _)| name.as_str()).collect();
    format!("{} {} {}", answer.status, names.join(" "), answer.text())
}

/// The difference between the quarters, by which a single answer differs from the next anyway.
fn spread(rounds: &Rounds) -> f64 {
    rounds.percentile(75) - rounds.percentile(25)
}
