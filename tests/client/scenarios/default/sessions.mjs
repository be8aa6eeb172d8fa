// The sessions of a user: list, revoke, update; and what every endpoint for signed-in users says to others.
import { BODIES, DAY, expireIn, SIGN_IN, VALUES, WEEK } from "../inputs.mjs";

export const GUARDED = [
  ["GET", "/list-sessions"], ["POST", "/revoke-session"], ["POST", "/revoke-sessions"], ["POST", "/revoke-other-sessions"],
  ["POST", "/update-session"], ["POST", "/update-user"], ["POST", "/change-password"], ["POST", "/verify-password"],
  ["POST", "/delete-user"], ["POST", "/change-email"], ["GET", "/list-accounts"], ["POST", "/unlink-account"],
];
/** A body that every one of them accepts. */
const BODY = { token: "x", name: "B", newPassword: "another password", currentPassword: "x", password: "x", newEmail: "b@example.com", accountId: "x" };

const signIn = (s, jar, extra) => s.post(SIGN_IN, { email: "ada@example.com", password: "correct horse battery", ...extra }, { jar, record: false });
const ask = (s, [method, path], options = {}) => s.request(method, path, { ...(method === "POST" ? { json: BODY } : {}), ...options });

export default {
  async "signed out"(s) {
    for (const endpoint of GUARDED) await ask(s, endpoint);
  },
  async "a token that no session has, and a forged one"(s) {
    for (const endpoint of GUARDED) {
      await ask(s, endpoint, { headers: { cookie: s.cookie("session_token", encodeURIComponent(s.signed("A".repeat(32)))) }, label: "unknown" });
      await ask(s, endpoint, { headers: { cookie: s.cookie("session_token", `${"A".repeat(32)}.${"A".repeat(43)}=`) }, label: "forged" });
    }
  },
  async "the body is judged before the session"(s) {
    for (const [method, path] of GUARDED) if (method === "POST")
      for (const [label, body] of Object.entries(BODIES)) await s.request("POST", path, { body, headers: { "content-type": "application/json" }, label });
  },
  async "no body at all"(s) {
    for (const [method, path] of GUARDED) if (method === "POST") await s.request("POST", path);
  },
  async "the wrong method"(s) {
    const { jar } = await s.user();
    for (const [method, path] of GUARDED) await s.request(method === "GET" ? "POST" : "GET", path, { jar });
  },
  async "an expired session"(s) {
    const { jar } = await s.user();
    await expireIn(s, -60);
    await s.get("/list-accounts", { jar });
    await s.get("/list-sessions", { headers: { cookie: "x=y" }, jar });
  },
  async "the expiry moves on the way"(s) {
    for (const endpoint of [["GET", "/list-accounts"], ["GET", "/list-accounts?disableRefresh=true"], ["GET", "/list-sessions"], ["POST", "/revoke-session"], ["POST", "/update-session"]]) {
      const { jar } = await s.user(`${endpoint[1].replace(/\W/g, "")}@example.com`);
      await expireIn(s, WEEK - DAY - 60);
      await ask(s, endpoint, { jar });
    }
  },
  async "list"(s) {
    const { jar } = await s.user();
    await s.get("/list-sessions", { jar });
    const second = s.jar();
    await signIn(s, second, { rememberMe: false });
    await s.get("/list-sessions", { jar: second });
    await s.sql(`update session set "expiresAt" = now() - interval '1 minute' where "createdAt" = (select max("createdAt") from session)`);
    await s.get("/list-sessions", { jar });
  },
  async "somebody else's sessions are not listed"(s) {
    await s.user("eve@example.com");
    const { jar } = await s.user();
    await s.get("/list-sessions", { jar });
  },
  async "a session that is not fresh"(s) {
    const { jar } = await s.user();
    await s.sql(`update session set "createdAt" = now() - interval '24 hours 1 minute'`);
    await s.get("/list-sessions", { jar });
    await s.get("/list-accounts", { jar });
    await s.post("/unlink-account", { accountId: "x" }, { jar });
    await s.sql(`update session set "createdAt" = now() - interval '23 hours'`);
    await s.get("/list-sessions", { jar });
  },
  async "revoke another session, then the own one"(s) {
    const { jar } = await s.user();
    const second = s.jar();
    const { json } = await signIn(s, second);
    await s.post("/revoke-session", { token: json.token }, { jar });
    await s.get("/get-session", { jar: second });
    await s.post("/revoke-session", { token: "unknown" }, { jar });
    const own = jar.get("session_token").value.split(".")[0];
    await s.post("/revoke-session", { token: own }, { jar });
    await s.get("/get-session", { jar });
  },
  async "a foreign session is not revoked"(s) {
    const eve = await s.user("eve@example.com");
    const { jar } = await s.user();
    await s.post("/revoke-session", { token: eve.token }, { jar });
    await s.get("/get-session", { jar: eve.jar });
  },
  async "tokens of every type"(s) {
    const { jar } = await s.user();
    for (const [label, token] of Object.entries(VALUES)) await s.post("/revoke-session", { token }, { jar, label });
  },
  async "revoke all"(s) {
    const { jar } = await s.user();
    await signIn(s, s.jar());
    const eve = await s.user("eve@example.com");
    await s.post("/revoke-sessions", {}, { jar });
    await s.get("/get-session", { jar: eve.jar });
  },
  async "revoke others"(s) {
    const { jar } = await s.user();
    await signIn(s, s.jar());
    await signIn(s, s.jar());
    await s.sql(`update session set "expiresAt" = now() - interval '1 minute' where "createdAt" = (select max("createdAt") from session)`);
    await s.post("/revoke-other-sessions", {}, { jar });
    await s.get("/get-session", { jar });
  },
  async "nothing of a session can be changed"(s) {
    const { jar } = await s.user();
    for (const body of [{}, { token: "x" }, { expiresAt: "2040-01-01T00:00:00.000Z", userId: "x", ipAddress: "y" }, { unknown: 1 }]) await s.post("/update-session", body, { jar });
  },
  async "an origin that is not trusted"(s) {
    const { jar } = await s.user();
    for (const [method, path] of GUARDED) if (method === "POST") await s.post(path, BODY, { jar, headers: { origin: "https://evil.example" } });
    await s.get("/list-accounts", { jar, headers: { origin: "https://evil.example" } });
  },
};
