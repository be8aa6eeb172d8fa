// The requests of nearly every visit.
import { person, SIGN_IN, SIGN_UP } from "../inputs.mjs";

export default {
  async "sign up, read the session, sign out, read again"(s) {
    const jar = s.jar();
    await s.post(SIGN_UP, person("Ada@Example.com"), { jar });
    await s.get("/get-session", { jar });
    await s.post("/sign-out", {}, { jar });
    await s.get("/get-session", { jar });
  },
  async "sign in, read the session, sign in again, sign out"(s) {
    const { email, password } = await s.user();
    const jar = s.jar();
    await s.post(SIGN_IN, { email, password }, { jar });
    await s.get("/get-session", { jar });
    await s.post(SIGN_IN, { email, password }, { jar, label: "signed in already" });
    await s.post("/sign-out", {}, { jar });
    await s.get("/get-session", { jar });
  },
  async "a copy of the cookie is worth nothing after sign-out"(s) {
    const { jar } = await s.user();
    const copy = jar.header("/");
    await s.post("/sign-out", {}, { jar });
    await s.get("/get-session", { headers: { cookie: copy } });
    await s.post("/sign-out", {}, { headers: { cookie: copy } });
  },
  async "signing out ends one session and leaves the others"(s) {
    const { jar, email, password } = await s.user();
    const other = s.jar();
    await s.post(SIGN_IN, { email, password }, { jar: other });
    await s.post("/sign-out", {}, { jar });
    await s.get("/get-session", { jar: other });
  },
  async "signing up while signed in replaces the cookie and keeps the old session"(s) {
    const { jar } = await s.user();
    const old = jar.header("/");
    await s.post(SIGN_UP, person("bob@example.com"), { jar });
    await s.get("/get-session", { jar });
    await s.get("/get-session", { headers: { cookie: old }, label: "old cookie" });
  },
  async "the answer, the cookie and the row speak of one session"(s) {
    const jar = s.jar();
    const { json } = await s.post(SIGN_UP, person(), { jar });
    const [row] = await s.sql('select *, extract(epoch from "expiresAt" - "createdAt") as life from session');
    const session = (await s.get("/get-session", { jar })).json;
    const [user] = await s.sql('select * from "user"');
    const [account] = await s.sql("select * from account");
    s.note("token", json.token === row.token, jar.get("session_token").value === encodeURIComponent(s.signed(row.token)), session.session.token === row.token);
    s.note("ids", json.user.id === row.userId, session.session.id === row.id, account.accountId === user.id, account.userId === user.id);
    s.note("ids are told apart", new Set([user.id, row.id, account.id, row.token]).size);
    s.note("times", json.user.createdAt === json.user.updatedAt, user.createdAt === user.updatedAt, JSON.stringify(session.user) === JSON.stringify(json.user));
    s.note("a week, give or take a second", Math.abs(Number(row.life) - 604800) < 1);
    s.note("the alphabet", /^[A-Za-z0-9]{32}$/.test(row.token), /^[A-Za-z0-9]{32}$/.test(row.id), /^[0-9a-f]{32}:[0-9a-f]{128}$/.test(account.password));
  },
  async "a deleted user's session answers null and clears the cookies"(s) {
    const { jar } = await s.user();
    await s.sql('delete from "user"');
    await s.get("/get-session", { jar });
    await s.get("/get-session", { jar, label: "again" });
  },
  async "a user who changed in the database is read as changed"(s) {
    const { jar } = await s.user();
    await s.sql(`update "user" set name = 'Ada ✓ "q" \\ </x>', image = '', "emailVerified" = true, email = 'Other@Example.com'`);
    await s.get("/get-session", { jar });
  },
  async "times finer than a millisecond are cut, not rounded"(s) {
    const { jar } = await s.user();
    await s.sql(`update "user" set "createdAt" = '2020-01-02 03:04:05.678999+00', "updatedAt" = '2020-01-02 03:04:05+00'`);
    await s.sql(`update session set "createdAt" = '1999-12-31 23:59:59.9999+00', "updatedAt" = '2020-01-02 03:04:05.6+00'`);
    const { json } = await s.get("/get-session", { jar });
    s.note("times", json.user.createdAt, json.user.updatedAt, json.session.createdAt, json.session.updatedAt);
  },
  async "null and odd columns of a session"(s) {
    const { jar } = await s.user();
    await s.sql('update session set "ipAddress" = null, "userAgent" = null');
    await s.get("/get-session", { jar });
  },
};
