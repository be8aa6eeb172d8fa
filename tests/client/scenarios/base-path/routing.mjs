// Another base path, and paths that are switched off.
import { person, SIGN_IN, SIGN_UP } from "../inputs.mjs";

export default {
  async "under the new base path only"(s) {
    await s.get("/get-session");
    await s.get("/error?error=foo");
    for (const whole of ["/api/auth/get-session", "/get-session", "/auth", "/auth/", "/authx/get-session", "/auth//get-session", "/x/auth/get-session"]) await s.get("", { whole });
  },
  async "what is switched off"(s) {
    for (const path of ["/ok", "/ok/", "/ok//", "/ok?x=1", "//ok", "/OK", "/nope", "/sign-up", "/sign-up/email/x"]) await s.get(path);
    for (const method of ["POST", "HEAD", "OPTIONS", "PUT"]) await s.request(method, "/ok");
    await s.post(SIGN_UP, person());
    await s.post(`${SIGN_UP}/`, person());
    await s.request("POST", SIGN_UP, { body: "{", headers: { "content-type": "text/plain", cookie: "a=b", origin: "https://evil.example" }, label: "judged before everything" });
    await s.get("", { whole: "/auth/x/../ok" });
  },
  async "the rest works, and cookies are for every path"(s) {
    await s.post(SIGN_IN, { email: "a@b.co", password: "x" });
    await s.post("/sign-out", {});
  },
};
