// `auth.handler` over a scripted service: what passes in each direction, and what does not.
import assert from "node:assert/strict";
import { createServer, request as send } from "node:http";
import { test } from "node:test";
import { createAuth } from "../dist/index.js";
import { toNodeHandler } from "../dist/node.js";
import { service } from "./service.mjs";

const app = "https://app.example.com";
const get = (path, headers = {}) => new Request(`${app}${path}`, { headers });

test("a request passes with what belongs to the service, and without what belongs to the connection", async () => {
  const { url, requests } = await service();
  const { handler } = createAuth({ baseURL: url });
  const headers = {
    accept: "application/json",
    "content-type": "application/json",
    cookie: "theme=dark; better-auth.session_token=a",
    authorization: "Basic x",
    origin: app,
    "sec-fetch-site": "same-origin",
    "x-forwarded-for": "203.0.113.7",
    "x-forwarded-host": "evil.example",
    "x-real-ip": "198.51.100.1",
    "x-vercel-forwarded-for": "198.51.100.2",
    "x-app-secret": "s3cret",
    "keep-alive": "timeout=5",
    te: "trailers",
    "proxy-authorization": "Basic x",
    "x-captcha-response": "c",
  };
  const answer = await handler(new Request(`${app}/api/auth/sign-in/email?x=1`, { method: "POST", headers, body: '{"email":"a"}' }));
  assert.equal(answer.status, 200);
  const [seen] = requests;
  assert.deepEqual([seen.method, seen.url, seen.body], ["POST", "/api/auth/sign-in/email?x=1", '{"email":"a"}']);
  const { cookie, origin, host, authorization } = seen.headers;
  assert.deepEqual([cookie, origin, host, authorization], ["better-auth.session_token=a", app, new URL(url).host, undefined]);
  assert.deepEqual([seen.headers["x-forwarded-for"], seen.headers["x-forwarded-host"], seen.headers["x-forwarded-proto"]], ["203.0.113.7", "app.example.com", "https"]);
  assert.deepEqual([seen.headers["sec-fetch-site"], seen.headers["x-captcha-response"]], ["same-origin", "c"]);
  for (const name of ["x-real-ip", "x-vercel-forwarded-for", "x-app-secret", "keep-alive", "te", "proxy-authorization"]) assert.equal(seen.headers[name], undefined, name);
});

test("the client's address comes from the header that the platform sets, and goes where the service looks", async () => {
  const { url, requests } = await service();
  const { handler } = createAuth({ baseURL: url, addressHeaders: ["x-vercel-forwarded-for", "x-forwarded-for"], sendAddressAs: "x-client-address" });
  await handler(get("/api/auth/ok", { "x-forwarded-for": "1.1.1.1", "x-vercel-forwarded-for": "2001:db8::1", "x-client-address": "6.6.6.6" }));
  await handler(get("/api/auth/ok", { "x-forwarded-for": "1.1.1.1" }));
  await handler(get("/api/auth/ok", { "x-client-address": "6.6.6.6" }));
  assert.deepEqual(requests.map(({ headers }) => headers["x-client-address"]), ["2001:db8::1", "1.1.1.1", undefined]);
  assert.equal(requests[0].headers["x-forwarded-for"], undefined);
});

test("the answer passes: several cookies, a redirect that is not followed, a body that is not decoded twice", async () => {
  const other = await service();
  const { url } = await service((_, response) => {
    response.writeHead(302, { location: `${other.url}/x`, "set-cookie": ["a=1; Expires=Thu, 01 Jan 2032 00:00:00 GMT", "b=2"], "x-hop": "1", connection: "close, x-hop", "cache-control": "no-store" });
    response.end();
  });
  const answer = await createAuth({ baseURL: url }).handler(get("/api/auth/callback/github?code=x"));
  assert.deepEqual([answer.status, answer.headers.get("location"), answer.headers.get("cache-control")], [302, `${other.url}/x`, "no-store"]);
  assert.deepEqual(answer.headers.getSetCookie(), ["a=1; Expires=Thu, 01 Jan 2032 00:00:00 GMT", "b=2"]);
  assert.deepEqual([answer.headers.get("connection"), answer.headers.get("x-hop")], [null, null]);
  assert.equal(other.requests.length, 0);
});

