// POST /sign-out.
import { BODIES, CONTENT_TYPES, VALUES } from "../inputs.mjs";

export default {
  async "without a session"(s) {
    await s.post("/sign-out", {});
    await s.request("POST", "/sign-out", { label: "no body" });
    await s.request("POST", "/sign-out", { headers: { origin: null }, label: "no body, no origin" });
    await s.post("/sign-out", {}, { headers: { origin: "https://evil.example" }, label: "foreign origin, no cookie" });
  },
  async "a body is not needed"(s) {
    const { jar } = await s.user();
    await s.request("POST", "/sign-out", { jar });
  },
  async "twice"(s) {
    const { jar } = await s.user();
    const cookie = jar.header("/");
    await s.post("/sign-out", {}, { headers: { cookie } });
    await s.post("/sign-out", {}, { headers: { cookie } });
  },
  async "bodies that are no object, or no JSON"(s) {
    for (const [label, body] of Object.entries(BODIES)) await s.request("POST", "/sign-out", { body, headers: { "content-type": "application/json" }, label });
  },
  async "a refused body leaves the session alone"(s) {
    const { jar } = await s.user();
    await s.post("/sign-out", null, { jar });
    await s.request("POST", "/sign-out", { body: "{", headers: { "content-type": "application/json" }, jar });
    await s.get("/get-session", { jar });
  },
  async "fields of every type"(s) {
    for (const field of ["callbackURL", "disableRedirect", "state", "providerId"])
      for (const [label, value] of Object.entries(VALUES)) await s.post("/sign-out", { [field]: value }, { label: `${field} ${label}` });
    await s.post("/sign-out", { callbackURL: null, disableRedirect: null, state: null }, { label: "all null" });
  },
  async "content types"(s) {
    for (const type of [...CONTENT_TYPES, "application/x-www-form-urlencoded"]) await s.request("POST", "/sign-out", { body: "{}", headers: { "content-type": type }, label: type });
    await s.request("POST", "/sign-out", { body: "x", label: "none" });
    await s.request("POST", "/sign-out", { body: null, headers: { "content-type": "application/json" }, label: "a body of no bytes" });
  },
  async "callbackURL is checked and has no effect"(s) {
    for (const callbackURL of ["/x", "https://evil.example", ""]) {
      const { jar } = await s.user(`u${callbackURL.length}@example.com`);
      await s.post("/sign-out", { callbackURL }, { jar, label: callbackURL });
    }
  },
  async "cookies that are expired with the session's"(s) {
    const { jar } = await s.user();
    const cookie = [jar.header("/"), ...["session_data=a.b", "session_data.0=x", "session_data.1=y", "session_data.01=z", "session_data.x=w", "account_data=q", "oauth_state=o"].map((c) => s.prefix + c), "other=1"].join("; ");
    await s.post("/sign-out", {}, { headers: { cookie } });
  },
  async "dont_remember is expired too"(s) {
    const { jar } = await s.user("ada@example.com", { rememberMe: false });
    await s.post("/sign-out", {}, { jar });
    await s.get("/get-session", { jar });
  },
  async "a cookie that is not ours deletes nothing"(s) {
    const { token } = await s.user();
    await s.post("/sign-out", {}, { headers: { cookie: s.cookie("session_token", `${token}.${"A".repeat(43)}=`) } });
    await s.post("/sign-out", {}, { headers: { cookie: s.cookie("session_token", token) } });
  },
  async "an expired session is deleted"(s) {
    const { jar } = await s.user();
    await s.sql(`update session set "expiresAt" = now() - interval '1 hour'`);
    await s.post("/sign-out", {}, { jar });
  },
};
