// Codes by mail, stored as hashes, with other bounds, for existing users only.
import { ask, code, confirm, email, newPassword, other, signIn } from "../email-codes.mjs";

export default {
  async "a sign-up mails a code, which confirms and signs in"(s) {
    const { jar } = await s.user();
    const right = await code(s, 1);
    await s.post("/email-otp/verify-email", { email, otp: right });
    await s.post("/email-otp/verify-email", { email, otp: right });
    await s.get("/get-session", { jar });
  },
  async "wrong codes"(s) {
    await s.user();
    await s.mail(1);
    await confirm(s);
    await ask(s, "sign-in");
    await s.mail(2);
    const right = await s.code("sign-in-otp");
    for (const otp of [other(right), other(right), right, right]) await signIn(s, otp);
  },
  async "an unknown address is not signed up"(s) {
    await ask(s, "sign-in");
    await signIn(s, "00000000");
  },
  async "a forgotten password ends the sessions"(s) {
    const { jar } = await s.user();
    await s.mail(1);
    await confirm(s);
    await s.post("/email-otp/request-password-reset", { email });
    await s.mail(2);
    await s.post("/email-otp/reset-password", { email, otp: await s.code("forget-password-otp"), password: newPassword });
    await s.get("/get-session", { jar });
  },
  async "the current address agrees to another one"(s) {
    const { jar } = await s.user();
    const right = await code(s, 1);
    await confirm(s);
    for (const otp of [undefined, "", other(right), right]) await s.post("/email-otp/request-email-change", { newEmail: "new@example.com", otp }, { jar });
    await s.mail(2);
    await s.post("/email-otp/change-email", { newEmail: "new@example.com", otp: await s.code("change-email-otp") }, { jar });
    await s.get("/get-session", { jar });
  },
};
