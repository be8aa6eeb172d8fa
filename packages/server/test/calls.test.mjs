// `auth.api` over a scripted service: what is sent, what is answered, and what is thrown.
import assert from "node:assert/strict";
import { test } from "node:test";
import { APIError, createAuth, ServiceUnavailableError } from "../dist/index.js";
import { service } from "./service.mjs";

const json = (status, value, headers = {}) => (_, response) => {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(value));
};

test("only the service's cookies and bearer tokens are sent on", async () => {
  const { url, requests } = await service();
  const auth = createAuth({ baseURL: url, cookieNames: { session_token: "sid" } });
  const cookie = "theme=dark; better-auth.session_token=a.b%3D; __Secure-better-auth.session_data.0=c; better-auth.x; other=better-auth.y; sid=1; __Host-sid=2; sidecar=3";
  await auth.api.getSession({ headers: { cookie, authorization: "Basic dXNlcjpwYXNz", "x-internal-token": "s3cret", "proxy-authorization": "Basic x", host: "app.example.com" } });
  await auth.api.getSession({ headers: { cookie: "theme=dark", authorization: "Bearer t.s" } });
  const [first, second] = requests;
  assert.equal(first.headers.cookie, "better-auth.session_token=a.b%3D; __Secure-better-auth.session_data.0=c; sid=1; __Host-sid=2");
  assert.equal(first.headers.authorization, undefined);
  assert.ok(!JSON.stringify(first.headers).includes("s3cret"));
  assert.equal(first.headers["proxy-authorization"], undefined);
  assert.equal(first.headers.host, new URL(url).host);
  assert.deepEqual([second.headers.cookie, second.headers.authorization], [undefined, "Bearer t.s"]);
});

test("no bearer token is sent on where tokens are another service's", async () => {
  const { url, requests } = await service();
  await createAuth({ baseURL: url, forwardAuthorization: false }).api.getSession({ headers: { authorization: "Bearer t.s" } });
  assert.equal(requests[0].headers.authorization, undefined);
});

test("a header with a line break is refused before anything is sent", async () => {
  const { url, requests } = await service();
  const auth = createAuth({ baseURL: url, forwardHeaders: ["x-api-key"] });
  for (const headers of [{ cookie: "better-auth.session_token=a\r\nx-admin: 1" }, { "x-api-key": "a\nb" }]) await assert.rejects(async () => auth.api.getSession({ headers }), TypeError);
  await auth.api.getSession({ headers: { "x-forwarded-for": "1.2.3.4, evil=<script>" } });
  assert.equal(requests.length, 1);
  assert.equal(requests[0].headers["x-forwarded-for"], undefined);
});

test("a parameter of the path stays one segment, and a query one query", async () => {
  const { url, requests } = await service();
  const { api } = createAuth({ baseURL: url });
  await api.callbackOAuth({ params: { id: "../../x?y#z@evil.example" }, query: { code: "a&state=b", list: ["1", "2"], none: undefined } });
  assert.equal(requests[0].url, "/api/auth/callback/..%2F..%2Fx%3Fy%23z%40evil.example?code=a%26state%3Db&list=1&list=2");
  for (const id of ["..", ".", "", undefined]) await assert.rejects(api.callbackOAuth({ params: { id } }), TypeError);
});

test("a redirect is an error like in process, and is not followed", async () => {
  const other = await service();
  const { url } = await service((_, response) => response.writeHead(302, { location: `${other.url}/x?error=INVALID_TOKEN` }).end());
  await assert.rejects(createAuth({ baseURL: url }).api.verifyEmail({ query: { token: "x", callbackURL: "/x" } }), (error) => {
    assert.ok(error instanceof APIError);
    assert.deepEqual([error.name, error.status, error.statusCode, error.headers.get("location")], ["APIError", "FOUND", 302, `${other.url}/x?error=INVALID_TOKEN`]);
    return true;
  });
  assert.equal(other.requests.length, 0);
});

test("an error has status, code, message and headers", async () => {
  const { url } = await service(json(429, { code: "TOO_MANY_REQUESTS", message: "Too many requests." }, { "x-retry-after": "9" }));
  await assert.rejects(createAuth({ baseURL: url }).api.signInEmail({ body: { email: "a@example.com", password: "x" } }), (error) => {
    assert.deepEqual([error.status, error.statusCode, error.body, error.message], ["TOO_MANY_REQUESTS", 429, { code: "TOO_MANY_REQUESTS", message: "Too many requests." }, "Too many requests."]);
    assert.equal(error.headers.get("x-retry-after"), "9");
    return true;
  });
});

test("times are dates, and texts that look like times are texts", async () => {
  const value = { session: { expiresAt: "2030-01-02T03:04:05.000Z" }, user: { name: "2030-01-02T03:04:05.000Z", trialEnds: "2030-01-02T03:04:05.000Z", metadata: { createdAt: "2030-01-02T03:04:05.000Z" } } };
  const { url } = await service((_, response) => response.end(JSON.stringify(value).replace('"user":{', '"user":{"__proto__":{"isAdmin":true},')));
  const { session, user } = await createAuth({ baseURL: url, dates: ["trialEnds"] }).api.getSession({ headers: {} });
  assert.deepEqual([session.expiresAt, user.trialEnds], [new Date("2030-01-02T03:04:05.000Z"), new Date("2030-01-02T03:04:05.000Z")]);
  assert.deepEqual([typeof user.name, typeof user.metadata.createdAt], ["string", "string"]);
  assert.equal(user.isAdmin, undefined);
});

