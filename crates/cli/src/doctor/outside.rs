//! From outside: the way of a browser that comes to a page, signs up, and asks who it is. The first step that breaks ends the
//! walk. Cookies are kept and sent as browsers would, so that what breaks there breaks here.

use bytes::Bytes;
use gatepost_core::{crypto::random::Rng, fetch};
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use serde_json::{Value, json};
use url::Url;

use super::{browser::SetCookie, clock};
use crate::{
    edge,
    report::{Finding, Report, Verdict},
};

/// Walks through the service at `url`, from a page of `origin`; without one, from a page of its own. `sign_up` says whether a
/// throw-away user may be made, who is removed at the end where the service lets users delete themselves.
///
/// # Errors
/// A sentence about an address that is none.
pub async fn walk(url: &str, origin: Option<&str>, sign_up: bool) -> Result<Report, String> {
    let base = base(url)?;
    let page = match origin {
        Some(origin) => super::page(origin)?,
        None => super::page(&base.origin().ascii_serialization())?,
    };
    let seed = edge::seed().map_err(|error| format!("the operating system has no randomness to give: {error}"))?;
    let mut rng = Rng::from_seed(seed);
    let email = format!("doctor-{}@gatepost.invalid", rng.id().to_lowercase());
    let mut visit = Visit { base, page, email, password: rng.id(), cookies: Vec::new() };
    let mut findings = Vec::new();
    match visit.reach().await {
        Ok(found) => findings.extend(found),
        Err(found) => return Ok(Report::broken_off(vec![found])),
    }
    let walked = visit.steps(sign_up, &mut findings).await;
    findings.extend(walked.err());
    if !visit.cookies.is_empty() {
        findings.push(visit.clean_up().await);
    }
    Ok(Report::complete(findings))
}

