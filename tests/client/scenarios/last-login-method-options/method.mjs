// The last login method by another name, without a column.
import { person, SIGN_IN, SIGN_UP } from "../inputs.mjs";

export default {
  async "the cookie is sent where the session's is, for as long as configured"(s) {
    await s.post(SIGN_UP, person("ada@example.com", { lastLoginMethod: "x" }));
    await s.post(SIGN_IN, person());
    await s.post(SIGN_IN, person("ada@example.com", { rememberMe: false }));
  },
};
