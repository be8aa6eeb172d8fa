// Phone numbers with other bounds, which must be verified; users have fields of their own.
import { ask, askReset, code, known, newPassword, other, reset, signIn, verify } from "../phones.mjs";

export default {
  async "a new user has the fields of the body"(s) {
    await ask(s);
    await verify(s, await code(s, 1), { plan: "paid" });
    await ask(s, "+41790000002");
    await verify(s, await code(s, 2), { phoneNumber: "+41790000002" });
  },
  async "a field that clients may not set uses the code up"(s) {
    for (const [count, given] of [{ level: 3 }, { phoneNumberVerified: true }].entries()) {
      await ask(s);
      const right = await code(s, count + 1);
      await verify(s, right, given);
      await verify(s, right);
    }
  },
  async "wrong codes"(s) {
    await ask(s);
    const right = await code(s, 1);
    for (const otp of [other(right), other(right), right, right]) await verify(s, otp);
  },
  async "a forgotten password ends the sessions"(s) {
    const { jar } = await known(s);
    await askReset(s);
    const right = await code(s, 2);
    for (const otp of [other(right), right, right]) await reset(s, otp);
    await s.get("/get-session", { jar });
    await signIn(s, { password: newPassword });
  },
  async "an unverified number sets no password"(s) {
    await known(s);
    await askReset(s);
    const right = await code(s, 2);
    await s.sql("update {user} set \"phoneNumberVerified\" = false");
    await reset(s, right);
    await askReset(s);
  },
};