/// The address with its base path, which is `/api/auth` unless it names another.
fn base(text: &str) -> Result<Url, String> {
    let wrong = || format!("--url is `{text}`, which is no address; write it like https://auth.example.com");
    let mut url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https")).ok_or_else(wrong)?;
    let path = match url.path().trim_end_matches('/') {
        "" => "/api/auth".to_owned(),
        path => path.to_owned(),
    };
    url.set_path(&path);
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

struct Visit {
    base: Url,
    page: Url,
    email: String,
    password: String,
    /// What the service set and the browser kept; those that it would send first.
    cookies: Vec<(SetCookie, Verdict)>,
}

type Step = Result<Finding, Finding>;

impl Visit {
    /// From the first step that could break to the last; what went well is among `findings`.
    async fn steps(&mut self, sign_up: bool, findings: &mut Vec<Finding>) -> Result<(), Finding> {
        findings.push(self.nobody().await?);
        findings.push(self.preflight().await?);
        if !sign_up {
            return Ok(());
        }
        let signed_up = self.sign_up().await?;
        let refused = signed_up.verdict == Verdict::Warn;
        findings.push(signed_up);
        if refused {
            return Ok(());
        }
        findings.push(self.kept()?);
        findings.push(self.session().await?);
        findings.push(self.write().await?);
        Ok(())
    }

    fn origin(&self) -> String {
        self.page.origin().ascii_serialization()
    }

    fn is_same_origin(&self) -> bool {
        self.page.origin() == self.base.origin()
    }

    /// What the browser sends along; `all` is everything that was set, for clearing up.
    fn cookie(&self, all: bool) -> String {
        let sent = self.cookies.iter().filter(|(_, fate)| all || *fate != Verdict::Fail);
        sent.map(|(cookie, _)| format!("{}={}", cookie.name, cookie.value)).collect::<Vec<_>>().join("; ")
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Response<Bytes>, String> {
        let mut request = Request::builder().method(&method).header("accept", "application/json");
        if method != Method::GET || !self.is_same_origin() {
            request = request.header(header::ORIGIN, self.origin());
        }
        for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
            request = request.header(*name, *value);
        }
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let bytes = Full::from(body.map(Value::to_string).unwrap_or_default());
        let request = request.body(bytes).map_err(|error| error.to_string())?;
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path()));
        fetch::send(&url, request).await
    }

    /// `GET /ok`: whether gatepost answers there at all.
    async fn reach(&self) -> Result<Vec<Finding>, Finding> {
        const CHECK: &str = "reach";
        let fail = |evidence: String, fix: &str| Finding::fail(CHECK, evidence, fix);
        let asked_at = edge::now();
        let answer = self.ask(Method::GET, "/ok", &[], None).await;
        let answer = answer.map_err(|cause| {
            fail(
                format!("{} cannot be reached: {cause}", self.base),
                "see that the address is right and that the service is deployed there",
            )
        })?;
        let answered_at = edge::now();
        let (status, body) = (answer.status(), json_of(&answer));
        let is_html = text(&answer, "content-type").contains("html");
        if status == StatusCode::OK && body.get("ok") == Some(&Value::Bool(true)) {
            let clock = jiff::fmt::rfc2822::parse(text(&answer, "date")).ok();
            let clock =
                clock.map(|at| clock::judge(clock::ahead(at.timestamp(), asked_at, answered_at), "the service's"));
            return Ok(std::iter::once(Finding::ok(CHECK, format!("{}/ok answers", self.base))).chain(clock).collect());
        }
        let evidence = format!("{}/ok answers {status}", self.base);
        Err(if code_of(&body) == "SERVER_MISCONFIGURED" {
            let fix = "`vercel logs` lists every problem of the configuration with what to write";
            fail(format!("{evidence}: the configuration of the service is wrong"), fix)
        } else if status.is_redirection() || (is_html && matches!(status.as_u16(), 401 | 403)) {
            let fix = "name the address to which it leads, or switch Deployment Protection off for this deployment";
            fail(format!("{evidence}: something in front of the service asks for a login or leads elsewhere"), fix)
        } else if status == StatusCode::NOT_FOUND {
            let fix = "name the base path in --url if it is not /api/auth; if it is, the rewrites of vercel.json are missing: \
                       `cargo gatepost generate`, and deploy";
            fail(format!("{evidence}: nothing of gatepost is there"), fix)
        } else {
            fail(evidence, "`vercel logs` has the line of this request with its cause")
        })
    }

    /// `GET /get-session` without a cookie: `null`, and quickly.
    async fn nobody(&self) -> Step {
        const CHECK: &str = "get-session";
        let answer = self.ask(Method::GET, "/get-session", &[], None).await.map_err(|cause| lost(CHECK, &cause))?;
        match (answer.status(), answer.body().as_ref()) {
            (StatusCode::OK, b"null") => Ok(Finding::ok(CHECK, "without a cookie it answers null")),
            (status, _) => Err(Finding::fail(
                CHECK,
                format!("without a cookie it answers {status} {}", code_of(&json_of(&answer))),
                "`vercel logs` has the line of this request with its cause",
            )),
        }
    }

    /// What a browser asks before a page of another origin may post.
    async fn preflight(&self) -> Step {
        const CHECK: &str = "preflight";
        let origin = self.origin();
        if self.is_same_origin() {
            return Ok(Finding::ok(CHECK, format!("{origin} is the service's own origin: browsers ask nothing")));
        }
        let asked = [("access-control-request-method", "POST"), ("access-control-request-headers", "content-type")];
        let answer = self.ask(Method::OPTIONS, "/sign-up/email", &asked, None).await;
        let answer = answer.map_err(|cause| lost(CHECK, &cause))?;
        let allowed = text(&answer, "access-control-allow-origin");
        if answer.status().is_success()
            && allowed == origin
            && text(&answer, "access-control-allow-credentials") == "true"
        {
            return Ok(Finding::ok(CHECK, format!("pages of {origin} may call, with cookies")));
        }
        let (evidence, fix) = if allowed.is_empty() {
            (
                format!(
                    "the service answers {} and does not allow {origin}: browsers send nothing from its pages",
                    answer.status()
                ),
                format!("add {origin} to BETTER_AUTH_TRUSTED_ORIGINS and deploy"),
            )
        } else {
            (
                format!("the answer allows `{allowed}` and not {origin} with cookies"),
                "whatever stands in front of the service answers in its place: let OPTIONS through to it".to_owned(),
            )
        };
        Err(Finding::fail(CHECK, evidence, fix))
    }

    /// A throw-away user. A warning where the service takes none: then nothing more can be told from outside.
    async fn sign_up(&mut self) -> Step {
        const CHECK: &str = "sign-up";
        let person = json!({ "name": "gatepost doctor", "email": self.email, "password": self.password });
        let answer = self.ask(Method::POST, "/sign-up/email", &[], Some(&person)).await;
        let answer = answer.map_err(|cause| lost(CHECK, &cause))?;
        let (status, body) = (answer.status(), json_of(&answer));
        let code = code_of(&body);
        let beyond = "sign in with a browser, and ask `gatepost explain` about its cookie";
        if status != StatusCode::OK {
            return match (status.as_u16(), code.as_str()) {
                (_, "EMAIL_PASSWORD_SIGN_UP_DISABLED") | (404, _) => Ok(Finding::warn(
                    CHECK,
                    "nobody may sign up with a password: what comes after it cannot be told from outside",
                    beyond,
                )),
                (429, _) => Ok(Finding::warn(CHECK, "the limit of requests is reached", "run this again in a minute")),
                (403, _) => Err(self.refused(CHECK, "signing up", &code)),
                (503, _) => Err(Finding::fail(
                    CHECK,
                    format!("it answers 503 {code}"),
                    "the database does not answer the service: `gatepost doctor` with the deployment's variables says why",
                )),
                _ => Err(Finding::fail(
                    CHECK,
                    format!("it answers {status} {code}"),
                    "`vercel logs` has the line of this request with its reason and cause; after an error of the database, \
                     `gatepost doctor` with the deployment's variables says what is missing",
                )),
            };
        }
        let lines = answer.headers().get_all(header::SET_COOKIE).iter().filter_map(|line| line.to_str().ok());
        let cookies = lines.filter_map(SetCookie::read).filter(|cookie| !cookie.is_removal());
        self.cookies =
            cookies.map(|cookie| (cookie.fate(&self.base, &self.page).verdict, cookie)).map(|(a, b)| (b, a)).collect();
        if body.get("token").is_none_or(Value::is_null) {
            let evidence = format!(
                "{} signed up and has no session before the address is confirmed: what comes after it cannot be told from outside",
                self.email
            );
            return Ok(Finding::warn(CHECK, evidence, format!("{beyond}; remove this user from the table")));
        }
        Ok(Finding::ok(CHECK, "a throw-away user signed up"))
    }

    /// Whether the browser keeps the cookies and would send them.
    fn kept(&self) -> Step {
        const CHECK: &str = "cookies";
        let fates = self.cookies.iter().map(|(cookie, _)| cookie.fate(&self.base, &self.page));
        let Some(worst) = fates.max_by_key(|fate| fate.verdict) else {
            return Err(Finding::fail(
                CHECK,
                "signing up sets no cookie",
                "whatever stands in front of the service takes Set-Cookie away: let it pass",
            ));
        };
        let finding = Finding { check: CHECK, verdict: worst.verdict, evidence: worst.evidence, fix: worst.fix };
        if finding.verdict == Verdict::Fail { Err(finding) } else { Ok(finding) }
    }

    /// `GET /get-session` as the page would, with the cookies that the browser sends.
    async fn session(&self) -> Step {
        const CHECK: &str = "session";
        let answer = self.ask(Method::GET, "/get-session", &[("cookie", &self.cookie(false))], None).await;
        let answer = answer.map_err(|cause| lost(CHECK, &cause))?;
        let body = json_of(&answer);
        let email = body.get("user").and_then(|user| user.get("email")).and_then(Value::as_str);
        if email != Some(self.email.as_str()) {
            let reason = text(&answer, "x-gatepost-reason");
            let evidence = format!(
                "the session that was just opened is {} {} {reason}",
                answer.status(),
                if body.is_null() { "null" } else { "" }
            );
            let fix = "the log line of this request has the reason: `gatepost explain --log FILE --request ID`. Instances with another \
                       secret or database, and a proxy that rewrites cookies, do this";
            return Err(Finding::fail(CHECK, evidence.trim_end(), fix));
        }
        if !self.is_same_origin() && text(&answer, "access-control-allow-origin") != self.origin() {
            let fix = "whatever stands in front of the service takes its CORS headers away: let them pass";
            return Err(Finding::fail(
                CHECK,
                format!("there is a session, but pages of {} may not read the answer", self.origin()),
                fix,
            ));
        }
        Ok(Finding::ok(CHECK, "the session that was just opened is read back"))
    }

    /// A POST with the cookies: where it may come from is checked only then.
    async fn write(&self) -> Step {
        const CHECK: &str = "write";
        let name = json!({ "name": "gatepost doctor again" });
        let answer = self.ask(Method::POST, "/update-user", &[("cookie", &self.cookie(false))], Some(&name)).await;
        let answer = answer.map_err(|cause| lost(CHECK, &cause))?;
        let code = code_of(&json_of(&answer));
        match answer.status().as_u16() {
            200 => Ok(Finding::ok(CHECK, "a request with the cookie from the page is taken")),
            403 => Err(self.refused(CHECK, "a request with the cookie", &code)),
            status => Ok(Finding::warn(
                CHECK,
                format!("it answers {status} {code}"),
                "`vercel logs` has the line of this request",
            )),
        }
    }

    /// The service does not like where the request comes from.
    fn refused(&self, check: &'static str, what: &str, code: &str) -> Finding {
        let origin = self.origin();
        let fix = if code == "MISSING_OR_NULL_ORIGIN" {
            "whatever stands in front of the service takes the header Origin away: let it pass".to_owned()
        } else if self.is_same_origin() {
            "set BETTER_AUTH_URL to the address under which the service is called".to_owned()
        } else {
            format!("add {origin} to BETTER_AUTH_TRUSTED_ORIGINS and deploy")
        };
        Finding::fail(check, format!("{what} from {origin} is answered 403 {code}"), fix)
    }

    /// Removes the throw-away user, or at least the session.
    async fn clean_up(&self) -> Finding {
        const CHECK: &str = "clean-up";
        let cookie = self.cookie(true);
        let cookie = [("cookie", cookie.as_str())];
        let password = json!({ "password": self.password });
        let deleted = self.ask(Method::POST, "/delete-user", &cookie, Some(&password)).await;
        if deleted.is_ok_and(|answer| json_of(&answer).get("message").and_then(Value::as_str) == Some("User deleted")) {
            return Finding::ok(CHECK, "the throw-away user is removed");
        }
        let signed_out = self.ask(Method::POST, "/sign-out", &cookie, Some(&json!({}))).await;
        let signed_out = signed_out.is_ok_and(|answer| answer.status() == StatusCode::OK);
        let session = if signed_out { "its session is over" } else { "its session goes on" };
        let fix = format!("remove it: delete from \"user\" where \"email\" = '{}'", self.email);
        Finding::warn(
            CHECK,
            format!("users may not delete themselves here: the throw-away user remains, {session}"),
            fix,
        )
    }
}

fn lost(check: &'static str, cause: &str) -> Finding {
    Finding::fail(
        check,
        format!("there was no answer: {cause}"),
        "`vercel logs` has the line of this request, if it arrived",
    )
}

fn text<'a>(answer: &'a Response<Bytes>, name: &str) -> &'a str {
    answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn json_of(answer: &Response<Bytes>) -> Value {
    serde_json::from_slice(answer.body()).unwrap_or_default()
}

fn code_of(body: &Value) -> String {
    body.get("code").and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_path_is_the_usual_one_unless_the_address_names_another() {
        let base = |text| base(text).map(|url| url.to_string());
        assert_eq!(base("https://auth.example.com").as_deref(), Ok("https://auth.example.com/api/auth"));
        assert_eq!(base("https://auth.example.com/?a#b").as_deref(), Ok("https://auth.example.com/api/auth"));
        assert_eq!(base("https://example.com/auth/").as_deref(), Ok("https://example.com/auth"));
        assert!(base("auth.example.com").is_err_and(|told| told.contains("--url")));
    }
}
