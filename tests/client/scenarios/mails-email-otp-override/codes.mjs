// Codes by mail instead of the links that confirm addresses, encrypted, and mailed again.
import { SIGN_IN, SIGN_UP, person } from "../inputs.mjs";
import { ask, code, email, other, signIn } from "../email-codes.mjs";

const up = (s, options) => s.post(SIGN_UP, person(email, { plan: "free" }), options);

export default {
  async "a sign-up, a sign-in and a request mail the code"(s) {
    await up(s);
    const first = await code(s, 1);
    await s.post(SIGN_IN, { email, password: "correct horse battery" });
    const second = await code(s, 2);
    await s.post("/send-verification-email", { email });
    const third = await code(s, 3);
    s.note("one code, three times", first === second, second === third);
    await s.post("/email-otp/verify-email", { email, otp: other(first) });
    await s.post("/email-otp/verify-email", { email, otp: first });
    await s.post(SIGN_IN, { email, password: "correct horse battery" });
  },
  async "a code that was tried too often is not mailed again"(s) {
    await ask(s, "sign-in");
    const first = await code(s, 1);
    for (let i = 0; i < 3; i++) await signIn(s, other(first));
    await ask(s, "sign-in");
    await signIn(s, await code(s, 2), { plan: "free", name: "Ada" });
  },
  async "a code that is mailed again keeps its tries"(s) {
    await ask(s, "sign-in");
    const first = await code(s, 1);
    for (let i = 0; i < 2; i++) await signIn(s, other(first));
    await ask(s, "sign-in");
    s.note("the same code", first === (await code(s, 2)));
    for (const otp of [other(first), first]) await signIn(s, otp);
  },
  async "a field that a new user must give"(s) {
    await ask(s, "sign-in");
    await signIn(s, await code(s, 1));
    await ask(s, "sign-in");
    const jar = s.jar();
    await signIn(s, await code(s, 2), { plan: "free", lastLoginMethod: "x" }, { jar });
    await s.get("/get-session", { jar });
  },
  async "the address changes"(s) {
    await ask(s, "sign-in");
    const jar = s.jar();
    await signIn(s, await code(s, 1), { plan: "free" }, { jar });
    await s.post("/email-otp/request-email-change", { newEmail: "NEW@example.com", otp: "000000" }, { jar });
    const right = await code(s, 2);
    await s.post("/email-otp/change-email", { newEmail: "new@example.com", otp: other(right) }, { jar });
    await s.post("/email-otp/change-email", { newEmail: "New@example.com", otp: right }, { jar });
    await s.get("/get-session", { jar });
    await s.post("/email-otp/change-email", { newEmail: "newer@example.com", otp: right }, { jar });
  },
};
