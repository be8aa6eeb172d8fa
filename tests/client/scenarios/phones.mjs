// Steps that more than one configuration with phone numbers takes.
import { other } from "./factors.mjs";

export const number = "+41790000001";
export const email = "ada@example.com", password = "correct horse battery", newPassword = "another password";
export const ask = (s, phoneNumber = number, options) => s.post("/phone-number/send-otp", { phoneNumber }, options);
export const askReset = (s, phoneNumber = number, options) => s.post("/phone-number/request-password-reset", { phoneNumber }, options);
export const verify = (s, code, members = {}, options) => s.post("/phone-number/verify", { phoneNumber: number, code, ...members }, options);
export const signIn = (s, members = {}, options) => s.post("/sign-in/phone-number", { phoneNumber: number, password, ...members }, options);
export const reset = (s, otp, members = {}) => s.post("/phone-number/reset-password", { phoneNumber: number, otp, newPassword, ...members });
export const code = async (s, count) => (await s.mail(count)).code;
/** A user with a password, whose number is verified; with the jar of the session. One message has left. */
export const known = async (s) => {
  const user = await s.user();
  await ask(s, number, { jar: user.jar });
  await verify(s, await code(s, 1), { updatePhoneNumber: true }, { jar: user.jar });
  return user;
};
export { other };

export const ways = {
  async "a new user signs in"(s) {
    await ask(s);
    const otp = await code(s, 1), jar = s.jar();
    await verify(s, otp, { name: "Newbie", email: "other@example.com", image: "/a.png", emailVerified: true }, { jar });
    await s.get("/get-session", { jar });
    await verify(s, otp);
  },
  async "a known user signs in"(s) {
    const { jar } = await known(s);
    await s.get("/get-session", { jar });
    await ask(s);
    const there = s.jar();
    await verify(s, await code(s, 2), {}, { jar: there });
    await s.get("/list-sessions", { jar: there });
    await signIn(s);
    await signIn(s, { password: "wrong password" });
    await signIn(s, { rememberMe: false });
    await signIn(s, { phoneNumber: "+41790000002" });
    await signIn(s, { password: "x".repeat(129) });
  },
  async "a number is verified without a session"(s) {
    await ask(s);
    await verify(s, await code(s, 1), { disableSession: true });
    await ask(s);
    await verify(s, await code(s, 2), { disableSession: true });
  },
  async "wrong codes"(s) {
    await ask(s);
    const right = await code(s, 1);
    for (let i = 0; i < 3; i++) await verify(s, other(right));
    await verify(s, right);
    await verify(s, right);
    await ask(s);
    await verify(s, await code(s, 2));
  },
  async "a right code after a wrong one"(s) {
    await ask(s);
    const right = await code(s, 1);
    await verify(s, other(right));
    await verify(s, "");
    await verify(s, right);
  },
  async "a forgotten password"(s) {
    const { jar } = await known(s);
    await askReset(s);
    const right = await code(s, 2);
    await reset(s, right, { newPassword: "short" });
    await reset(s, right, { newPassword: "x".repeat(129) });
    await reset(s, other(right));
    await reset(s, right);
    await reset(s, right);
    await s.get("/get-session", { jar });
    await signIn(s, { password: newPassword });
    await signIn(s);
  },
};
