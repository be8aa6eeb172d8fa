// Columns of other names, and usernames as they are typed.
import { SIGN_IN, person } from "../inputs.mjs";
import { up, way } from "../usernames.mjs";

export default {
  "a way with it": (s) => way(s, "Ada", ["Ada", "ada"]),
  async "the last method"(s) {
    await up(s, {});
    await s.post(SIGN_IN, person());
  },
};
