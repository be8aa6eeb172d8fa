// Steps that more than one configuration with codes by mail takes.
import { SIGN_IN } from "./inputs.mjs";
import { other } from "./factors.mjs";

export const email = "ada@example.com";
export const newPassword = "another password";
export const ask = (s, type, address = email, options) => s.post("/email-otp/send-verification-otp", { email: address, type }, options);
export const signIn = (s, otp, members = {}, options) => s.post("/sign-in/email-otp", { email, otp, ...members }, options);
export const code = async (s, count) => (await s.mail(count)).code;
export const confirm = (s) => s.sql("update {user} set {user.emailVerified} = true");
export { other };

export const ways = {
  async "a new user signs in"(s) {
    await ask(s, "sign-in", "New@Example.com");
    const otp = await code(s, 1), jar = s.jar();
    await signIn(s, otp, { email: "NEW@example.com", name: "Newbie", image: "/a.png", emailVerified: false, role: "admin" }, { jar });
    await s.get("/get-session", { jar });
    await signIn(s, otp, { email: "new@example.com" });
  },
  async "a user with a confirmed address signs in"(s) {
    await s.user();
    await confirm(s);
    await ask(s, "sign-in");
    const jar = s.jar();
    await signIn(s, await code(s, 1), { name: "Another" }, { jar });
    await s.get("/list-sessions", { jar });
    await s.post(SIGN_IN, { email, password: "correct horse battery" });
  },
  async "a user with an unconfirmed address keeps neither password nor session"(s) {
    const { jar } = await s.user();
    await ask(s, "sign-in");
    await signIn(s, await code(s, 1));
    await s.get("/get-session", { jar });
    await s.post(SIGN_IN, { email, password: "correct horse battery" });
  },
  async "wrong codes"(s) {
    await ask(s, "sign-in");
    const right = await code(s, 1);
    for (let i = 0; i < 3; i++) await signIn(s, other(right));
    await signIn(s, right);
    await signIn(s, right);
    await ask(s, "sign-in");
    await signIn(s, await code(s, 2));
  },
  async "a right code after a wrong one"(s) {
    await ask(s, "sign-in");
    const right = await code(s, 1);
    await signIn(s, other(right));
    await signIn(s, "");
    await signIn(s, right);
  },
  async "the address is confirmed"(s) {
    const { jar } = await s.user();
    await ask(s, "email-verification");
    const right = await code(s, 1);
    await s.post("/email-otp/check-verification-otp", { email: "ADA@example.com", type: "email-verification", otp: other(right) });
    await s.post("/email-otp/check-verification-otp", { email: "ADA@example.com", type: "email-verification", otp: right });
    await s.post("/email-otp/verify-email", { email, otp: other(right) }, { jar });
    await s.post("/email-otp/verify-email", { email: "ADA@example.com", otp: right }, { jar });
    await s.get("/get-session", { jar });
    await s.post("/email-otp/verify-email", { email, otp: right });
    await s.post(SIGN_IN, { email, password: "correct horse battery" });
  },
  async "a forgotten password"(s) {
    const { jar } = await s.user();
    await confirm(s);
    await s.post("/email-otp/request-password-reset", { email: "ADA@example.com" });
    const right = await code(s, 1);
    await s.post("/email-otp/reset-password", { email, otp: right, password: "short" });
    await s.post("/email-otp/reset-password", { email, otp: right, password: "x".repeat(129) });
    await s.post("/email-otp/reset-password", { email, otp: other(right), password: newPassword });
    await s.post("/email-otp/reset-password", { email, otp: right, password: newPassword });
    await s.post("/email-otp/reset-password", { email, otp: right, password: newPassword });
    await s.get("/get-session", { jar });
    await s.post(SIGN_IN, { email, password: newPassword });
  },
};

export const changes = {
  async "the address changes"(s) {
    const { jar } = await s.user();
    await confirm(s);
    const { json } = await s.post(SIGN_IN, { email, password: "correct horse battery" }, { jar });
    await s.post("/email-otp/request-email-change", { newEmail: "NEW@example.com", otp: "000000" }, { jar });
    const right = await code(s, 1);
    const eve = await s.user("eve@example.com");
    await s.post("/email-otp/change-email", { newEmail: "new@example.com", otp: right }, { jar: eve.jar });
    await s.post("/email-otp/change-email", { newEmail: "new@example.com", otp: other(right) }, { jar });
    await s.post("/email-otp/change-email", { newEmail: "New@example.com", otp: right }, { jar });
    await s.get("/get-session", { jar });
    await s.post("/email-otp/change-email", { newEmail: "newer@example.com", otp: right }, { jar });
    await s.post(SIGN_IN, { email: "new@example.com", password: "correct horse battery" });
    return json;
  },
  async "an address that is taken, the same, or none"(s) {
    const { jar } = await s.user();
    await s.user("eve@example.com");
    await s.post("/email-otp/request-email-change", { newEmail: "eve@example.com" }, { jar });
    await s.post("/email-otp/change-email", { newEmail: "eve@example.com", otp: "000000" }, { jar });
    for (const path of ["/email-otp/request-email-change", "/email-otp/change-email"])
      for (const newEmail of [email, "ADA@example.com", "none", "", 1, null]) await s.post(path, { newEmail, otp: "000000" }, { jar });
    await s.post("/email-otp/request-email-change", { newEmail: "new@example.com" });
    await s.post("/email-otp/change-email", { newEmail: "new@example.com", otp: "000000" });
  },
};
