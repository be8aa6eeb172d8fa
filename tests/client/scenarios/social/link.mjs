// A signed-in user adds an account, and removes one.
const link = (server, user, provider, code, json = {}) => server.come(provider, code, { callbackURL: "/linked", errorCallbackURL: "/err", ...json }, { jar: user.jar, path: "/link-social" });

export default {
  "a flow": async (server) => {
    const ada = await server.user();
    await link(server, ada, "github", "ada");
    await link(server, ada, "google", "ada~unverified");
    await link(server, ada, "google", "eve");
    await link(server, ada, "google", "Ada~ADA@example.com");
    await server.get("/list-accounts", { jar: ada.jar });
  },
  "once more, with new tokens and more scopes": async (server) => {
    const ada = await server.user();
    await link(server, ada, "google", "ada", { scopes: ["https://www.googleapis.com/auth/drive"] });
    await server.sql(`update account set scope = 'drive, openid' where "providerId" = 'google'`);
    await link(server, ada, "google", "ada~no-refresh");
  },
  "an account that is another user's": async (server) => {
    await server.come("github", "ada", { callbackURL: "/dash" });
    const eve = await server.user("eve@example.com");
    await link(server, eve, "github", "ada~ada@example.com~public");
    await server.sql(`update "user" set email = 'x@example.com' where email = 'ada@example.com'`);
    await server.sql(`update "user" set email = 'ada@example.com' where email = 'eve@example.com'`);
    const jar = server.jar();
    await server.post("/sign-in/email", { email: "ada@example.com", password: "correct horse battery" }, { jar });
    await link(server, { jar }, "github", "ada");
  },
  "a session that ended meanwhile": async (server) => {
    const ada = await server.user();
    const state = await server.start("github", { callbackURL: "/linked", errorCallbackURL: "/err" }, { jar: ada.jar, path: "/link-social" });
    await server.sql("delete from session");
    await server.back("github", { code: "ada", state }, { jar: ada.jar });
  },
  "nobody is signed in": async (server) => {
    await server.post("/link-social", { provider: "github" });
    await server.post("/link-social", {});
    const ada = await server.user();
    await server.post("/link-social", { provider: "nobody" }, { jar: ada.jar });
    await server.post("/link-social", { provider: "github", scopes: 1, additionalParams: { state: "x" } }, { jar: ada.jar });
  },
  "what is removed": async (server) => {
    const ada = await server.user();
    const id = async (provider) => (await server.sql('select id from account where "providerId" = $1', [provider]))[0]?.id;
    await server.post("/unlink-account", { accountId: await id("credential") }, { jar: ada.jar });
    await link(server, ada, "github", "ada");
    await server.post("/unlink-account", { accountId: "unknown" }, { jar: ada.jar });
    await server.post("/unlink-account", { providerId: "github" }, { jar: ada.jar });
    await server.post("/unlink-account", { accountId: await id("github") }, { jar: ada.jar });
    await server.post("/unlink-account", { accountId: await id("credential") }, { jar: ada.jar });
    await server.sql(`update session set "createdAt" = now() - interval '2 days'`);
    await server.post("/unlink-account", { accountId: await id("credential") }, { jar: ada.jar });
  },
};
