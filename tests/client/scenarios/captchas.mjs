// The scenarios of every provider of captchas.
import { person, SIGN_IN, SIGN_UP } from "./inputs.mjs";

/** The headers of a request whose captcha the provider answers so. */
export const solved = (script, more) => ({ "x-captcha-response": typeof script === "string" ? script : JSON.stringify(script), ...more });
/** The provider accepts the response. */
export const ACCEPTED = { answer: { success: true } };
const { email, password } = person();

/** Signs in with an address that no user has: 401 behind the captcha. */
export const passes = (s, answer, label, more) => s.post(SIGN_IN, { email, password }, { headers: solved({ answer }, more), label });

export const everyProvider = {
  async "what a page sends"(s) {
    for (const response of [undefined, "", "anything", "a b&c=d\"e\\", "\u00e9\u00ff"])
      await s.post(SIGN_IN, { email, password }, { headers: { "x-captcha-response": response }, label: `${response}` });
    await s.post(SIGN_IN, { email, password }, { headers: { "x-captcha-response": [JSON.stringify(ACCEPTED), "second"] }, label: "twice" });
    await s.checked();
  },
  async "a response that is accepted"(s) {
    const jar = s.jar();
    await s.post(SIGN_UP, person(), { headers: solved(ACCEPTED), jar });
    await s.post(SIGN_IN, { email, password }, { headers: solved(ACCEPTED) });
    await s.post(SIGN_IN, { email, password: "wrong password" }, { headers: solved(ACCEPTED) });
    await s.get("/get-session", { jar });
    await s.checked();
  },
  async "a response that is not accepted writes nothing"(s) {
    for (const answer of [{ success: false }, { success: false, "error-codes": ["timeout-or-duplicate"] }, { success: null }, {}, "x", []])
      await s.post(SIGN_UP, person(), { headers: solved({ answer }), label: JSON.stringify(answer) });
    await s.checked();
  },
  async "a provider that fails"(s) {
    for (const script of [{ status: 500 }, { status: 404 }, { status: 429, answer: ACCEPTED.answer }, { text: "" }, { text: "null" }, { text: "<html>" }, { text: "{" }, { drop: true }, { status: 304 }])
      await s.post(SIGN_UP, person(), { headers: solved({ answer: {}, ...script }), label: JSON.stringify(script) });
    await s.checked();
  },
  async "the client's address"(s) {
    for (const address of ["203.0.113.7", "2001:db8::1", "::ffff:198.51.100.9", "203.0.113.7, 10.0.0.1", "unknown", ""])
      await passes(s, { success: true }, address, { "x-forwarded-for": address });
    await s.checked();
  },
};
