// Takes the unmodified better-auth client through everything it does with e-mail and password.
//
//   node journey.mjs --url http://localhost:3000 [--origin http://localhost:3000] [--json]
//
// The server runs with the default options and without rate limiting. Prints `ok - …` or `not ok - …` for each check,
// last `N passed, N failed`, and exits with 1 where any failed. Each run signs up an address of its own.
import { parseArgs } from "node:util";
import { browser, Checks, newAddress } from "./browser.mjs";

const { values: args } = parseArgs({
  options: { url: { type: "string", default: "http://localhost:3000" }, origin: { type: "string" }, json: { type: "boolean", default: false } },
});
const checks = new Checks(args);
const here = browser(args.url, args.origin ? { origin: args.origin } : {});
const { client } = here;
const ownOrigin = here.origin;

const email = newAddress("Journey");
const password = "correct horse battery staple";
const DAY = 86_400_000;
/** Whether a date is `days` from now, give or take a minute. */
const daysAway = (date, days) => date instanceof Date && Math.abs(date.getTime() - Date.now() - days * DAY) < 60_000;
const refusal = ({ data, error }) => ({ data, status: error?.status, code: error?.code, message: error?.message });
const refused = (status, code, message) => ({ data: null, status, code, message });
const WRONG = refused(401, "INVALID_EMAIL_OR_PASSWORD", "Invalid email or password");
let userId;

await checks.part("signed out", async () => {
  const { data, error } = await client.getSession();
  checks.equal("signed out: the session is null, and that is no error", [data, error, here.last.status, here.last.text], [null, null, 200, "null"]);
  checks.equal("signed out: the answer is not stored", [here.last.headers.get("cache-control"), here.last.headers.get("pragma")], ["no-store", "no-cache"]);
  checks.equal("signed out: reading sets no cookie", here.jar.list().length, 0);
});

