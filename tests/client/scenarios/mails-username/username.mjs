// Usernames where addresses must be confirmed, and a taken address is not told.
import { person, SIGN_UP } from "../inputs.mjs";
import { by, BY_NAME, up } from "../usernames.mjs";

export default {
  async "signing in before the address is confirmed"(s) {
    await up(s, { username: "Ada" });
    await s.post(BY_NAME, by("ada", { callbackURL: "/dash" }));
    await s.post(BY_NAME, by("ada"));
    await s.post(BY_NAME, by("ada", { password: "wrong password" }));
    await s.sql(`update "user" set "emailVerified" = true`);
    await s.post(BY_NAME, by("ada"));
  },
  async "a taken address with and without a username"(s) {
    await up(s, { username: "Ada" });
    await s.sql(`update "user" set "emailVerified" = true`);
    for (const extra of [{ username: "Other" }, { username: "ada" }, {}, { displayUsername: "Shown" }, { displayUsername: "Shown!" }, { username: "ab" }]) await up(s, extra);
    await s.post(SIGN_UP, person("new@example.com"));
  },
};
