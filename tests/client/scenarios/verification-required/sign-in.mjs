// requireEmailVerification: no session until the address is verified. No sender is configured, so no mail goes out.
import { person, SIGN_IN, SIGN_UP } from "../inputs.mjs";

const { email, password } = person();

export default {
  async "sign-up opens no session"(s) {
    const jar = s.jar();
    await s.post(SIGN_UP, person(), { jar });
    await s.get("/get-session", { jar });
  },
  async "an address that exists is answered like a new one"(s) {
    await s.post(SIGN_UP, person());
    // If the address is unconfirmed, the newer sign-up replaces the older one after the answer (docs/DIFFERENCES.md).
    await s.sql('update "user" set "emailVerified" = true');
    await s.post(SIGN_UP, person("ADA@example.com", { name: "Somebody Else" }));
  },
  async "the password is judged before the address"(s) {
    await s.post(SIGN_UP, person());
    await s.post(SIGN_IN, { email, password: "wrong password" });
    await s.post(SIGN_IN, { email, password });
    await s.post(SIGN_IN, { email, password, rememberMe: false, callbackURL: "/x" });
    await s.post(SIGN_IN, { email: "nobody@example.com", password });
  },
  async "a refused login leaves cookies alone"(s) {
    await s.post(SIGN_UP, person());
    await s.post(SIGN_IN, { email, password }, { headers: { cookie: s.cookie("dont_remember", encodeURIComponent(s.signed("true"))) } });
  },
  async "a verified user signs in"(s) {
    await s.post(SIGN_UP, person());
    await s.sql('update "user" set "emailVerified" = true');
    const jar = s.jar();
    await s.post(SIGN_IN, { email, password, callbackURL: "/x" }, { jar });
    await s.get("/get-session", { jar });
  },
  async "an open session outlives the verification"(s) {
    await s.post(SIGN_UP, person());
    await s.sql('update "user" set "emailVerified" = true');
    const jar = s.jar();
    await s.post(SIGN_IN, { email, password }, { jar });
    await s.sql('update "user" set "emailVerified" = false');
    await s.get("/get-session", { jar });
  },
};
