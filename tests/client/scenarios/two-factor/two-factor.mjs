// Codes of authenticator apps and backup codes: setting up, signing in, and what goes wrong.
import { SIGN_IN, VALUES } from "../inputs.mjs";
import { begin, by, enrolled, other, path, signIn, way } from "../factors.mjs";

const ALL = ["enable", "disable", "get-totp-uri", "generate-backup-codes", "verify-totp", "send-otp", "verify-otp", "verify-backup-code"];
const OF_USERS = ALL.slice(0, 4);

export default {
  "a way with them": way,
  async "signed out"(s) {
    for (const name of ALL) {
      await s.post(path(name), { password: "correct horse battery", code: "000000" });
      await s.post(path(name), {});
      await s.get(path(name));
    }
    for (const name of ["generate-totp", "totp/generate", "view-backup-codes"]) await s.post(path(name), { userId: "x", secret: "x" });
  },
  async "what bodies may be"(s) {
    const { jar } = await s.user();
    for (const value of Object.values(VALUES)) {
      for (const name of OF_USERS.slice(1)) await s.post(path(name), { password: value }, { jar });
      await s.post(path("enable"), { password: "wrong password", method: value, issuer: value }, { jar });
      for (const name of ["verify-totp", "verify-otp"]) await s.post(path(name), { code: value, trustDevice: value });
      await s.post(path("verify-backup-code"), { code: value, trustDevice: value, disableSession: value });
      await s.post(path("send-otp"), { trustDevice: value });
    }
    for (const name of ALL) {
      for (const body of ["null", "[]", '"x"', "{"]) await s.request("POST", path(name), { body, headers: { "content-type": "application/json" }, jar });
      await s.request("POST", path(name), { jar });
      await s.request("POST", path(name), { form: { password: "x", code: "x" }, jar });
    }
  },
  async "without a second factor"(s) {
    const { jar } = await s.user();
    for (const password of ["correct horse battery", "wrong password", "", "p".repeat(129)])
      for (const name of OF_USERS) if (name !== "enable" || password !== "correct horse battery") await s.post(path(name), { password }, { jar });
    for (const name of ["verify-totp", "verify-otp", "verify-backup-code"]) await s.post(path(name), { code: "000000" }, { jar });
    await s.post(path("enable"), { password: "correct horse battery", method: "otp" }, { jar });
  },
  async "passwords of users without one"(s) {
    const { jar } = await s.user();
    await s.sql("update account set password = null");
    for (const name of OF_USERS) await s.post(path(name), { password: "correct horse battery" }, { jar });
    await s.sql("delete from account");
    for (const name of OF_USERS) await s.post(path(name), { password: "correct horse battery" }, { jar });
  },
  async "setting up again before it counts"(s) {
    const first = await begin(s, { issuer: "Own: Issuer&Co" });
    const second = await begin(s, {}, first);
    await s.post(path("verify-totp"), { code: await s.app(first.uri) }, { jar: first.jar });
    await signIn(s);
    await s.post(path("verify-totp"), { code: await s.app(second.uri) }, { jar: first.jar });
    await s.post(path("verify-totp"), { code: await s.app(second.uri, 1) }, { jar: first.jar });
    await begin(s, {}, first);
    for (const name of ["get-totp-uri", "generate-backup-codes"]) await s.post(path(name), { password: "correct horse battery" }, { jar: first.jar });
  },
  async "asked for, and not given"(s) {
    const ada = await enrolled(s);
    await signIn(s, { password: "wrong password" });
    for (const extra of [{}, { rememberMe: false }, { rememberMe: true }, { callbackURL: "/dash?x=1" }, { callbackURL: "https://evil.example" }]) await signIn(s, extra);
    // A browser that has a session, and one that was asked to forget it.
    await signIn(s, {}, ada.jar);
    await s.get("/get-session", { jar: ada.jar });
    const jar = await signIn(s, { rememberMe: false });
    await signIn(s, {}, jar);
    for (const name of OF_USERS) await s.post(path(name), { password: "correct horse battery" }, { jar });
  },
  async "a session that is to be forgotten"(s) {
    const ada = await enrolled(s);
    const jar = await signIn(s, { rememberMe: false });
    await s.post(path("verify-totp"), { code: await s.app(ada.uri) }, { jar });
    await s.get("/get-session", { jar });
  },
  async "wrong codes, until the sign-in is over"(s) {
    const ada = await enrolled(s);
    const right = await s.app(ada.uri), wrong = other(right);
    const jar = await signIn(s);
    for (const code of [wrong, "", `${right} `, right.slice(1), "😀", wrong, right]) await s.post(path("verify-totp"), { code }, { jar });
    const again = await signIn(s);
    await s.post(path("verify-totp"), { code: wrong }, { jar: again });
    await s.post(path("verify-totp"), { code: right }, { jar: again });
  },
  async "wrong codes, until the user is locked"(s) {
    const ada = await enrolled(s);
    const right = await s.app(ada.uri), wrong = other(right);
    const first = await signIn(s), second = await signIn(s), third = await signIn(s);
    for (let i = 0; i < 5; i++) await s.post(path("verify-totp"), { code: wrong }, { jar: first });
    for (let i = 0; i < 4; i++) await s.post(path("verify-backup-code"), { code: wrong }, { jar: second });
    await s.post(path("verify-totp"), { code: wrong }, { jar: third });
    await s.post(path("verify-totp"), { code: right }, { jar: third });
    await s.post(path("verify-backup-code"), { code: ada.codes[0] }, { jar: third });
    await s.post(path("verify-totp"), { code: right }, { jar: await signIn(s) });
    // Requests that work again when the lock is over; a right code resets the count.
    await s.sql(`update {twoFactor} set {twoFactor.lockedUntil} = date_trunc('milliseconds', now()) - interval '1 minute'`);
    await s.post(path("verify-totp"), { code: wrong }, { jar: third });
    await s.post(path("verify-totp"), { code: right }, { jar: third });
  },
  async "backup codes"(s) {
    const ada = await enrolled(s);
    const jar = await signIn(s);
    for (const code of [ada.codes[0].toLowerCase(), ada.codes[0].replace("-", ""), ""]) await s.post(path("verify-backup-code"), { code }, { jar });
    await s.post(path("verify-backup-code"), { code: ada.codes[0], trustDevice: true }, { jar });
    await s.get("/get-session", { jar });
    const second = await signIn(s);
    await s.post(path("verify-backup-code"), { code: ada.codes[0] }, { jar: second });
    await s.post(path("verify-backup-code"), { code: ada.codes[1], disableSession: true }, { jar: second });
    await s.post(path("verify-backup-code"), { code: ada.codes[2] }, { jar: second });
    await s.post(path("verify-backup-code"), { code: ada.codes[3] }, { jar: ada.jar });
    await s.post(path("verify-backup-code"), { code: ada.codes[4], disableSession: true, trustDevice: true }, { jar: ada.jar });
    await s.post(path("verify-backup-code"), { code: ada.codes[0] }, { jar: ada.jar });
    await s.post(path("generate-backup-codes"), { password: "correct horse battery" }, { jar: ada.jar });
    await s.post(path("verify-backup-code"), { code: ada.codes[5] }, { jar: ada.jar });
  },
  async "a signed-in user gives a code"(s) {
    const ada = await enrolled(s);
    const right = await s.app(ada.uri);
    for (const code of [other(right), right]) await s.post(path("verify-totp"), { code, trustDevice: true }, { jar: ada.jar });
  },
  async "rows that others made"(s) {
    const ada = await enrolled(s);
    await s.sql(`update {twoFactor} set {twoFactor.verified} = null, {twoFactor.failedVerificationCount} = null`);
    const jar = await signIn(s);
    await s.post(path("verify-totp"), { code: other(await s.app(ada.uri)) }, { jar });
    await s.post(path("verify-totp"), { code: await s.app(ada.uri) }, { jar });
    await s.sql(`update {twoFactor} set {twoFactor.verified} = false`);
    const second = await signIn(s);
    await s.post(path("verify-totp"), { code: await s.app(ada.uri, 1) }, { jar: second });
    await s.post(path("verify-backup-code"), { code: ada.codes[0] }, { jar: second });
    await s.sql("delete from {twoFactor}");
    const third = await signIn(s);
    for (const name of ["verify-totp", "verify-backup-code"]) await s.post(path(name), { code: "000000" }, { jar: third });
  },
  async "cookies that are none"(s) {
    const ada = await enrolled(s);
    const code = await s.app(ada.uri);
    const jar = await signIn(s);
    const token = ada.token;
    for (const value of ["", "x", "2fa-abcdefghijklmnopqrst", s.signed("2fa-abcdefghijklmnopqrst"), s.signed(token), `${s.signed("2fa-abcdefghijklmnopqrst")}x`])
      await s.post(path("verify-totp"), { code }, { headers: { cookie: s.cookie("two_factor", encodeURIComponent(value)) } });
    for (const value of ["", "x", s.signed("x"), s.signed("!"), s.signed(`x!trust-device-${"a".repeat(32)}`)])
      await s.post(SIGN_IN, by(), { headers: { cookie: s.cookie("trust_device", encodeURIComponent(value)) } });
    await s.post(path("verify-totp"), { code }, { jar, headers: { origin: "https://evil.example" } });
    await s.post(path("verify-totp"), { code }, { jar });
  },
  async "devices that are not trusted any more"(s) {
    const ada = await enrolled(s);
    const jar = await signIn(s);
    await s.post(path("verify-totp"), { code: await s.app(ada.uri), trustDevice: true }, { jar });
    await s.sql("update {verification} set {verification.expiresAt} = date_trunc('milliseconds', now()) - interval '1 minute' where {verification.value} not like 'used:%'");
    await signIn(s, {}, jar);
    await s.again();
    await s.post(path("verify-totp"), { code: await s.app(ada.uri), trustDevice: true }, { jar });
    await s.user("eve@example.com");
    await s.sql("delete from {verification} where {verification.value} not like 'used:%'");
    await signIn(s, {}, jar);
  },
  async "another user's device"(s) {
    const ada = await enrolled(s);
    const jar = await signIn(s);
    await s.post(path("verify-totp"), { code: await s.app(ada.uri), trustDevice: true }, { jar });
    const eve = await begin(s, {}, await s.user("eve@example.com"));
    await s.post(path("verify-totp"), { code: await s.app(eve.uri) }, { jar: eve.jar });
    await signIn(s, { email: "eve@example.com" }, jar);
  },
};
