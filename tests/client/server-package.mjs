// `@gatepost/server` against a service with cached sessions: which sessions it reads without a request, and which it does not.
//
//   node server-package.mjs --service URL --strategy compact|jwt|jwe|keys
import { parseArgs } from "node:util";
import { createAuth } from "../../packages/server/dist/index.js";
import { browser, Checks, newAddress } from "./browser.mjs";

const { values: args } = parseArgs({ options: { service: { type: "string" }, strategy: { type: "string" }, "max-age": { type: "string", default: "300" } } });
const checks = new Checks();
const secret = process.env.BETTER_AUTH_SECRET;
const sessionCache = args.strategy === "keys" ? { strategy: "jwt", signedWithKeys: true } : { strategy: args.strategy };

/** The members of a session read from a cookie have another order than those of one from the database. */
function sorted(value) {
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, sorted(member)]));
}
const equal = (name, found, wanted) => checks.equal(name, sorted(found), sorted(wanted));

/** An application with its own count of requests. */
function application(options = {}) {
  const asked = [];
  const counting = (input, init) => (asked.push(new URL(input).pathname.replace("/api/auth", "")), fetch(input, init));
  const given = args.strategy === "keys" ? {} : { secret };
  return { asked, api: createAuth({ baseURL: args.service, fetch: counting, ...given, sessionCache, ...options }).api };
}

const page = browser(args.service);
const email = newAddress("cached");
await page.client.signUp.email({ name: "2030-01-02T03:04:05.000Z", email, password: "correct horse battery" });
await page.client.getSession();
const cookies = () => Object.fromEntries(page.jar.list().map(({ name, value }) => [name, value]));
const headers = (all = cookies()) => new Headers({ cookie: Object.entries(all).map((pair) => pair.join("=")).join("; ") });
const data = Object.keys(cookies()).filter((name) => name.includes("session_data"));
checks.that("the service caches sessions", data.length > 0, cookies());

const fromService = await createAuth({ baseURL: args.service }).api.getSession({ headers: headers(), query: { disableCookieCache: true } });
const { api, asked } = application();
const keys = args.strategy === "keys" ? ["/jwks"] : [];
await checks.part("a cached session", async () => {
  const read = await api.getSession({ headers: headers() });
  equal("is what the service says", read, fromService);
  checks.that("has dates, and a name that stays a text", read.session.expiresAt instanceof Date && read.user.createdAt instanceof Date && read.user.name === "2030-01-02T03:04:05.000Z", read);
  await api.getSession({ headers: headers() });
  checks.equal("costs no request", asked, keys);
});

/** A call that must ask the service, and answers what it answers. */
async function asks(name, given, wanted = fromService, options = {}) {
  const app = application(options);
  const answer = await app.api.getSession(given);
  equal(`${name}: the service decides`, [app.asked.filter((path) => path === "/get-session").length, answer], [1, wanted]);
}

await checks.part("what is not believed", async () => {
  const all = cookies();
  const [first] = data;
  const [text] = [all[first]];
  const flip = (at) => text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
  await asks("without the cached session", { headers: headers({ "better-auth.session_token": all["better-auth.session_token"] }) });
  await asks("disableCookieCache", { headers: headers(), query: { disableCookieCache: true } });
  for (const at of [5, Math.floor(text.length / 2), text.length - 3]) await asks(`changed at ${at}`, { headers: headers({ ...all, [first]: flip(at) }) });
  await asks("cut off", { headers: headers({ ...all, [first]: text.slice(0, -20) }) });
  await asks("without the session's own cookie", { headers: headers({ [first]: text }) }, null);
  const forged = encodeURIComponent(`${"a".repeat(32)}.${"A".repeat(43)}=`);
  await asks("of another session", { headers: headers({ ...all, "better-auth.session_token": forged }) }, null);
  const twice = new Headers({ cookie: `${headers().get("cookie")}; ${first}=${text}` });
  await asks("the cookie twice", { headers: twice });
  await asks("another version", { headers: headers() }, fromService, { sessionCache: { ...sessionCache, version: "2" } });
  await asks("a renewal that is due", { headers: headers() }, fromService, { sessionCache: { ...sessionCache, updateAge: 100_000 } });
  await asks("a check for revocation that is due", { headers: headers() }, fromService, { sessionCache: { ...sessionCache, revocationCheck: -1 } });
  if (args.strategy === "keys") await asks("another issuer", { headers: headers() }, fromService, { sessionCache: { ...sessionCache, issuer: "https://evil.example" } });
  else {
    await asks("another secret", { headers: headers() }, fromService, { secret: "another-secret-0123456789abcdef0123456789" });
    const { api, asked } = application({ secret: ["a-newer-secret-0123456789abcdef012345678", secret] });
    equal("an older secret still counts", [await api.getSession({ headers: headers() }), asked], [fromService, []]);
  }
  for (const name of ["alg none", "another strategy"]) {
    const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const payload = { ...JSON.parse(JSON.stringify(fromService)), updatedAt: Date.now(), version: "1", exp: Math.floor(Date.now() / 1000) + 900 };
    const value = name === "alg none" ? `${encode({ alg: "none" })}.${encode(payload)}.` : encode({ session: payload, expiresAt: Date.now() + 900_000, signature: "" });
    await asks(name, { headers: headers({ ...all, [first]: value }) });
  }
});

await checks.part("expiry", async () => {
  // The package reads the clock of this process, the service that of its own.
  const real = Date.now;
  try {
    Date.now = () => real() + (Number(args["max-age"]) + 1) * 1_000;
    await asks("a cached session that has expired", { headers: headers() });
  } finally {
    Date.now = real;
  }
});

await checks.part("the end of a session", async () => {
  const before = headers();
  await createAuth({ baseURL: args.service }).api.signOut({ headers: before });
  const app = application();
  checks.equal("the cache outlives the session for its own time, as in process", [(await app.api.getSession({ headers: before }))?.user.email, app.asked.includes("/get-session")], [email, false]);
  await asks("past the cache the session has ended", { headers: before, query: { disableCookieCache: true } }, null);
});
checks.finish();
