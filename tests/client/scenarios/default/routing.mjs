// GET /ok, GET /error and everything that is not there.
export default {
  async "ok"(s) {
    await s.get("/ok");
    await s.get("/ok?");
    await s.get("/ok?x=1&x=2");
    await s.get("/ok", { headers: { "content-type": "text/plain" }, label: "content type, no body" });
    await s.get("/ok", { headers: { origin: "https://evil.example", cookie: "a=b" }, label: "foreign origin" });
  },
  async "methods"(s) {
    for (const path of ["/ok", "/error", "/get-session", "/sign-in/email", "/sign-up/email", "/sign-out", "/nope"])
      for (const method of ["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"])
        await s.request(method, path, { headers: { origin: null } });
  },
  async "a wrong method is judged before body and origin"(s) {
    await s.request("PUT", "/sign-in/email", { body: "{", headers: { "content-type": "text/plain", origin: "https://evil.example", cookie: "a=b" } });
    await s.request("POST", "/nope", { body: "{", headers: { "content-type": "text/plain", origin: "https://evil.example", cookie: "a=b" } });
  },
  async "paths that are not there"(s) {
    for (const path of ["", "/", "//", "/ok/", "/ok//", "//ok", "/OK", "/Ok", "/ok/x", "/ok;x", "/%6fk", "/ok%2f", "/ok%20", "/%2fok", "/sign-in", "/sign-in/", "/sign-in/email/", "/sign-in//email", "/sign-up", "/get-session/", "/nope", "/*", "/:x", "/__proto__", "/constructor"])
      await s.get(path);
    await s.post("/sign-out/", {});
    await s.post("/sign-in/email/", {});
    await s.post("//sign-out", {});
  },
  async "outside the base path"(s) {
    for (const whole of ["/", "/api", "/api/", "/api/auth", "/api/auth?x", "/api/authx", "/api/authx/ok", "/API/auth/ok", "/api/Auth/ok", "/api//auth/ok", "//api/auth/ok", "/ok", "/get-session", "/api/auth/api/auth/ok", "/x/api/auth/ok", "/favicon.ico"])
      await s.get("", { whole });
    await s.post("", {}, { whole: "/sign-out" });
  },
  async "dot segments are resolved first"(s) {
    for (const whole of ["/api/auth/./ok", "/api/auth/x/../ok", "/api/auth/../auth/ok", "/api/auth/%2e/ok", "/api/auth/x/%2E%2e/ok", "/api/auth/..", "/api/auth/../ok", "/../api/auth/ok"])
      await s.get("", { whole });
  },
  async "error"(s) {
    const queries = ["", "?", "?error=foo", "?error=", "?error", "?error=foo&error_description=bar%20baz", "?error=foo&error_description=bar+baz", "?error=foo&error_description=", "?error_description=only", "?error=a&error=b", "?error=a&error_description=x&error_description=y",
      "?error=it's", "?error=a_B-9", "?error=a+b", "?error=a%20b", "?error=%3Cscript%3E", "?error=a/b", "?error=a.b", "?error=%C3%A9", "?error=%ff", "?error=%", "?error=%zz", "?error=a%00", "?error=a%0A", "?error=foo%0a",
      "?error=a&error_description=%3Cx%3E%26%C3%A9%E2%82%AC", "?error=a&error_description=it's~*!()-._", "?error=a&error_description=%0d%0aset-cookie:x", "?error=a&error_description=%ff", "?error=a&error_description=a/b:c@d%23e%3Df", "?error=a#frag".replace("#", "%23"), "?error=foo&state=1", "?ERROR=foo", "?error[]=foo", `?error=${"a".repeat(500)}`];
    for (const query of queries) await s.get(`/error${query}`);
    await s.get("/error?error=foo", { headers: { cookie: "a=b", origin: "https://evil.example", accept: "text/html" }, label: "with headers" });
  },
};
