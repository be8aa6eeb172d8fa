// The last login method, in the cookie and in the user's row.
import { person, SIGN_IN, SIGN_UP } from "../inputs.mjs";

const up = (s, extra, options) => s.post(SIGN_UP, person("ada@example.com", extra), options);

export default {
  async "signing up, in, out and in again"(s) {
    const jar = s.jar();
    await up(s, { zodiac: "leo" }, { jar });
    await s.get("/get-session", { jar });
    await s.post("/sign-out", {}, { jar });
    await s.post(SIGN_IN, person(), { jar });
    await s.get("/get-session", { jar });
  },
  async "a browser that is to forget the session keeps the method"(s) {
    await up(s, {});
    await s.post(SIGN_IN, person("ada@example.com", { rememberMe: false }));
  },
  async "sign-ins that fail set nothing"(s) {
    await up(s, {});
    await s.post(SIGN_IN, person("ada@example.com", { password: "another password" }));
    await s.post(SIGN_IN, person("eve@example.com"));
    await up(s, {});
  },
  async "no client sets the column"(s) {
    for (const lastLoginMethod of ["hack", "", null, 0, 1]) await s.post(SIGN_UP, person(`p${lastLoginMethod}@example.com`, { lastLoginMethod }));
    const jar = s.jar();
    await up(s, {}, { jar });
    for (const lastLoginMethod of ["hack", "", null]) await s.post("/update-user", { lastLoginMethod }, { jar });
  },
  async "providers"(s) {
    const { jar } = await s.come("github", "new", { callbackURL: "/dash" });
    await s.get("/get-session", { jar });
    await s.come("github", "new", { callbackURL: "/dash" });
    await s.come("google", "other", { callbackURL: "/dash" });
  },
  async "a provider after the password"(s) {
    const { jar } = await s.user("new@example.com");
    await s.sql(`update "user" set "emailVerified" = true`);
    const { jar: other } = await s.come("github", "new", { callbackURL: "/dash" });
    await s.get("/get-session", { jar: other });
    await s.get("/get-session", { jar });
    await s.post(SIGN_IN, person("new@example.com"));
  },
  async "what has no name leaves the cookie and the column as they are"(s) {
    const { jar, password } = await s.user();
    await s.post("/update-user", { name: "B" }, { jar });
    await s.post("/change-password", { currentPassword: password, newPassword: "another password", revokeOtherSessions: true }, { jar });
    await s.come("github", "linked", { callbackURL: "/dash" }, { jar, path: "/link-social" });
  },
};
