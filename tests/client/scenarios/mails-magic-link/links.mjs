// Links by mail that sign in, with the defaults.
import { BODIES, EMAILS, VALUES } from "../inputs.mjs";
import { email, follow, send, ways } from "../magic-links.mjs";

const EVIL = "https://evil.example";

export default {
  ...ways,
  async "what is asked for, of every type"(s) {
    for (const [label, value] of Object.entries(VALUES)) {
      await send(s, { email: value }, { label: `email ${label}` });
      for (const name of ["name", "callbackURL", "newUserCallbackURL", "errorCallbackURL", "metadata"])
        await send(s, { email: "not an address", [name]: value }, { label: `${name} ${label}` });
    }
    for (const [label, body] of Object.entries(BODIES)) await s.request("POST", "/sign-in/magic-link", { body, headers: { "content-type": "application/json" }, label });
    await s.request("POST", "/sign-in/magic-link");
  },
  async addresses(s) {
    for (const address of EMAILS) await send(s, { email: address }, { label: JSON.stringify(address) });
  },
  async "where a link may lead"(s) {
    const urls = ["", "/", "/in?a=b#c", "/a b&c", EVIL, "//evil.example", "/\\evil.example", "myapp://x", "in", "javascript:alert(1)", `${s.origin}/x?y=z`];
    for (const url of urls) {
      for (const name of ["callbackURL", "newUserCallbackURL", "errorCallbackURL"]) await send(s, { [name]: url });
      for (const query of [`callbackURL=${encodeURIComponent(url)}`, `callbackURL=/x&newUserCallbackURL=${encodeURIComponent(url)}`, `callbackURL=/x&errorCallbackURL=${encodeURIComponent(url)}`, `errorCallbackURL=${encodeURIComponent(url)}`])
        await s.get(`/magic-link/verify?token=unknown&${query}`);
    }
  },
  async "links that are none"(s) {
    await send(s, { callbackURL: "/in", errorCallbackURL: "/oops?error=old&a=b#c" });
    const { token, path } = await s.mail();
    await s.get("/magic-link/verify");
    await s.get("/magic-link/verify?token=");
    await s.get(`/magic-link/verify?token=${token}&token=${token}`, { as: "/magic-link/verify?token=twice" });
    await s.get(path.replace(token, token.toLowerCase() + "x"), { as: "/magic-link/verify?token=another" });
    await s.get("/magic-link/verify?token=unknown&callbackURL=/a&callbackURL=/b");
    for (const method of ["POST", "HEAD", "PUT"]) await s.request(method, `/magic-link/verify?token=${token}`, { as: "/magic-link/verify" });
    await s.request("GET", "/sign-in/magic-link");
    await follow(s, 1);
  },
  async "an expired link"(s) {
    await send(s, { callbackURL: "/in" });
    await s.mail();
    await s.sql("update {verification} set {verification.expiresAt} = now() - interval '1 minute'");
    await follow(s, 1);
  },
  async "a value of another purpose"(s) {
    for (const value of ["x", "{}", "null", '{"email":"ada@example.com"}', '{"type":"magic-link","email":"ada@example.com","more":1}', '{"type":"magic-link","email":"ada@example.com","name":null}', '{"type":"magic-link","email":"ada"}']) {
      await send(s, { callbackURL: "/in" }, { record: false });
      await s.sql("update {verification} set {verification.value} = $1", [value]);
      const { token } = await s.mail(await s.count());
      await s.get(`/magic-link/verify?token=${token}&callbackURL=/in`, { as: "/magic-link/verify", label: value });
      await s.sql("delete from {verification}");
    }
  },
  async "a browser that was told to forget stays told"(s) {
    const { jar } = await s.user();
    await s.sql("update {user} set {user.emailVerified} = true");
    await s.post("/sign-in/email", { email, password: "correct horse battery", rememberMe: false }, { jar });
    await send(s, { callbackURL: "/in" });
    await follow(s, 1, { jar });
    await s.get("/get-session", { jar });
  },
  async "who may ask"(s) {
    for (const headers of [{ origin: EVIL }, { origin: null }, { origin: EVIL, cookie: "a=b" }, { origin: null, cookie: "a=b" }, { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }, { origin: null, "sec-fetch-site": "same-origin" }])
      await send(s, { email: "not an address" }, { headers, label: JSON.stringify(headers) });
    for (const headers of [{ origin: EVIL }, { origin: null }, { origin: EVIL, cookie: "a=b" }]) await send(s, {}, { headers, label: JSON.stringify(headers) });
    for (const type of ["text/plain", "application/x-www-form-urlencoded"]) await s.request("POST", "/sign-in/magic-link", { body: `email=${email}`, headers: { "content-type": type }, label: type });
  },
};
