// A prefix, a domain and SameSite=None: the names and attributes of every cookie that is set or cleared.
import { DAY, expireIn, person, SIGN_IN, SIGN_UP } from "../inputs.mjs";

export default {
  async "sign up, read, sign out"(s) {
    const jar = s.jar();
    await s.post(SIGN_UP, person(), { jar });
    await s.get("/get-session", { jar });
    await s.post("/sign-out", {}, { jar });
    await s.get("/get-session", { jar });
  },
  async "rememberMe false, then true"(s) {
    const { email, password } = await s.user();
    const jar = s.jar();
    await s.post(SIGN_IN, { email, password, rememberMe: false }, { jar });
    await s.post(SIGN_IN, { email, password }, { jar });
  },
  async "sliding, and an unknown session"(s) {
    const { jar } = await s.user();
    await expireIn(s, DAY);
    await s.get("/get-session", { jar });
    await s.get("/get-session", { headers: { cookie: s.cookie("session_token", encodeURIComponent(s.signed("unknown"))) } });
  },
  async "cookies of the cache"(s) {
    await s.get("/get-session", { headers: { cookie: `${s.cookie("session_data", "x")}; ${s.cookie("session_data.1", "y")}; better-auth.session_data=z` } });
  },
  async "only the configured name is read"(s) {
    const { token } = await s.user();
    for (const name of ["better-auth.session_token", "session_token", "__Secure-gate.session_token", "gate.session_token"])
      await s.get("/get-session", { headers: { cookie: `${name}=${encodeURIComponent(s.signed(token))}` }, label: name });
  },
};
