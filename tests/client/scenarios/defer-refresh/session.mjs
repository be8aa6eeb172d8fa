// deferSessionRefresh with updateAge 0: every GET says that a refresh is due and writes nothing, the POST refreshes.
import { DAY, expireIn, SIGN_IN, WEEK } from "../inputs.mjs";

export default {
  async "GET tells, POST refreshes"(s) {
    const { jar } = await s.user();
    await expireIn(s, DAY);
    await s.get("/get-session", { jar });
    await s.get("/get-session", { jar, label: "again" });
    await s.post("/get-session", {}, { jar });
    await s.get("/get-session", { jar, label: "after the refresh" });
  },
  async "the time of the refresh"(s) {
    const { jar } = await s.user();
    await s.sql(`update session set "expiresAt" = now() + interval '2 days', "updatedAt" = '2024-01-01 00:00:00+00', "createdAt" = '2024-01-01 00:00:00+00'`);
    await s.get("/get-session", { jar });
    const before = await s.sql("select * from session");
    const { json } = await s.post("/get-session", {}, { jar });
    const [row] = await s.sql("select * from session");
    s.note("row", before[0].updatedAt, row.createdAt, Date.parse(json.session.expiresAt) === Date.parse(`${row.expiresAt.replace(" ", "T")}:00`));
  },
  async "not due yet, further away than a week"(s) {
    const { jar } = await s.user();
    await expireIn(s, 2 * WEEK);
    await s.get("/get-session", { jar });
    await s.post("/get-session", {}, { jar });
  },
  async "disableRefresh"(s) {
    const { jar } = await s.user();
    for (const query of ["?disableRefresh=true", "?disableRefresh=false", "?disableRefresh=", "?disableCookieCache=true"]) {
      await s.get(`/get-session${query}`, { jar });
      await s.post(`/get-session${query}`, {}, { jar });
    }
  },
  async "dont_remember is never due"(s) {
    const { email, password } = await s.user();
    const jar = s.jar();
    await s.post(SIGN_IN, { email, password, rememberMe: false }, { jar });
    await s.get("/get-session", { jar });
    await s.post("/get-session", {}, { jar });
  },
  async "an expired row stays on GET and goes on POST"(s) {
    const { jar } = await s.user();
    await expireIn(s, -60);
    const cookie = jar.header("/");
    await s.get("/get-session", { headers: { cookie } });
    s.note("rows after GET", ...(await s.sql("select count(*)::int as count from session")));
    await s.post("/get-session", {}, { headers: { cookie } });
  },
  async "signed out, unknown, badly signed"(s) {
    for (const cookie of [null, s.cookie("session_token", encodeURIComponent(s.signed("unknown"))), s.cookie("session_token", "bad")]) {
      await s.get("/get-session", { headers: { cookie } });
      await s.post("/get-session", {}, { headers: { cookie } });
    }
  },
  async "the body of the POST is not read"(s) {
    const { jar } = await s.user();
    for (const [label, type, body] of [["text", "text/plain", "x"], ["malformed", "application/json", "{"], ["form", "application/x-www-form-urlencoded", "callbackURL=//evil.example"], ["no bytes", "application/json", null], ["untrusted", "application/json", '{"callbackURL":"//evil.example"}']])
      await s.request("POST", "/get-session", { jar, body, headers: { "content-type": type }, label });
    await s.request("POST", "/get-session", { jar, label: "none" });
  },
  async "the POST needs an origin"(s) {
    const { jar } = await s.user();
    await s.post("/get-session", {}, { jar, headers: { origin: "https://evil.example" } });
    await s.post("/get-session", {}, { jar, headers: { origin: null } });
    await s.post("/get-session?callbackURL=//evil.example", {}, { jar });
  },
  async "other methods"(s) {
    for (const method of ["PUT", "HEAD", "OPTIONS"]) await s.request(method, "/get-session");
  },
  async "cookies of the cache are expired on both"(s) {
    const { jar } = await s.user();
    const cookie = `${jar.header("/")}; ${s.cookie("session_data", "x")}`;
    await s.get("/get-session", { headers: { cookie } });
    await s.post("/get-session", {}, { headers: { cookie } });
  },
};
