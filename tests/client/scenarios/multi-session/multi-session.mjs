// Several users in one browser, at most three.
import { person, SIGN_UP } from "../inputs.mjs";
import { scenarios } from "../several-sessions.mjs";

export default {
  ...scenarios,
  async "one more than a browser keeps"(s) {
    const jar = s.jar();
    for (const name of ["ada", "eve", "bob", "kim"]) await s.post(SIGN_UP, person(`${name}@example.com`), { jar });
    await s.get("/multi-session/list-device-sessions", { jar });
    await s.get("/get-session", { jar });
  },
};
