// The unmodified client of `@better-auth/expo`, as an app on a phone has it, through `auth.handler` of an application.
//
//   node test/expo.mjs --service URL
//
// The service signs in with GitHub, whose tokens and profiles a scripted provider answers; the code says who signs in.
import assert from "node:assert/strict";
import { register } from "node:module";
import { parseArgs } from "node:util";
import { createAuthClient } from "better-auth/client";
import { createAuth } from "../dist/index.js";

const { values: args } = parseArgs({ options: { service: { type: "string" } } });

// The parts of a phone: its platform, its storage and its browser.
const stubs = {
  "react-native": "export const Platform = { OS: 'ios' }; export const AppState = { addEventListener() {} };",
  "expo-constants": "export default { expoConfig: { scheme: 'myapp' }, platform: {} };",
  "expo-linking": "export const createURL = (path, { scheme = 'myapp' } = {}) => `${scheme}://${path.replace(/^\\//, '')}`;",
  "expo-web-browser": "export const openAuthSessionAsync = (...given) => globalThis.openBrowser(...given);",
  "expo-network": "export const addNetworkStateListener = () => ({ remove() {} });",
  "expo-secure-store": "export default {};",
};
const hooks = `const stubs = ${JSON.stringify(stubs)};
export const resolve = (name, context, next) => name in stubs ? { url: "data:text/javascript," + encodeURIComponent(stubs[name]), shortCircuit: true } : next(name, context);`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
const { expoClient } = await import("@better-auth/expo/client");

const app = "https://app.example.com";
const { handler } = createAuth({ baseURL: args.service, secret: process.env.BETTER_AUTH_SECRET, expo: { schemes: ["myapp"] } });
/** The requests that reach the application, from the app and from the browser. */
const reached = [];
const toApplication = (input, init) => {
  const request = new Request(input, init);
  reached.push(request);
  return handler(request);
};

const stored = new Map();
const storage = { getItem: (name) => stored.get(name) ?? null, setItem: (name, value) => void stored.set(name, value), getItemAsync: async (name) => stored.get(name) ?? null, setItemAsync: async (name, value) => void stored.set(name, value) };
const client = createAuthClient({ baseURL: app, plugins: [expoClient({ scheme: "myapp", storagePrefix: "myapp", storage })], fetchOptions: { customFetchImpl: toApplication } });

let passed = 0;
async function step(name, run) {
  await run();
  passed += 1;
  console.log(`ok ${name}`);
}

const email = `ada-${crypto.randomUUID()}@example.com`;
await step("a sign-up from the app, whose origin is in a header of its own", async () => {
  const { data, error } = await client.signUp.email({ name: "Ada", email, password: "correct horse battery" });
  assert.equal(error, null);
  assert.equal(data.user.email, email);
  assert.deepEqual([reached[0].headers.get("expo-origin"), reached[0].headers.get("origin")], ["myapp://", null]);
});
await step("the session is read with the stored cookies", async () => assert.equal((await client.getSession()).data?.user.email, email));
await step("a change that needs a trusted origin", async () => assert.equal((await client.updateUser({ name: "Ada L." })).error, null));
await step("another app's origin is refused", async () => {
  const headers = { "content-type": "application/json", "expo-origin": "evilapp://", cookie: reached.at(-1).headers.get("cookie") };
  const answer = await handler(new Request(`${app}/api/auth/update-user`, { method: "POST", headers, body: '{"name":"Eve"}' }));
  assert.equal((await answer.json()).code, "INVALID_ORIGIN");
});
await step("a page cannot replace its origin", async () => {
  const headers = { "content-type": "application/json", "expo-origin": "myapp://", origin: "https://evil.example", cookie: reached.at(-1).headers.get("cookie") };
  const answer = await handler(new Request(`${app}/api/auth/update-user`, { method: "POST", headers, body: '{"name":"Eve"}' }));
  assert.equal((await answer.json()).code, "INVALID_ORIGIN");
});
await step("a sign-out from the app", async () => {
  assert.equal((await client.signOut()).error, null);
  assert.equal((await client.getSession()).data, null);
});

await step("a sign-in with a provider, through the browser", async () => {
  let opened;
  globalThis.openBrowser = async (url, to) => {
    opened = { url, to };
    // The browser has cookies of its own: those that the authorization proxy sets.
    const began = await toApplication(url);
    assert.equal(began.status, 302);
    const provider = new URL(began.headers.get("location"));
    assert.equal(provider.origin, "https://github.com");
    const cookie = began.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
    const callback = new URL(provider.searchParams.get("redirect_uri"));
    const back = `${app}${callback.pathname}?code=ada&state=${provider.searchParams.get("state")}`;
    const ended = await toApplication(back, { headers: { cookie, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" } });
    assert.equal(ended.status, 302);
    return { type: "success", url: ended.headers.get("location") };
  };
  const { error } = await client.signIn.social({ provider: "github", callbackURL: "/dashboard" });
  assert.equal(error, null);
  // The client follows the flow behind its answer.
  for (let waited = 0; waited < 100 && !(await client.getSession()).data; waited++) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(opened.to, "myapp://dashboard");
  assert.match(opened.url, /^https:\/\/app\.example\.com\/api\/auth\/expo-authorization-proxy\?authorizationURL=/);
  assert.equal((await client.getSession()).data?.user.email, "ada@example.com");
});

const proxied = (authorizationURL, more = {}) => handler(new Request(`${app}/api/auth/expo-authorization-proxy?${new URLSearchParams({ authorizationURL, ...more })}`));
await step("the authorization proxy leads to providers only", async () => {
  for (const url of ["https://evil.example/?state=x", "http://github.com/?state=x", "https://github.com.evil.example/?state=x", "https://github.com@evil.example/?state=x", "https://github.com/?state=x#y", "javascript:alert(1)", `${app}/?state=x`, "x", ""]) {
    const answer = await proxied(url);
    assert.deepEqual([answer.status, answer.headers.get("location"), answer.headers.getSetCookie()], [400, null, []], url);
  }
  assert.equal((await proxied("https://github.com/login")).status, 400, "no state");
  const [cookie] = (await proxied("https://github.com/login", { oauthState: "a;b\r\nset-cookie: x=y; Domain=evil" })).headers.getSetCookie();
  assert.match(cookie, /^better-auth\.oauth_state=a%3Bb%0D%0A[^;]*; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/);
});
await step("a web page gets no cookies in its URL, and neither does another app", async () => {
  const { handler } = createAuth({
    baseURL: "https://auth.example.com",
    expo: { schemes: ["myapp", "https", "http"] },
    fetch: async (input) => new Response(null, { status: 302, headers: { location: new URL(input).searchParams.get("to"), "set-cookie": "better-auth.session_token=s3cret" } }),
  });
  const location = async (to, path = "/callback/github") => (await handler(new Request(`${app}/api/auth${path}?${new URLSearchParams({ to })}`))).headers.get("location");
  for (const to of ["https://app.example.com/", "http://app.example.com/", "otherapp://x", "myapps://x", "/relative"]) assert.equal(await location(to), to);
  assert.equal(await location("myapp://x", "/sign-out"), "myapp://x");
  assert.equal(await location("myapp://x"), "myapp://x?cookie=better-auth.session_token%3Ds3cret");
});
await step("without the option there is no proxy, and the header means nothing", async () => {
  const { handler } = createAuth({ baseURL: args.service });
  const url = `${app}/api/auth/expo-authorization-proxy?authorizationURL=https://github.com/?state=x`;
  assert.equal((await handler(new Request(url))).status, 404);
});
console.log(`${passed} passed, 0 failed`);
process.exit(0);
