// Breached passwords at every endpoint that sets one.
import { person, SIGN_IN, SIGN_UP } from "../inputs.mjs";

const BREACHED = "password123";
const up = (s, password, more) => s.post(SIGN_UP, person("ada@example.com", { password, ...more }));

export default {
  async "signing up"(s) {
    await up(s, BREACHED);
    await up(s, "another breached one");
    await up(s, "\u00c5ngstr\u00f6m password");
    await up(s, "Password123");
    await s.post(SIGN_IN, { email: "ada@example.com", password: BREACHED });
    await s.checked();
  },
  async "what is judged before"(s) {
    await up(s, "short");
    await up(s, BREACHED.repeat(20));
    await up(s, BREACHED, { email: "x" });
    await up(s, BREACHED, { name: undefined });
    await up(s, BREACHED, { emailVerified: true });
    await s.request("POST", SIGN_UP, { form: person("ada@example.com", { password: BREACHED }) });
    await s.checked();
  },
  async "what an answer may be"(s) {
    for (const [at, text] of ["SUFFIX:1", "SUFFIX:0", "SUFFIX:0\nSUFFIX:1", "SUFFIX:1\nSUFFIX:x", "SUFFIX:01", "SUFFIX: 1", "SUFFIX:", "SUFFIX:1.5", "SUFFIX:-1", "SUFFIX:1e3", "SUFFIX:+1",
      "SUFFIX:9007199254740991", "SUFFIX:9007199254740992", "0000:9", "0000:9\nSUFFIX:3\r\n", "0000:9\r\n\r\nSUFFIX:3"].entries()) {
      await s.say({ text });
      await s.post(SIGN_UP, person(`ada${at}@example.com`, { password: BREACHED }), { label: text });
    }
    await s.checked();
  },
  async "a hash in lower case"(s) {
    await s.say({ text: "c6008f9cab4083784cbd1874f76618d2a97:7" });
    await up(s, BREACHED);
    await s.checked();
  },
  async "an API that fails"(s) {
    for (const answer of [{ status: 500 }, { status: 404 }, { status: 429 }, { status: 503 }, { drop: true }]) {
      await s.say(answer);
      await s.post(SIGN_UP, person("ada@example.com"), { label: JSON.stringify(answer) });
    }
    await s.say({});
    await s.post(SIGN_UP, person("ada@example.com"));
    await s.say({ status: 503 });
    await s.post(SIGN_IN, person("ada@example.com"), { label: "signing in asks nothing" });
    await s.checked();
  },
  async "changing the password"(s) {
    const { jar, password } = await s.user();
    const change = (currentPassword, newPassword, more) => s.post("/change-password", { currentPassword, newPassword, ...more }, { jar });
    await change(password, BREACHED);
    await change("wrong password", BREACHED);
    await change("wrong password", "a fine new password");
    await change(password, "short");
    await s.post("/change-password", { currentPassword: password, newPassword: BREACHED });
    await change(password, BREACHED, { revokeOtherSessions: true });
    await s.say({ status: 503 });
    await change(password, "a fine new password");
    await s.say({});
    await change(password, "a fine new password");
    await s.post(SIGN_IN, person("ada@example.com", { password: "a fine new password" }));
    await s.sql("update {account} set {account.password} = null");
    await change(password, BREACHED);
    await s.post("/verify-password", { password: BREACHED }, { jar });
    await s.checked();
  },
  async "resetting the password"(s) {
    await s.user();
    // gatepost ends the sessions of an unconfirmed address (docs/DIFFERENCES.md).
    await s.sql("update {user} set {user.emailVerified} = true");
    await s.post("/request-password-reset", { email: "ada@example.com", redirectTo: "/x" });
    const { token } = await s.mail();
    const reset = (newPassword, of = token) => s.post("/reset-password", { newPassword, token: of });
    await reset(BREACHED, "no-token");
    await reset(BREACHED);
    await s.say({ status: 503 });
    await reset("a fine new password");
    await s.say({});
    await reset("a fine new password");
    await reset(BREACHED);
    await s.post(SIGN_IN, person("ada@example.com", { password: "a fine new password" }));
    await s.checked();
  },
};
