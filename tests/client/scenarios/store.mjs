// The scenarios of all configurations with a secondary storage: sessions and their changes, single-use secrets, flows.
import { DAY, SIGN_IN, WEEK } from "./inputs.mjs";

const email = "ada@example.com";
const password = "correct horse battery";
const newPassword = "another password";
const signIn = (s, jar, extra = {}) => s.post(SIGN_IN, { email, password, ...extra }, { jar });

/** Moves a stored session in time: members of it, each so many seconds from now. */
const move = async (s, token, times) => {
  const entry = JSON.parse(await s.store("get", token));
  for (const [name, seconds] of Object.entries(times)) entry.session[name] = new Date(Date.now() + seconds * 1_000).toISOString();
  await s.store("set", token, JSON.stringify(entry), "KEEPTTL");
};

export const sessions = {
  async "sign up, read, sign out"(s) {
    const jar = s.jar();
    await s.post("/sign-up/email", { name: "Ada", email, password }, { jar, headers: { "user-agent": "a \"browser\"", "x-forwarded-for": "203.0.113.7" } });
    await s.get("/get-session", { jar });
    await s.post("/sign-out", {}, { jar });
    await s.get("/get-session", { jar });
  },
  async "what is left of one of two sessions"(s) {
    const { jar } = await s.user();
    const second = s.jar();
    await signIn(s, second, { rememberMe: false });
    await s.get("/list-sessions", { jar });
    await s.post("/sign-out", {}, { jar });
    await s.get("/list-sessions", { jar: second });
  },
  async "a session is revoked, and nobody else's"(s) {
    const eve = await s.user("eve@example.com");
    const { jar, token } = await s.user();
    const second = s.jar();
    const { json } = await signIn(s, second);
    await s.post("/revoke-session", { token: eve.token }, { jar });
    await s.post("/revoke-session", { token: "A".repeat(32) }, { jar });
    await s.post("/revoke-session", { token: json.token }, { jar });
    await s.get("/get-session", { jar: second });
    await s.get("/get-session", { jar: eve.jar });
    await s.post("/revoke-session", { token }, { jar });
    await s.get("/get-session", { jar });
  },
  async "all but one are revoked"(s) {
    const { jar } = await s.user();
    const second = s.jar();
    await signIn(s, second);
    // With more than one to end, better-auth writes its list of them in no order and forgets some.
    await s.post("/revoke-other-sessions", {}, { jar });
    for (const one of [jar, second]) await s.get("/get-session", { jar: one });
  },
  async "all are revoked, and one begins after that"(s) {
    const { jar } = await s.user();
    const second = s.jar();
    await signIn(s, second);
    await s.post("/revoke-sessions", {}, { jar });
    for (const one of [jar, second]) await s.get("/get-session", { jar: one });
    await signIn(s, jar);
    await s.get("/get-session", { jar });
  },
  async "a session from before its user's were revoked does not count"(s) {
    const { jar, user } = await s.user();
    await s.store("set", `revoked-sessions-before-${user.id}`, String(Date.now() + 1_000), "EX", 100);
    await s.get("/get-session", { jar });
    await s.get("/list-sessions", { jar });
    await s.store("del", `revoked-sessions-before-${user.id}`);
    await s.get("/get-session", { jar });
    await s.get("/list-sessions", { jar });
  },
  async "the user changes, and every session shows it"(s) {
    const { jar } = await s.user();
    const second = s.jar();
    await signIn(s, second);
    await s.post("/update-user", { name: "Ada L.", image: "https://example.com/a.png" }, { jar });
    for (const one of [jar, second]) await s.get("/get-session", { jar: one });
  },
  async "the session changes"(s) {
    const { jar } = await s.user();
    await s.post("/update-session", { theme: "light" }, { jar });
    await s.get("/get-session", { jar });
    await s.post("/update-session", { other: "x" }, { jar });
  },
  async "the expiry moves when it is due"(s) {
    const { jar, token } = await s.user();
    await move(s, token, { expiresAt: WEEK - DAY - 60, updatedAt: -DAY - 60 });
    await s.get("/get-session?disableRefresh=true", { jar });
    await s.get("/get-session", { jar });
  },
  async "a session past its expiry"(s) {
    const { jar, token } = await s.user();
    await move(s, token, { expiresAt: -60 });
    await s.get("/get-session", { jar });
  },
  async "a session that is not fresh"(s) {
    const { jar, token } = await s.user();
    await move(s, token, { createdAt: -DAY - 60 });
    await s.get("/list-sessions", { jar });
    await s.get("/get-session", { jar });
  },
  async "what is there is no session"(s) {
    const { jar, token } = await s.user();
    await s.store("set", token, "null", "KEEPTTL");
    await s.get("/get-session", { jar });
    await s.store("del", token);
    await s.get("/get-session", { jar });
    await s.post("/sign-out", {}, { jar });
  },
  async "the password changes, and the other sessions end"(s) {
    const { jar } = await s.user();
    const second = s.jar();
    await signIn(s, second);
    await s.post("/change-password", { currentPassword: password, newPassword }, { jar });
    await s.get("/get-session", { jar: second });
    await s.post("/change-password", { currentPassword: newPassword, newPassword: password, revokeOtherSessions: true }, { jar });
    for (const one of [jar, second]) await s.get("/get-session", { jar: one });
  },
};