test("cookies of an answer are handed on, each with its attributes", async () => {
  const { url } = await service((_, response) => {
    response.setHeader("set-cookie", ["better-auth.session_token=a.b%3D; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=Lax", "better-auth.session_data=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT"]);
    response.end('{"success":true}');
  });
  const set = [];
  const auth = createAuth({ baseURL: url, cookies: { set: (cookies) => void set.push(...cookies) } });
  const { headers, response, status } = await auth.api.signOut({ headers: {}, returnHeaders: true, returnStatus: true });
  assert.deepEqual(set, [
    { name: "better-auth.session_token", value: "a.b=", options: { maxAge: 60, path: "/", httpOnly: true, secure: true, sameSite: "lax" } },
    { name: "better-auth.session_data", value: "", options: { maxAge: 0, path: "/", expires: new Date(0) } },
  ]);
  assert.equal(headers.getSetCookie().length, 2);
  assert.deepEqual([response, status], [{ success: true }, 200]);
});

test("a session is not extended where the framework can set no cookie", async () => {
  const { url, requests } = await service();
  await createAuth({ baseURL: url, cookies: { isReadOnly: () => true, set: () => {} } }).api.getSession({ headers: {}, query: { disableCookieCache: true } });
  assert.equal(requests[0].url, "/api/auth/get-session?disableCookieCache=true&disableRefresh=true");
});

test("a broken connection is tried once more for a GET, and not for a POST", async () => {
  let broken = 1;
  const { url, requests } = await service((_, response) => (broken-- > 0 ? response.destroy() : response.end("null")));
  const { api } = createAuth({ baseURL: url });
  assert.equal(await api.getSession({ headers: {} }), null);
  assert.equal(requests.length, 2);
  broken = 1;
  await assert.rejects(api.signOut({ headers: {} }), (error) => error instanceof ServiceUnavailableError && error.body.code === "SERVICE_UNREACHABLE");
  assert.equal(requests.length, 3);
  broken = 1;
  // The link may have been used up by the first request.
  await assert.rejects(api.verifyEmail({ query: { token: "x" } }), ServiceUnavailableError);
  assert.equal(requests.length, 4);
});

test("an answer that breaks off is a broken connection too", async () => {
  const { url, requests } = await service((_, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
    response.write("{");
    setTimeout(() => response.destroy(), 20);
  });
  await assert.rejects(createAuth({ baseURL: url }).api.getSession({ headers: {} }), ServiceUnavailableError);
  assert.equal(requests.length, 2);
});

test("a service that cannot be reached is a typed error with its cause", async () => {
  const { url, close } = await service();
  await close();
  await assert.rejects(createAuth({ baseURL: url }).api.getSession({ headers: {} }), (error) => {
    assert.ok(error instanceof ServiceUnavailableError && error instanceof APIError);
    assert.deepEqual([error.statusCode, error.body.code, error.service], [503, "SERVICE_UNREACHABLE", `${url}/api/auth`]);
    assert.ok(error.cause instanceof Error);
    assert.ok(!error.message.includes("127.0.0.1"), "users may see the message");
    return true;
  });
});

test("a service that does not answer ends the wait", async () => {
  for (const hang of [() => {}, (_, response) => void response.write("{")]) {
    const { url, close, requests } = await service(hang);
    await assert.rejects(createAuth({ baseURL: url, timeout: 200 }).api.getSession({ headers: {} }), (error) => error.body.code === "SERVICE_TIMEOUT" && error.statusCode === 503);
    assert.equal(requests.length, 1, "a slow service is not asked twice");
    await close();
  }
});

test("a page in front of the service is not taken for an answer", async () => {
  for (const status of [200, 401]) {
    const { url } = await service((_, response) => response.writeHead(status, { "content-type": "text/html" }).end("<html>Sign in to Vercel</html>"));
    await assert.rejects(createAuth({ baseURL: url }).api.getSession({ headers: {} }), (error) => error.body.code === "UNEXPECTED_ANSWER" && /text\/html/.test(error.cause.message));
  }
});

test("functions of better-auth's process say that they are that", async () => {
  const { url, requests } = await service();
  await assert.rejects(createAuth({ baseURL: url }).api.setPassword({ body: { newPassword: "x" } }), (error) => error.status === "NOT_IMPLEMENTED" && error.body.code === "SERVER_ONLY_ENDPOINT");
  assert.equal(requests.length, 0);
});

test("endpoints of other plugins are named by the application", async () => {
  const { url, requests } = await service();
  await createAuth({ baseURL: url, endpoints: { listPasskeys: "GET /passkey/list-user-passkeys" } }).api.listPasskeys({ headers: {} });
  assert.equal(requests[0].url, "/api/auth/passkey/list-user-passkeys");
});

test("options that cannot work are refused", () => {
  for (const options of [
    { baseURL: "ftp://auth.example.com" },
    { baseURL: "https://user:pass@auth.example.com" },
    { baseURL: "https://auth.example.com/?x" },
    { baseURL: "auth.example.com" },
    { baseURL: "https://auth.example.com", basePath: "//evil.example" },
    { baseURL: "https://auth.example.com", sessionCache: {} },
    { baseURL: "https://auth.example.com", sessionCache: { signedWithKeys: true } },
  ])
    assert.throws(() => createAuth(options), TypeError, JSON.stringify(options));
});

test("the base path comes from the URL, or from the option", async () => {
  const { url, requests } = await service();
  for (const options of [{ baseURL: `${url}/` }, { baseURL: `${url}/custom/auth/` }, { baseURL: url, basePath: "/auth" }]) await createAuth(options).api.ok();
  assert.deepEqual(requests.map(({ url }) => url), ["/api/auth/ok", "/custom/auth/ok", "/auth/ok"]);
});
