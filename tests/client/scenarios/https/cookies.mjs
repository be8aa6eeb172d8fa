// A base URL of https: secure cookies, and an origin that is not the one the server listens on.
import { DAY, expireIn, person, SIGN_IN, SIGN_UP } from "../inputs.mjs";

export default {
  async "sign up, read, sign out"(s) {
    const jar = s.jar();
    await s.post(SIGN_UP, person(), { jar });
    await s.get("/get-session", { jar });
    await s.post("/sign-out", {}, { jar });
    await s.get("/get-session", { jar });
  },
  async "rememberMe false, and sliding"(s) {
    const { email, password, jar } = await s.user();
    const other = s.jar();
    await s.post(SIGN_IN, { email, password, rememberMe: false }, { jar: other });
    await s.post(SIGN_IN, { email, password }, { jar: other });
    await expireIn(s, DAY);
    await s.get("/get-session", { jar });
  },
  async "the name without the prefix is not read"(s) {
    const { token } = await s.user();
    for (const name of ["better-auth.session_token", "__Host-better-auth.session_token", "__secure-better-auth.session_token"])
      await s.get("/get-session", { headers: { cookie: `${name}=${encodeURIComponent(s.signed(token))}` } });
  },
  async "cookies of the cache are expired under their secure names"(s) {
    const { jar } = await s.user();
    await s.get("/get-session", { headers: { cookie: `${jar.header("/")}; ${s.cookie("session_data", "x")}; better-auth.session_data=y` } });
    await s.post("/sign-out", {}, { headers: { cookie: `${jar.header("/")}; ${s.cookie("session_data.0", "x")}` } });
  },
  async "the base URL is the origin, wherever the request went"(s) {
    const { email, password } = await s.user();
    for (const origin of [s.origin, `${s.origin}:443`, `${s.origin}:8443`, "http://auth.example.com", "https://example.com", "https://AUTH.EXAMPLE.COM", s.url, "null"])
      for (const headers of [{ cookie: "a=b" }, { cookie: "a=b", "sec-fetch-site": "same-origin" }, {}])
        await s.post(SIGN_IN, { email, password: "wrong password" }, { headers: { origin, ...headers }, label: `${origin.replace(s.url, "<url>")} ${Object.keys(headers)}` });
    for (const callbackURL of [`${s.origin}/x`, `${s.url}/x`, "/x", "http://auth.example.com/x"])
      await s.post(SIGN_IN, { email, password, callbackURL }, { label: callbackURL.replace(s.url, "<url>") });
  },
  async "forwarded headers do not change the origin"(s) {
    const forwarded = { "x-forwarded-host": "evil.example", "x-forwarded-proto": "https", host: "evil.example" };
    await s.post("/sign-out", {}, { headers: { cookie: "a=b", ...forwarded } });
    await s.post("/sign-out", {}, { headers: { cookie: "a=b", ...forwarded, origin: "https://evil.example" } });
    await s.post("/sign-out", {}, { headers: { cookie: "a=b", ...forwarded, origin: "null", "sec-fetch-site": "same-origin" } });
  },
  async "the rest of the paths"(s) {
    await s.get("/ok");
    await s.get("/error?error=foo");
    await s.get("/nope");
  },
};
