// Tokens for other services and the keys that check them, for each algorithm.
import { person, SIGN_IN, SIGN_UP } from "./inputs.mjs";

/** The key set may be cached, and says so; better-auth says nothing. */
export const KEY_SET = { without: ["cache-control"] };

export default {
  async "the key set, and a token that it checks"(s) {
    await s.get("/jwks", KEY_SET);
    await s.get("/jwks", { ...KEY_SET, label: "again" });
    const { jar } = await s.user();
    await s.get("/token", { jar });
    await s.get("/get-session", { jar });
  },
  async "a token comes along where a session is read"(s) {
    await s.get("/jwks", { ...KEY_SET, record: false });
    const jar = s.jar();
    await s.post(SIGN_UP, person(), { jar });
    await s.get("/get-session", { jar });
    await s.get("/get-session", { label: "nobody" });
    await s.post(SIGN_IN, { email: person().email, password: person().password }, { jar });
    await s.get("/list-sessions", { jar });
    await s.post("/sign-out", {}, { jar });
    await s.get("/get-session", { jar });
  },
};