test("a compressed answer arrives as it was meant", async () => {
  const { gzipSync } = await import("node:zlib");
  const { url } = await service((_, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
    response.end(gzipSync('{"ok":true}'));
  });
  const answer = await createAuth({ baseURL: url }).handler(get("/api/auth/ok"));
  assert.deepEqual([answer.headers.get("content-encoding"), answer.headers.get("content-length"), await answer.json()], [null, null, { ok: true }]);
});

test("a body is passed on while it arrives", async () => {
  const { url, requests } = await service();
  const { handler } = createAuth({ baseURL: url });
  let more;
  const body = new ReadableStream({
    start: (controller) => {
      controller.enqueue(new TextEncoder().encode("first "));
      more = () => (controller.enqueue(new TextEncoder().encode("second")), controller.close());
    },
  });
  const answered = handler(new Request(`${app}/api/auth/x`, { method: "POST", body, duplex: "half" }));
  while (requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  more();
  assert.equal((await answered).status, 200);
  assert.equal(requests[0].body, "first second");
});

test("an empty body is none", async () => {
  const { url, requests } = await service();
  const { handler } = createAuth({ baseURL: url });
  const empty = new ReadableStream({ start: (controller) => controller.close() });
  await handler(new Request(`${app}/api/auth/sign-out`, { method: "POST", body: empty, duplex: "half" }));
  await handler(new Request(`${app}/api/auth/sign-out`, { method: "POST" }));
  for (const { headers } of requests) assert.deepEqual([headers["transfer-encoding"], headers["content-length"] ?? "0"], [undefined, "0"]);
});

test("no path leads elsewhere", async () => {
  const { url, requests } = await service();
  const { handler } = createAuth({ baseURL: url });
  for (const path of ["/api/authx/ok", "/other", "/api/auth", "/api/auth//evil.example/x", "/api/auth/../admin", "/api/auth/%2e%2e/%2e%2e/admin"]) assert.equal((await handler(get(path))).status, 404, path);
  await handler(get("/api/auth/@evil.example/x"));
  await handler(get("/api/auth/%2F%2Fevil.example"));
  assert.deepEqual(requests.map(({ url }) => url), ["/api/auth/@evil.example/x", "/api/auth/%2F%2Fevil.example"]);
});

test("the application's path and the service's may differ", async () => {
  const { url, requests } = await service();
  await createAuth({ baseURL: `${url}/v1`, mountPath: "/auth" }).handler(get("/auth/ok?x"));
  assert.equal(requests[0].url, "/v1/ok?x");
});

test("a service that does not answer is a 503 for the browser and a cause for the operator", async () => {
  const { url, close } = await service();
  await close();
  const told = [];
  const answer = await createAuth({ baseURL: url, onError: (error) => told.push(error) }).handler(get("/api/auth/get-session", { cookie: "better-auth.session_token=s3cret" }));
  assert.deepEqual([answer.status, answer.headers.get("retry-after"), (await answer.json()).code], [503, "1", "SERVICE_UNREACHABLE"]);
  assert.ok(told[0].cause instanceof Error);
  assert.ok(!`${told[0].stack} ${told[0].cause.stack}`.includes("s3cret"));
});

test("Node's handler answers, with several cookies and a body of its own", async () => {
  const { url, requests } = await service((_, response, body) => {
    response.setHeader("set-cookie", ["a=1", "b=2"]);
    response.end(JSON.stringify({ body }));
  });
  const server = createServer(toNodeHandler(createAuth({ baseURL: url })));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const own = `http://127.0.0.1:${server.address().port}`;
  const answer = await fetch(`${own}/api/auth/sign-in/email`, { method: "POST", headers: { "content-type": "application/json" }, body: '{"a":1}' });
  assert.deepEqual([answer.headers.getSetCookie(), await answer.json()], [["a=1", "b=2"], { body: '{"a":1}' }]);
  assert.equal((await fetch(`${own}/elsewhere`)).status, 404);
  // An absolute target names another host; only its own counts.
  const status = await new Promise((resolve, reject) => send({ port: server.address().port, path: "http://evil.example/api/auth/ok" }, (response) => resolve(response.resume().statusCode)).on("error", reject).end());
  assert.equal(status, 400);
  assert.equal(requests.length, 1);
  server.closeAllConnections?.();
  server.close();
});