export const secrets = {
  async "a forgotten password"(s) {
    const { jar } = await s.user();
    await s.post("/request-password-reset", { email, redirectTo: "/reset" });
    const { path, token } = await s.mail(1);
    await s.rows();
    await s.get(path);
    await s.post("/reset-password", { newPassword: "short", token });
    await s.post("/reset-password", { newPassword, token });
    await s.post("/reset-password", { newPassword, token });
    await s.get(path);
    await s.get("/get-session", { jar });
    await s.post(SIGN_IN, { email, password: newPassword });
  },
  async "a user deletes itself by mail"(s) {
    const eve = await s.user("eve@example.com");
    const { jar } = await s.user();
    await s.post("/delete-user", {}, { jar });
    const { path, token } = await s.mail(1);
    await s.rows();
    await s.post("/delete-user", { token: "unknown" }, { jar });
    await s.get(path, { jar });
    await s.get(path, { jar });
    await s.get("/get-session", { jar });
    await s.get("/get-session", { jar: eve.jar });
    void token;
  },
  async "an address is confirmed, and changes"(s) {
    const { jar } = await s.user();
    await s.post("/send-verification-email", { email }, { jar });
    await s.get((await s.mail(1)).path, { jar });
    await s.get("/get-session", { jar });
    await s.post("/change-email", { newEmail: "new@example.com" }, { jar });
    await s.get((await s.mail(2)).path, { jar });
    await s.get("/get-session", { jar });
  },
};

export const flows = {
  async "somebody new, and once more"(s) {
    const { jar } = await s.come("github", "ada", { callbackURL: "/in", errorCallbackURL: "/no" });
    await s.get("/get-session", { jar });
    await s.come("github", "ada", { callbackURL: "/in" });
  },
  async "a state works once, and in its own browser"(s) {
    const jar = s.jar();
    const state = await s.start("github", { callbackURL: "/in", errorCallbackURL: "/no" }, { jar });
    await s.rows();
    await s.back("github", { code: "ada", state });
    await s.back("github", { code: "ada", state }, { jar });
    await s.back("github", { code: "ada", state }, { jar });
  },
  async "an account is added"(s) {
    const { jar } = await s.user();
    await s.come("google", "ada", { callbackURL: "/linked", errorCallbackURL: "/err" }, { jar, path: "/link-social" });
    await s.get("/list-accounts", { jar });
  },
  async "an account is to be added, and the session ended meanwhile"(s) {
    const { jar } = await s.user();
    const state = await s.start("github", { callbackURL: "/linked", errorCallbackURL: "/err" }, { jar, path: "/link-social" });
    await s.post("/revoke-sessions", {}, { jar });
    await s.back("github", { code: "ada", state }, { jar });
  },
};
