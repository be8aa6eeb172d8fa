// Makes equal calls to better-auth's `auth.api` in this process and to `createAuth` of `@gatepost/server`: their answers and errors
// are the same.
//
//   node in-process.mjs --database postgres://… --service URL
//
// better-auth makes its schema in the database; the service has one of its own and the same options. Prints `same …` or
// `DIFFERS …`, last `N passed, N failed`, and exits with 1 where anything differs.
import { parseArgs } from "node:util";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { bearer, jwt, twoFactor, username } from "better-auth/plugins";
import pg from "pg";
import { createAuth } from "../../packages/server/dist/index.js";
import { Jar } from "./http.mjs";

const { values: args } = parseArgs({ options: { database: { type: "string" }, service: { type: "string" } } });
const secret = process.env.BETTER_AUTH_SECRET;
const options = {
  baseURL: args.service,
  secret,
  database: new pg.Pool({ connectionString: args.database, max: 4 }),
  emailAndPassword: { enabled: true, sendResetPassword: async () => {} },
  user: { deleteUser: { enabled: true } },
  plugins: [jwt(), username(), twoFactor(), bearer()],
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { disabled: true },
};
await (await getMigrations(options)).runMigrations();
const inProcess = betterAuth(options);
const remote = createAuth({ baseURL: args.service });

const NAMED = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, "<time>"],
  [/eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+/g, "<jwt>"],
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "<random>"],
  [/(?<![A-Za-z0-9])([A-Za-z0-9]{32}|[A-Za-z0-9]{24})(?![A-Za-z0-9])/g, "<random>"],
];
/** A value in which each varying part has a name, and times differ from texts. */
function named(value) {
  if (value instanceof Date) return "<a Date>";
  if (value instanceof Headers) return { cookies: value.getSetCookie().map(cookieShape) };
  if (typeof value === "string") return NAMED.reduce((text, [form, name]) => text.replace(form, name), value);
  if (Array.isArray(value)) return value.map(named);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined).map(([name, member]) => [name, ["iat", "exp", "kid", "x"].includes(name) ? "<varies>" : named(member)]));
}
/** A cookie without its value. */
const cookieShape = (line) => line.replace(/=[^;]*/, (value) => (value === "=" ? "=" : "=<value>"));

async function outcome(run) {
  try {
    const value = await run();
    if (!(value instanceof Response)) return { value: named(value) };
    const text = await value.text();
    return { response: { status: value.status, type: value.headers.get("content-type"), cookies: value.headers.getSetCookie().map(cookieShape), body: text && named(JSON.parse(text)) } };
  } catch (error) {
    // An error that is not an answer of the API is a bug of this file or of the package.
    if (error?.name !== "APIError") return { thrown: String(error?.stack ?? error) };
    const { name, status, statusCode, body, message } = error;
    const location = new Headers(error.headers).get("location");
    return { error: named({ name, status, statusCode, body, message, isError: error instanceof Error, ...(location && { location }) }) };
  }
}

/** A side: its API, and the cookies and values that its own calls produced. */
const side = (api) => ({ api, jar: new Jar(), headers() { return new Headers({ cookie: this.jar.header("/"), "user-agent": "test" }); } });
const sides = [side(inProcess.api), side(remote.api)];
const password = "correct horse battery";
const body = (name, more = {}) => ({ email: `${name}@example.com`, password, name, ...more });
/** Keeps the cookies of a call that returns headers. */
const kept = (me, call) => async (...given) => {
  const answer = await call(...given);
  me.jar.absorb(answer.headers.getSetCookie());
  return answer;
};

