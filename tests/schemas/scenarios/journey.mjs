// The way of a user, with any tables.
import { at, own, PASSWORD, person, samples, SIGN_IN, SIGN_UP, user } from "../people.mjs";

const email = "ada@example.com";

export default {
  async "a user with a password"(s) {
    s.roam();
    const [jar, other] = [s.jar(), s.jar()];
    await s.post(SIGN_UP, person(s, email, { image: "https://example.com/ada.png" }), { jar });
    await s.post(SIGN_UP, person(s, "ADA@example.com"), { label: "taken" });
    await s.get("/get-session", { jar });
    await s.post(SIGN_IN, { email, password: "another password" }, { label: "wrong" });
    await s.post(SIGN_IN, { email: "nobody@example.com", password: PASSWORD }, { label: "unknown" });
    await s.post(SIGN_IN, { email, password: PASSWORD }, { jar: other });
    const { json } = await s.get("/get-session", { jar: other });
    await s.get("/list-sessions", { jar });
    await s.get("/list-accounts", { jar });
    await s.post("/revoke-session", { token: json.session.token }, { jar });
    await s.get("/get-session", { jar: other, label: "revoked" });
    await s.post("/change-password", { currentPassword: PASSWORD, newPassword: "another password", revokeOtherSessions: true }, { jar });
    await s.post(SIGN_IN, { email, password: "another password" }, { jar: other });
    await s.post("/revoke-other-sessions", {}, { jar });
    await s.post("/verify-password", { password: "another password" }, { jar });
    await s.get("/get-session", { jar });
    await s.post("/sign-out", {}, { jar });
  },
  async "a user who changes"(s) {
    const jar = await user(s);
    await s.post("/update-user", { name: "Ada L", image: null }, { jar });
    for (const [name, type] of own(s))
      for (const value of [...samples(type), null]) {
        await s.post("/update-user", { [name]: value }, { jar, label: JSON.stringify({ [name]: value }) });
        await s.get("/get-session", { jar });
      }
    for (const [name, type] of own(s, "session")) await s.post("/update-session", { [name]: samples(type)[0] }, { jar });
    await s.get("/get-session", { jar });
  },
  async "a user who brings everything along"(s) {
    s.roam();
    const jar = s.jar();
    await s.post(SIGN_UP, person(s, email, Object.fromEntries(own(s).map(([name, type]) => [name, samples(type)[0]]))), { jar });
    await s.get("/get-session", { jar });
  },
  async "a forgotten password"(s) {
    const jar = await user(s);
    await s.post("/request-password-reset", { email, redirectTo: "/reset" });
    const { path, token } = await s.mail(2);
    await s.get(path);
    await s.post("/reset-password", { newPassword: "another password", token });
    await s.post("/reset-password", { newPassword: "another password", token }, { label: "again" });
    await s.post(SIGN_IN, { email, password: "another password" });
    await s.get("/get-session", { jar });
  },
  async "a link that is too old"(s) {
    await user(s);
    await s.post("/request-password-reset", { email });
    const { path, token } = await s.mail(2);
    await s.sql(`update {verification} set {verification.expiresAt} = ${at(-90)}`);
    await s.get(`${path}?callbackURL=/x`);
    await s.post("/reset-password", { newPassword: "another password", token });
  },
  async "an address that is confirmed and changed"(s) {
    const jar = await user(s);
    const { path } = await s.mail();
    await s.get(path, { jar });
    await s.get("/get-session", { jar });
    await s.post("/change-email", { newEmail: "new@example.com", callbackURL: "/c" }, { jar });
    await s.get((await s.mail(2)).path, { jar });
    await s.get("/get-session", { jar });
  },
  async "a user who leaves"(s) {
    const jar = await user(s);
    await user(s, "eve@example.com");
    await s.post(SIGN_IN, { email, password: PASSWORD });
    await s.post("/delete-user", { password: PASSWORD }, { jar });
    await s.post(SIGN_IN, { email, password: PASSWORD }, { label: "gone" });
  },
  async "people of a provider"(s) {
    s.roam();
    const { jar } = await s.come("github", "ada", { callbackURL: "/dash", newUserCallbackURL: "/new" });
    // A user of a provider has no values for additional columns: if one is demanded, there is no user.
    if (!(await s.get("/get-session", { jar })).json) return;
    await s.come("github", "ada~no-refresh", { callbackURL: "/dash", newUserCallbackURL: "/new" });
    await s.come("google", "ada", { callbackURL: "/dash" }, { jar, path: "/link-social" });
    const { json } = await s.get("/list-accounts", { jar });
    for (const { id, providerId } of Array.isArray(json) ? json : []) {
      const named = { jar, as: `/access-token of ${providerId}` };
      await s.post("/get-access-token", { accountId: id, providerId }, named);
      await s.post("/refresh-token", { accountId: id, providerId }, named);
    }
    await s.post("/unlink-account", { providerId: "google" }, { jar });
    await s.get("/get-session", { jar });
  },
  async "a provider's user who has a password already"(s) {
    const jar = await user(s);
    await s.get((await s.mail()).path, { jar });
    const { jar: theirs } = await s.come("google", "ada", { callbackURL: "/dash" });
    await s.get("/list-accounts", { jar: theirs });
  },
};
