// A flow whose state is in no database.
export default {
  "a whole flow": async (server) => {
    const { jar } = await server.come("github", "ada", { callbackURL: "/dash", newUserCallbackURL: "/new" });
    await server.get("/get-session", { jar });
    await server.post("/sign-out", {}, { jar });
  },
  "a browser that was asked to forget": async (server) => {
    const jar = server.jar();
    jar.set(server.cookie("dont_remember", "").slice(0, -1), encodeURIComponent(server.signed("true")));
    await server.come("github", "ada", { callbackURL: "/dash" }, { jar });
    await server.get("/get-session", { jar });
  },
  "another state, another browser, nonsense": async (server) => {
    const jar = server.jar();
    const state = await server.start("github", { callbackURL: "/dash", errorCallbackURL: "/err" }, { jar });
    await server.back("github", { code: "ada", state });
    await server.back("github", { code: "ada", state: "another" }, { jar });
    await server.back("github", { code: "ada", state }, { headers: { cookie: server.cookie("oauth_state", "nonsense") } });
    await server.back("github", { code: "ada", state }, { headers: { cookie: server.cookie("oauth_state", "ab".repeat(60)) } });
    await server.back("github", { error: "access_denied", state }, { jar });
  },
  "nothing is linked": async (server) => {
    const { jar } = await server.user("ada@example.com");
    await server.sql('update "user" set "emailVerified" = true');
    await server.come("github", "ada", { callbackURL: "/dash", errorCallbackURL: "/err" });
    await server.come("github", "ada", { callbackURL: "/dash", errorCallbackURL: "/err" }, { jar, path: "/link-social" });
  },
  "any hosted domain is one": async (server) => { await server.come("google", "ada", { callbackURL: "/dash" }); },
};