await checks.part("sign up", async () => {
  const { data, error } = await client.signUp.email({ name: "Journey ✓", email, password });
  checks.equal("sign up: succeeds", [error, here.last.status], [null, 200]);
  checks.equal("sign up: answers token and user", Object.keys(data), ["token", "user"]);
  checks.equal("sign up: the user's fields in their order", Object.keys(data.user), ["name", "email", "emailVerified", "image", "createdAt", "updatedAt", "id"]);
  checks.equal("sign up: the address is in lower case", data.user.email, email.toLowerCase());
  checks.equal("sign up: name, image and verification", [data.user.name, data.user.image, data.user.emailVerified], ["Journey ✓", null, false]);
  checks.that("sign up: dates are revived", daysAway(data.user.createdAt, 0) && daysAway(data.user.updatedAt, 0), data.user);
  checks.that("sign up: dates have three decimals", /"createdAt":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"/.test(here.last.text), here.last.text);
  const cookie = here.jar.get("session_token");
  checks.that("sign up: sets a session cookie that begins with the token", cookie?.value.startsWith(`${data.token}.`) === true, cookie);
  checks.that("sign up: the cookie outlives the browser", cookie?.session === false, cookie);
  userId = data.user.id;

  const read = await client.getSession();
  checks.equal("session right after: is there", [read.error, Object.keys(read.data)], [null, ["session", "user"]]);
  checks.equal("session right after: its fields in their order", Object.keys(read.data.session), ["expiresAt", "token", "createdAt", "updatedAt", "ipAddress", "userAgent", "userId", "id"]);
  checks.equal("session right after: token and user are the sign-up's", [read.data.session.token, read.data.session.userId, read.data.user.id], [data.token, userId, userId]);
  checks.that("session right after: lasts a week", daysAway(read.data.session.expiresAt, 7), read.data.session);
  checks.that("session right after: dates are revived", [read.data.session.createdAt, read.data.session.updatedAt, read.data.user.createdAt].every((d) => daysAway(d, 0)), read.data);
});

await checks.part("past the cookie cache", async () => {
  const { data } = await client.getSession({ query: { disableCookieCache: true } });
  checks.equal("disableCookieCache: the session is read", data?.user?.id, userId);
});

await checks.part("sign out", async () => {
  const before = here.jar.list();
  const { data, error } = await client.signOut();
  checks.equal("sign out: succeeds", [data, error], [{ success: true }, null]);
  checks.equal("sign out: leaves no cookie", here.jar.list().map((c) => c.name), []);
  checks.equal("sign out: the session is null", (await client.getSession()).data, null);
  for (const { name, value } of before) here.jar.set(name, value);
  checks.equal("sign out: the old cookie opens nothing", (await client.getSession()).data, null);
  checks.equal("sign out: and is cleared", here.jar.list().map((c) => c.name), []);
});

await checks.part("sign in", async () => {
  const { data, error } = await client.signIn.email({ email: email.toUpperCase(), password });
  checks.equal("sign in: succeeds, whatever the case of the address", [error, data?.user?.id], [null, userId]);
  checks.equal("sign in: answers redirect, token and user", Object.keys(data), ["redirect", "token", "user"]);
  checks.equal("sign in: no redirect", data.redirect, false);
  const read = await client.getSession();
  checks.equal("sign in: the session is there", [read.data?.session?.token, read.data?.user?.id], [data.token, userId]);
});

await checks.part("refused origins", async () => {
  const token = here.jar.get("session_token")?.value;
  here.origin = "https://evil.example";
  checks.equal("foreign origin: refused", refusal(await client.signOut()), refused(403, "INVALID_ORIGIN", "Invalid origin"));
  here.origin = null;
  checks.equal("missing origin: refused", refusal(await client.signOut()), refused(403, "MISSING_OR_NULL_ORIGIN", "Missing or null Origin"));
  here.origin = ownOrigin;
  checks.equal("refused origins: the session goes on", [here.jar.get("session_token")?.value === token, (await client.getSession()).data?.user?.id], [true, userId]);
  await client.signOut();
  here.origin = "https://evil.example";
  checks.equal("foreign origin: sign-in is refused even without a cookie", refusal(await client.signIn.email({ email, password })), refused(403, "INVALID_ORIGIN", "Invalid origin"));
  here.origin = ownOrigin;
});

await checks.part("rememberMe", async () => {
  await client.signIn.email({ email, password, rememberMe: false });
  checks.equal("rememberMe false: cookies last as long as the browser", ["session_token", "dont_remember"].map((name) => here.jar.get(name)?.session), [true, true]);
  const { data } = await client.getSession();
  checks.that("rememberMe false: the session lasts a day", daysAway(data?.session?.expiresAt, 1), data?.session);
  await client.signIn.email({ email, password });
  checks.equal("rememberMe: the next login is remembered again", [here.jar.get("session_token")?.session, here.jar.get("dont_remember")], [false, undefined]);
  checks.that("rememberMe: and lasts a week", daysAway((await client.getSession()).data?.session?.expiresAt, 7));
  await client.signOut();
});

await checks.part("refused logins", async () => {
  checks.equal("wrong password: refused", refusal(await client.signIn.email({ email, password: "wrong password" })), WRONG);
  checks.equal("wrong password: its body", here.last.text, '{"message":"Invalid email or password","code":"INVALID_EMAIL_OR_PASSWORD"}');
  const wrong = { text: here.last.text, headers: [...here.last.headers.keys()].sort() };
  checks.equal("unknown user: refused", refusal(await client.signIn.email({ email: newAddress("nobody"), password })), WRONG);
  checks.equal("unknown user: answers just like a wrong password", { text: here.last.text, headers: [...here.last.headers.keys()].sort() }, wrong);
  checks.equal("sign in with no address: refused", refusal(await client.signIn.email({ email: "not an address", password })), refused(400, "INVALID_EMAIL", "Invalid email"));
  checks.equal("sign in with a long password: refused", refusal(await client.signIn.email({ email, password: "x".repeat(129) })), refused(400, "PASSWORD_TOO_LONG", "Password too long"));
  checks.equal("refused logins: set no cookie", here.jar.list().map((c) => c.name), []);
});

await checks.part("refused sign-ups", async () => {
  const signUp = (changes) => client.signUp.email({ name: "Journey", email: newAddress("refused"), password, ...changes });
  checks.equal("duplicate sign-up: refused", refusal(await signUp({ email })), refused(422, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL", "User already exists. Use another email."));
  checks.equal("duplicate sign-up in other case: refused", (await signUp({ email: email.toUpperCase() })).error?.status, 422);
  checks.equal("short password: refused", refusal(await signUp({ password: "x".repeat(7) })), refused(400, "PASSWORD_TOO_SHORT", "Password too short"));
  checks.equal("long password: refused", refusal(await signUp({ password: "x".repeat(129) })), refused(400, "PASSWORD_TOO_LONG", "Password too long"));
  checks.equal("sign up with no address: refused", refusal(await signUp({ email: "not an address" })), refused(400, "VALIDATION_ERROR", "[body.email] Invalid email address"));
  checks.equal("sign up without a name: refused", refusal(await signUp({ name: undefined })), refused(400, "VALIDATION_ERROR", "[body.name] Invalid input: expected string, received undefined"));
  checks.equal("refused sign-ups: set no cookie", here.jar.list().map((c) => c.name), []);
});

await checks.part("callbackURL", async () => {
  const { data } = await client.signIn.email({ email, password, callbackURL: "/dashboard?tab=1" });
  checks.equal("callbackURL: the answer points there", [data?.redirect, data?.url, here.last.status, here.last.headers.get("location")], [true, "/dashboard?tab=1", 200, "/dashboard?tab=1"]);
  checks.equal("untrusted callbackURL: refused", refusal(await client.signIn.email({ email, password, callbackURL: "https://evil.example/x" })), refused(403, "INVALID_CALLBACK_URL", "Invalid callbackURL"));
  checks.equal("callbackURL: the session goes on", (await client.getSession()).data?.user?.id, userId);
});

await checks.part("several sessions", async () => {
  const there = browser(args.url, { origin: ownOrigin });
  await there.client.signIn.email({ email, password });
  const [one, two] = [(await client.getSession()).data, (await there.client.getSession()).data];
  checks.that("several sessions: two logins are two sessions of one user", Boolean(one && two) && one.user.id === two.user.id && one.session.id !== two.session.id, one, two);
  await client.signOut();
  checks.equal("several sessions: signing out of one leaves the other", [(await client.getSession()).data, (await there.client.getSession()).data?.session?.id], [null, two?.session?.id]);
});

checks.finish();
