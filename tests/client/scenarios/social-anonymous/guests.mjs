// An anonymous user who signs in with a provider.
import { guest } from "../guests.mjs";

export default {
  async "with the session's cookie"(s) {
    const jar = await guest(s);
    await s.come("github", "ada", { callbackURL: "/in" }, { jar });
    await s.get("/get-session", { jar });
  },
  async "a user who exists"(s) {
    await s.come("github", "ada", { callbackURL: "/in" });
    const jar = await guest(s);
    await s.come("github", "ada", { callbackURL: "/in" }, { jar });
    await s.get("/get-session", { jar });
  },
};