const steps = {
  "sign up": (me) => kept(me, me.api.signUpEmail)({ body: body("ada"), headers: me.headers(), returnHeaders: true }),
  "sign up without headers": (me) => me.api.signUpEmail({ body: body("bob", { username: "Bob_1" }) }),
  "sign up with a taken address": (me) => me.api.signUpEmail({ body: body("ada") }),
  "sign up with a taken username": (me) => me.api.signUpEmail({ body: body("eve", { username: "bob_1" }) }),
  "sign up without an address": (me) => me.api.signUpEmail({ body: { password, name: "x" } }),
  "sign up with a short password": (me) => me.api.signUpEmail({ body: body("eve", { password: "x" }) }),
  "sign in without a body": (me) => me.api.signInEmail({}),
  "a name that looks like a time stays a text": async (me) => typeof (await me.api.signUpEmail({ body: body("2030-01-02T03:04:05.000Z", { email: "time@example.com" }) })).user.name,
  "sign in": (me) => kept(me, me.api.signInEmail)({ body: body("ada"), headers: me.headers(), returnHeaders: true }),
  "sign in with a wrong password": (me) => me.api.signInEmail({ body: body("ada", { password: "wrong password" }) }),
  "sign in with a wrong password, as a response": (me) => me.api.signInEmail({ body: body("ada", { password: "wrong password" }), asResponse: true }),
  "sign in as a response": (me) => me.api.signInEmail({ body: body("ada"), asResponse: true }),
  "sign in with a username": (me) => me.api.signInUsername({ body: { username: "BOB_1", password } }),
  "sign in with an unknown username": (me) => me.api.signInUsername({ body: { username: "nobody_1", password } }),
  "an available username": (me) => me.api.isUsernameAvailable({ body: { username: "free_1" } }),
  "a session": (me) => me.api.getSession({ headers: me.headers() }),
  "a session by a plain object of headers": (me) => me.api.getSession({ headers: Object.fromEntries(me.headers()) }),
  "a session with its headers": async (me) => {
    const { headers, response } = await me.api.getSession({ headers: me.headers(), returnHeaders: true });
    return { response, cookies: headers.getSetCookie(), token: headers.get("set-auth-jwt"), cache: headers.get("cache-control") };
  },
  "a session with its status": async (me) => (await me.api.getSession({ headers: me.headers(), returnStatus: true })).response,
  "a session as a response": (me) => me.api.getSession({ headers: me.headers(), asResponse: true }),
  "a session for a request": (me) => me.api.getSession({ request: new Request("https://app.example.com/x", { headers: me.headers() }), headers: me.headers() }),
  "a session past its cache": (me) => me.api.getSession({ headers: me.headers(), query: { disableCookieCache: true, disableRefresh: true } }),
  "a session by a bearer token": async (me) => me.api.getSession({ headers: new Headers({ authorization: `Bearer ${decodeURIComponent(me.jar.get("session_token").value)}` }) }),
  "no session without cookies": (me) => me.api.getSession({ headers: new Headers() }),
  "no session with a forged cookie": (me) => me.api.getSession({ headers: new Headers({ cookie: `better-auth.session_token=${"a".repeat(32)}.${"b".repeat(43)}%3D` }) }),
  "no session with cookies of others": (me) => me.api.getSession({ headers: new Headers({ cookie: "theme=dark", authorization: "Basic dXNlcjpwYXNz" }) }),
  "no session as a response": (me) => me.api.getSession({ headers: new Headers(), asResponse: true }),
  "a session without headers": (me) => me.api.getSession(),
  "a list of sessions": async (me) => (await me.api.listSessions({ headers: me.headers() })).length,
  "a session of the list": async (me) => (await me.api.listSessions({ headers: me.headers() }))[0],
  "a list without a session": (me) => me.api.listSessions({ headers: new Headers() }),
  "a list without headers": (me) => me.api.listSessions(),
  "accounts": (me) => me.api.listUserAccounts({ headers: me.headers() }),
  "a new name": (me) => me.api.updateUser({ headers: me.headers(), body: { name: "Ada L." } }),
  "no new name without a session": (me) => me.api.updateUser({ headers: new Headers(), body: { name: "Ada L." } }),
  "a change of nothing": (me) => me.api.updateUser({ headers: me.headers(), body: {} }),
  "a wrong current password": (me) => me.api.changePassword({ headers: me.headers(), body: { currentPassword: "wrong password", newPassword: `${password}!` } }),
  "a verified password": (me) => me.api.verifyPassword({ headers: me.headers(), body: { password } }),
  "a token": (me) => me.api.getToken({ headers: me.headers() }),
  "no token without a session": (me) => me.api.getToken({ headers: new Headers() }),
  "a verified token": async (me) => {
    const { token } = await me.api.getToken({ headers: me.headers() });
    const { payload } = await me.api.verifyJWT({ body: { token } });
    return Object.keys(payload).sort();
  },
  "a token of another issuer": async (me) => {
    const { token } = await me.api.getToken({ headers: me.headers() });
    return me.api.verifyJWT({ body: { token, issuer: "https://evil.example" } });
  },
  "no token at all": (me) => me.api.verifyJWT({ body: { token: "x" } }),
  "a second factor without the password": (me) => me.api.enableTwoFactor({ headers: me.headers(), body: { password: "wrong password" } }),
  "a code without a sign-in": (me) => me.api.verifyTOTP({ headers: new Headers(), body: { code: "123456" } }),
  "a request for a new password": (me) => me.api.requestPasswordReset({ body: { email: "ada@example.com", redirectTo: "/reset" } }),
  "a new password with a wrong token": (me) => me.api.resetPassword({ body: { newPassword: password, token: "wrong" } }),
  "a link with a wrong token": (me) => me.api.verifyEmail({ query: { token: "wrong" } }),
  "a link with a wrong token that redirects": (me) => me.api.verifyEmail({ query: { token: "wrong", callbackURL: "/verified" } }),
  "a link of a reset that redirects": (me) => me.api.requestPasswordResetCallback({ params: { token: "wrong" }, query: { callbackURL: "/reset" } }),
  "an unknown provider": (me) => me.api.signInSocial({ body: { provider: "unknown" } }),
  "the session of another user stays": (me) => me.api.revokeSession({ headers: me.headers(), body: { token: "of another user" } }),
  "the other sessions end": (me) => me.api.revokeOtherSessions({ headers: me.headers() }),
  "one session is left": async (me) => (await me.api.listSessions({ headers: me.headers() })).length,
  "a new password": (me) => kept(me, me.api.changePassword)({ headers: me.headers(), body: { currentPassword: password, newPassword: `${password}!`, revokeOtherSessions: true }, returnHeaders: true }),
  "the service runs": (me) => me.api.ok(),
  "sign out": async (me) => {
    me.copy = me.headers();
    return kept(me, me.api.signOut)({ headers: me.headers(), returnHeaders: true });
  },
  "no session after that": (me) => me.api.getSession({ headers: me.copy }),
  "no session after that, as a response": (me) => me.api.getSession({ headers: me.copy, asResponse: true }),
  "sign out without headers": (me) => me.api.signOut(),
};

let failed = 0;
for (const [name, step] of Object.entries(steps)) {
  const told = [];
  for (const me of sides) told.push(JSON.stringify(await outcome(() => step(me))));
  const same = told[0] === told[1] && !told[0].includes('{"thrown"');
  failed += same ? 0 : 1;
  console.log(`${same ? "same" : "DIFFERS"} ${name}`);
  if (!same) console.log(`    in process ${told[0]}\n    remote     ${told[1]}`);
}
await options.database.end();
console.log(`${Object.keys(steps).length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
