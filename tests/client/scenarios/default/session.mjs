// GET /get-session over time: expiry, sliding refresh, rememberMe.
import { DAY, expireIn, SIGN_IN, SIGN_UP, person, WEEK } from "../inputs.mjs";

export default {
  async "query flags"(s) {
    const { jar } = await s.user();
    for (const query of ["", "?", "?disableCookieCache=true", "?disableCookieCache=false", "?disableCookieCache=", "?disableCookieCache", "?disableCookieCache=1&disableCookieCache=", "?disableRefresh=true", "?disableRefresh=false&disableRefresh=0", "?disableRefresh[]=x", "?unknown=1", "?DISABLEREFRESH=1", "?disableRefresh=%zz", "?%", "?&&", "?=", "?__proto__=1"])
      await s.get(`/get-session${query}`, { jar });
  },
  async "POST is not allowed"(s) {
    const { jar } = await s.user();
    await s.post("/get-session", {}, { jar });
    await s.post("/get-session", {}, { label: "signed out" });
    await s.request("POST", "/get-session", { jar, body: "x", headers: { "content-type": "text/plain" }, label: "text" });
    await s.request("POST", "/get-session", { jar, body: "{", headers: { "content-type": "application/json" }, label: "malformed" });
    await s.post("/get-session?callbackURL=//evil.example", {}, { jar, label: "untrusted callbackURL in the query" });
    await s.post("/get-session", { callbackURL: "//evil.example" }, { jar, label: "and in the body, which is not read" });
  },
  async "a GET with a body"(s) {
    const { jar } = await s.user();
    await s.request("GET", "/get-session", { jar, body: "{", headers: { "content-type": "application/json" } });
  },
  async "an expired session is null, its row deleted, its cookies cleared"(s) {
    const { jar } = await s.user();
    await expireIn(s, -60);
    await s.get("/get-session", { jar });
  },
  async "an expired session with disableRefresh, and remembered by nobody"(s) {
    const { jar } = await s.user("ada@example.com", { rememberMe: false });
    await expireIn(s, -60);
    await s.get("/get-session?disableRefresh=true", { jar });
  },
  async "only the expired session goes"(s) {
    const { jar, email, password } = await s.user();
    const other = s.jar();
    await s.post(SIGN_IN, { email, password }, { jar: other, record: false });
    await s.sql(`update session set "expiresAt" = now() - interval '1 minute' where token = $1`, [decodeURIComponent(jar.get("session_token").value).split(".")[0]]);
    await s.get("/get-session", { jar });
    await s.get("/get-session", { jar: other });
  },
  async "a day old slides, a minute less does not"(s) {
    for (const [label, left] of Object.entries({ "not due": WEEK - DAY + 60, "just due": WEEK - DAY - 30, "long due": DAY, "nearly over": 60, "further than a week": 2 * WEEK })) {
      const { jar } = await s.user(`${label.replaceAll(" ", "-")}@example.com`);
      await expireIn(s, left);
      await s.get("/get-session", { jar, label });
      await s.get("/get-session", { jar, label: `${label}, again` });
    }
  },
  async "sliding changes the row and keeps createdAt and the token"(s) {
    const { jar } = await s.user();
    await s.sql(`update session set "expiresAt" = now() + interval '2 days', "createdAt" = '2024-01-01 00:00:00+00', "updatedAt" = '2024-01-01 00:00:00+00'`);
    const { json } = await s.get("/get-session", { jar });
    const [row] = await s.sql("select * from session");
    s.note("row", row.createdAt, row.updatedAt.startsWith("2024"), new Date(json.session.expiresAt).getTime() === Date.parse(row.expiresAt.replace(" ", "T") + ":00"), new Date(json.session.updatedAt).getTime() === Date.parse(row.updatedAt.replace(" ", "T") + ":00"));
  },
  async "disableRefresh does not slide"(s) {
    const { jar } = await s.user();
    await expireIn(s, DAY);
    for (const query of ["?disableRefresh=true", "?disableRefresh=false", "?disableRefresh=0", "?disableCookieCache=true&disableRefresh=1"]) await s.get(`/get-session${query}`, { jar });
    await s.get("/get-session?disableRefresh=", { jar, label: "empty is false: slides" });
  },
  async "rememberMe false lasts a day and never slides"(s) {
    const { email, password } = await s.user();
    const jar = s.jar();
    await s.post(SIGN_IN, { email, password, rememberMe: false }, { jar });
    await s.get("/get-session", { jar });
    await expireIn(s, 60);
    await s.get("/get-session", { jar, label: "due, yet not slid" });
    jar.delete("dont_remember");
    await s.get("/get-session", { jar, label: "without the cookie it slides" });
  },
  async "dont_remember counts only when well signed"(s) {
    const { token } = await s.user();
    const session = s.cookie("session_token", encodeURIComponent(s.signed(token)));
    for (const [label, value] of Object.entries({ good: encodeURIComponent(s.signed("true")), raw: s.signed("true"), false: encodeURIComponent(s.signed("false")), "bad signature": `true.${"A".repeat(43)}=`, unsigned: "true", empty: "" })) {
      await expireIn(s, DAY);
      await s.get("/get-session", { headers: { cookie: `${session}; ${s.cookie("dont_remember", value)}` }, label });
    }
  },
  async "a login without rememberMe false clears dont_remember"(s) {
    const { email, password } = await s.user();
    const jar = s.jar();
    await s.post(SIGN_IN, { email, password, rememberMe: false }, { jar });
    await s.post(SIGN_IN, { email, password, rememberMe: false }, { jar, label: "again" });
    await s.post(SIGN_IN, { email, password }, { jar, label: "remembered" });
    await s.get("/get-session", { jar });
    await s.post(SIGN_IN, { email, password, rememberMe: false }, { jar });
    await s.post(SIGN_IN, { email, password, rememberMe: true }, { jar, label: "remembered, said aloud" });
    await s.post(SIGN_IN, { email, password, rememberMe: false }, { jar });
    await s.post(SIGN_UP, person("bob@example.com"), { jar, label: "sign-up" });
  },
  async "a login with a dont_remember that is not ours"(s) {
    const { email, password } = await s.user();
    for (const value of [`true.${"A".repeat(43)}=`, "true", "", encodeURIComponent(s.signed("no"))])
      await s.post(SIGN_IN, { email, password }, { headers: { cookie: s.cookie("dont_remember", value) } });
  },
  async "a refused login sets no cookie"(s) {
    const { email } = await s.user();
    await s.post(SIGN_IN, { email, password: "wrong password", rememberMe: false }, { headers: { cookie: s.cookie("dont_remember", encodeURIComponent(s.signed("true"))) } });
  },
};
