//! Checks a running service from outside: acts like a browser that opens a page, signs up, and reads the session. The first step that
//! fails ends the check. Keeps and sends cookies as browsers do, so that it fails where they fail.

use gatepost_core::crypto::random::Rng;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{
    clock,
    visit::{self, Visit, code_of, json_of, text},
};
use crate::{
    edge,
    report::{Finding, Report, Verdict},
};

/// Checks the service at `url` from a page of `origin`, or without one from a page of its own origin. If `sign_up` is true, creates a
/// throw-away user and deletes it at the end if the service lets users delete themselves.
///
/// # Errors
/// If `url` or `origin` is malformed, with a sentence that says so.
pub async fn walk(url: &str, origin: Option<&str>, sign_up: bool) -> Result<Report, String> {
    let base = visit::base("--url", url)?;
    let page = match origin {
        Some(origin) => super::page(origin)?,
        None => super::page(&base.origin().ascii_serialization())?,
    };
    let seed = edge::seed().map_err(|error| error.to_string())?;
    let mut rng = Rng::from_seed(seed);
    let email = format!("doctor-{}@gatepost.invalid", rng.id().to_lowercase());
    let mut visit = Visit { base, page, email, password: rng.id(), cookies: Vec::new(), is_node: false };
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

const SIGN_UP: &str = "sign-up";

type Step = Result<Finding, Finding>;

impl Visit {
    /// Runs all steps after the first. Adds successful ones to `findings` and returns the one that failed.
    async fn steps(&mut self, sign_up: bool, findings: &mut Vec<Finding>) -> Result<(), Finding> {
        findings.push(self.nobody().await?);
        findings.extend(self.recognized().await);
        if self.is_node {
            findings.extend(self.plugins().await);
        }
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
        findings.extend(self.is_node.then(|| self.shown_options()).flatten());
        findings.push(self.kept()?);
        findings.push(self.session().await?);
        findings.push(self.write().await?);
        Ok(())
    }

    /// Requests `GET /ok` to find out whether gatepost answers at all.
    async fn reach(&self) -> Result<Vec<Finding>, Finding> {
        const CHECK: &str = "reach";
        let fail = |evidence: String, fix: &str| Finding::fail(CHECK, evidence, fix);
        let asked_at = edge::now();
        let answer = self.ask(Method::GET, "/ok", &[], None).await;
        let answer = answer.map_err(|cause| {
            fail(
                format!("{} cannot be reached: {cause}", self.base),
                "check the address, and that the service is deployed there",
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
            let fix = "read `vercel logs`: it lists every problem of the configuration with its fix";
            fail(format!("{evidence}: the configuration of the service is wrong"), fix)
        } else if status.is_redirection() || (is_html && matches!(status.as_u16(), 401 | 403)) {
            let fix = "use the address that it redirects to, or switch off Deployment Protection for this deployment";
            fail(format!("{evidence}: something in front of the service asks for a login or redirects elsewhere"), fix)
        } else if status == StatusCode::NOT_FOUND {
            let fix = "add the base path to --url if it is not /api/auth; otherwise the rewrites in vercel.json are missing: \
                       run `cargo gatepost generate`, and deploy";
            fail(format!("{evidence}: gatepost does not answer there"), fix)
        } else {
            fail(evidence, "find the line of this request in `vercel logs`: it has the cause")
        })
    }

    /// Requests `GET /get-session` without a cookie, which must answer `null`.
    async fn nobody(&self) -> Step {
        const CHECK: &str = "get-session";
        let answer = self.ask(Method::GET, "/get-session", &[], None).await.map_err(|cause| lost(CHECK, &cause))?;
        match (answer.status(), answer.body().as_ref()) {
            (StatusCode::OK, b"null") => Ok(Finding::ok(CHECK, "without a cookie it answers null")),
            (status, _) => Err(Finding::fail(
                CHECK,
                format!("without a cookie it answers {status} {}", code_of(&json_of(&answer))),
                "find the line of this request in `vercel logs`: it has the cause",
            )),
        }
    }

    /// Sends the preflight request of a browser for a page of another origin.
    async fn preflight(&self) -> Step {
        const CHECK: &str = "preflight";
        let origin = self.origin();
        if self.is_same_origin() {
            return Ok(Finding::ok(
                CHECK,
                format!("{origin} is the service's own origin: browsers send no preflight request"),
            ));
        }
        let asked = [("access-control-request-method", "POST"), ("access-control-request-headers", "content-type")];
        let answer = self.ask(Method::OPTIONS, "/sign-up/email", &asked, None).await;
        let answer = answer.map_err(|cause| lost(CHECK, &cause))?;
        let allowed = text(&answer, "access-control-allow-origin");
        if answer.status().is_success()
            && allowed == origin
            && text(&answer, "access-control-allow-credentials") == "true"
        {
            return Ok(Finding::ok(CHECK, format!("pages of {origin} may call the service with cookies")));
        }
        let (evidence, fix) = if allowed.is_empty() {
            (
                format!(
                    "the service answers {} and does not allow {origin}: browsers block the requests of its pages",
                    answer.status()
                ),
                match self.is_node {
                    true => format!(
                        "better-auth on Node leaves CORS to a proxy or the framework: allow {origin} there, with credentials. \
                         gatepost answers it itself if {origin} is in BETTER_AUTH_TRUSTED_ORIGINS"
                    ),
                    false => format!("add {origin} to BETTER_AUTH_TRUSTED_ORIGINS and deploy"),
                },
            )
        } else {
            (
                format!("the answer allows `{allowed}` and not {origin} with cookies"),
                "a proxy in front of the service answers instead: let it pass OPTIONS requests".to_owned(),
            )
        };
        Err(Finding::fail(CHECK, evidence, fix))
    }

    /// Signs a throw-away user up. Returns a warning if the service refuses it: then nothing more can be checked from outside.
    async fn sign_up(&mut self) -> Step {
        let person = json!({ "name": "gatepost doctor", "email": self.email, "password": self.password });
        let answer = self.ask(Method::POST, "/sign-up/email", &[], Some(&person)).await;
        let answer = answer.map_err(|cause| lost(SIGN_UP, &cause))?;
        if answer.status() != StatusCode::OK {
            return self.not_entered(answer.status(), &code_of(&json_of(&answer)));
        }
        self.keep(&answer);
        if json_of(&answer).get("token").is_none_or(Value::is_null) {
            return self.sign_in().await;
        }
        Ok(Finding::ok(SIGN_UP, "a test user signed up"))
    }

    /// Signs the user in, if the sign-up did not.
    async fn sign_in(&mut self) -> Step {
        let person = json!({ "email": self.email, "password": self.password });
        let answer = self.ask(Method::POST, "/sign-in/email", &[], Some(&person)).await;
        let answer = answer.map_err(|cause| lost(SIGN_UP, &cause))?;
        if answer.status() != StatusCode::OK {
            return self.not_entered(answer.status(), &code_of(&json_of(&answer)));
        }
        self.keep(&answer);
        Ok(Finding::ok(SIGN_UP, "a test user signed up and signed in"))
    }

    /// Explains why the user could not sign up or in.
    fn not_entered(&self, status: StatusCode, code: &str) -> Step {
        let beyond = "later steps cannot be checked from outside";
        let instead = "sign in with a browser, and give its cookie to `gatepost explain`";
        match (status.as_u16(), code) {
            (_, "EMAIL_PASSWORD_SIGN_UP_DISABLED") | (404, _) => {
                Ok(Finding::warn(SIGN_UP, format!("signing up with a password is switched off: {beyond}"), instead))
            }
            (_, "EMAIL_NOT_VERIFIED") => {
                let evidence =
                    format!("{} signed up, and cannot sign in before the address is confirmed: {beyond}", self.email);
                Ok(Finding::warn(SIGN_UP, evidence, format!("{instead}; delete this user from the table")))
            }
            (400, "MISSING_RESPONSE") => {
                Ok(Finding::warn(SIGN_UP, format!("a captcha guards it, as it should: {beyond}"), instead))
            }
            (429, _) => Ok(Finding::warn(SIGN_UP, "the rate limit is reached", "run this again in a minute")),
            (403, _) => Err(self.refused(SIGN_UP, "signing up", code)),
            (503, _) => {
                let fix = "run `gatepost doctor` with the deployment's variables: the service gets no answer from its \
                           database";
                Err(Finding::fail(SIGN_UP, format!("it answers 503 {code}"), fix))
            }
            _ => {
                let fix = "find the line of this request in `vercel logs`: it has reason and cause; after an error of the \
                           database, run `gatepost doctor` with the deployment's variables";
                Err(Finding::fail(SIGN_UP, format!("it answers {status} {code}"), fix))
            }
        }
    }

    /// Checks whether browsers keep the cookies and send them.
    fn kept(&self) -> Step {
        const CHECK: &str = "cookies";
        let fates = self.cookies.iter().map(|(cookie, _)| cookie.fate(&self.base, &self.page));
        let Some(worst) = fates.max_by_key(|fate| fate.verdict) else {
            return Err(Finding::fail(
                CHECK,
                "signing up sets no cookie",
                "a proxy in front of the service removes Set-Cookie: let it pass the header",
            ));
        };
        let finding = Finding { check: CHECK, verdict: worst.verdict, evidence: worst.evidence, fix: worst.fix };
        if finding.verdict == Verdict::Fail { Err(finding) } else { Ok(finding) }
    }

    /// Requests `GET /get-session` as the page would, with the cookies that a browser sends.
    async fn session(&self) -> Step {
        const CHECK: &str = "session";
        let answer = self.ask(Method::GET, "/get-session", &[("cookie", &self.cookie(false))], None).await;
        let answer = answer.map_err(|cause| lost(CHECK, &cause))?;
        let body = json_of(&answer);
        let email = body.get("user").and_then(|user| user.get("email")).and_then(Value::as_str);
        if email != Some(self.email.as_str()) {
            let reason = text(&answer, "x-gatepost-reason");
            let evidence = format!(
                "reading the new session answers {} {} {reason}",
                answer.status(),
                if body.is_null() { "null" } else { "" }
            );
            let id = Some(text(&answer, "x-vercel-id")).filter(|id| !id.is_empty()).unwrap_or("ID");
            let fix = format!(
                "the log line of this request has the reason: `gatepost explain --log FILE --request {id}`. Possible causes \
                 are instances with another secret or database, and a proxy that rewrites cookies"
            );
            return Err(Finding::fail(CHECK, evidence.trim_end(), fix));
        }
        if !self.is_same_origin() && text(&answer, "access-control-allow-origin") != self.origin() {
            let fix = "a proxy in front of the service removes its CORS headers: let it pass them";
            return Err(Finding::fail(
                CHECK,
                format!("there is a session, but pages of {} may not read the answer", self.origin()),
                fix,
            ));
        }
        Ok(Finding::ok(CHECK, "the new session can be read"))
    }

    /// Sends a POST request with the cookies, of which the service checks the origin.
    async fn write(&self) -> Step {
        const CHECK: &str = "write";
        let name = json!({ "name": "gatepost doctor again" });
        let answer = self.ask(Method::POST, "/update-user", &[("cookie", &self.cookie(false))], Some(&name)).await;
        let answer = answer.map_err(|cause| lost(CHECK, &cause))?;
        let code = code_of(&json_of(&answer));
        match answer.status().as_u16() {
            200 => Ok(Finding::ok(CHECK, "a request from the page with the cookie is accepted")),
            403 => Err(self.refused(CHECK, "a request with the cookie", &code)),
            status => Ok(Finding::warn(
                CHECK,
                format!("it answers {status} {code}"),
                "`vercel logs` has the line of this request",
            )),
        }
    }

    /// Explains a 403: the service refused the origin of the request.
    fn refused(&self, check: &'static str, what: &str, code: &str) -> Finding {
        let origin = self.origin();
        let fix = if code == "MISSING_OR_NULL_ORIGIN" {
            "a proxy in front of the service removes the Origin header: let it pass the header".to_owned()
        } else if self.is_same_origin() {
            "set BETTER_AUTH_URL to the URL at which the page calls the service".to_owned()
        } else {
            format!("add {origin} to BETTER_AUTH_TRUSTED_ORIGINS and deploy")
        };
        Finding::fail(check, format!("{what} from {origin} is answered 403 {code}"), fix)
    }

    /// Deletes the throw-away user, or at least ends its session.
    async fn clean_up(&self) -> Finding {
        const CHECK: &str = "clean-up";
        let cookie = self.cookie(true);
        let cookie = [("cookie", cookie.as_str())];
        let password = json!({ "password": self.password });
        let deleted = self.ask(Method::POST, "/delete-user", &cookie, Some(&password)).await;
        if deleted.is_ok_and(|answer| json_of(&answer).get("message").and_then(Value::as_str) == Some("User deleted")) {
            return Finding::ok(CHECK, "the test user is deleted");
        }
        let signed_out = self.ask(Method::POST, "/sign-out", &cookie, Some(&json!({}))).await;
        let signed_out = signed_out.is_ok_and(|answer| answer.status() == StatusCode::OK);
        let session = if signed_out { "its session has ended" } else { "its session still exists" };
        let fix = format!("delete it: delete from \"user\" where \"email\" = '{}'", self.email);
        Finding::warn(
            CHECK,
            format!("the service does not let users delete themselves: the test user remains, {session}"),
            fix,
        )
    }
}

fn lost(check: &'static str, cause: &str) -> Finding {
    Finding::fail(
        check,
        format!("the service did not answer: {cause}"),
        "find the line of this request in `vercel logs`, if it arrived",
    )
}
