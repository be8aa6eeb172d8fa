// One-time tokens in a header, stored as hashes, that set no cookie.
import { person, SIGN_IN, SIGN_UP } from "../inputs.mjs";
import { generate, verify } from "../one-time-tokens.mjs";

export default {
  async "tokens of a sign-up and a sign-in"(s) {
    const jar = s.jar(), there = s.jar();
    const first = await s.post(SIGN_UP, person(), { jar });
    const second = await s.post(SIGN_IN, { email: "ada@example.com", password: "correct horse battery" });
    await generate(s, jar);
    await generate(s);
    await verify(s, first.headers["set-ott"], { jar: there });
    await s.get("/get-session", { jar: there });
    await verify(s, second.headers["set-ott"]);
    await verify(s, second.headers["set-ott"]);
  },
};
