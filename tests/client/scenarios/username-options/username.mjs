// Usernames of other lengths that stay as they are, without a column for showing them.
import { person, SIGN_UP } from "../inputs.mjs";
import { by, BY_NAME, IS_FREE, up, way } from "../usernames.mjs";

export default {
  "a way with it": (s) => way(s, "Ada_1", ["ada_1", "other1"]),
  async "which are valid"(s) {
    for (const [at, username] of ["abcd", "abcde", "abcdefgh", "abcdefghi", "\u212aelvin", "İstanb"].entries()) {
      await s.post(IS_FREE, { username });
      await s.post(SIGN_UP, person(`p${at}@example.com`, { username }));
      await s.post(BY_NAME, by(username));
    }
  },
  async "as it is shown, without a column"(s) {
    await up(s, { displayUsername: "Gname" });
    await s.post(SIGN_UP, person("eve@example.com", { username: "dname", displayUsername: "Dname" }));
  },
  async "a first one, and no other"(s) {
    const { jar } = await s.user();
    for (const username of ["first1", "FIRST1", "second", "abc"]) await s.post("/update-user", { username }, { jar });
    await s.post("/update-user", { displayUsername: "x" }, { jar });
    await s.get("/get-session", { jar });
  },
};
