// Names that browsers bind to a host, and one that is how another begins; the content of a cookie with a lifetime of its own.
import { person, SIGN_IN, SIGN_UP } from "../inputs.mjs";

export default {
  async "sign up, read, sign out"(s) {
    const jar = s.jar();
    await s.post(SIGN_UP, person(), { jar });
    await s.get("/get-session", { jar });
    await s.post("/sign-out", {}, { jar });
    await s.get("/get-session", { jar });
  },
  async "not remembered"(s) {
    const { email, password } = await s.user();
    const jar = s.jar();
    await s.post(SIGN_IN, { email, password, rememberMe: false }, { jar });
    await s.post("/update-user", { name: "Brief" }, { jar });
    await s.post("/sign-out", {}, { jar });
  },
  async "one slash at the end of a path may be there, and no two"(s) {
    for (const path of ["/ok", "/ok/", "/ok//", "//ok", "/ok///", "/get-session/", "/callback/github/", "/"]) await s.get(path, { label: path });
    await s.post(`${SIGN_UP}/`, person());
  },
};
