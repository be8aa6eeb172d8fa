// The tokens that a provider granted.
const of = async (server, provider) => (await server.sql('select id from account where "providerId" = $1', [provider]))[0].id;

export default {
  "an access token that works": async (server) => {
    for (const provider of ["github", "google"]) {
      const { jar } = await server.come(provider, `${provider}t`, { callbackURL: "/dash" }, { record: false });
      const accountId = await of(server, provider);
      await server.post("/get-access-token", { accountId }, { jar });
      await server.get(`/account-info?accountId=${accountId}`, { as: "/account-info", jar });
    }
  },
  "whoever has no picture": async (server) => {
    for (const [provider, odd] of [["gitlab", "plain"], ["github", "plain"], ["linkedin", "plain"], ["linkedin", "no-picture"], ["spotify", "plain"]]) {
      const { jar } = await server.come(provider, `${provider}p~${odd}`, { callbackURL: "/dash" }, { record: false });
      await server.get(`/account-info?accountId=${await of(server, provider)}`, { as: "/account-info", jar });
      await server.sql("delete from account");
    }
  },
  "one that is over": async (server) => {
    for (const [provider, odd] of [["google", "short"], ["github", "short~rotates"], ["gitlab", "short~no-refresh"], ["discord", "short~refuses"], ["microsoft", "short"], ["twitter", "short"]]) {
      const { jar } = await server.come(provider, `${provider}t~${odd}`, { callbackURL: "/dash" }, { record: false });
      const accountId = await of(server, provider);
      await server.post("/get-access-token", { accountId }, { jar });
      await server.post("/get-access-token", { accountId }, { jar });
    }
  },
  "a new one in any case": async (server) => {
    for (const [provider, odd] of [["google", "x"], ["github", "rotates"], ["gitlab", "no-refresh"], ["discord", "refuses"], ["microsoft", "x"]]) {
      const { jar } = await server.come(provider, `${provider}r~${odd}`, { callbackURL: "/dash" }, { record: false });
      await server.post("/refresh-token", { accountId: await of(server, provider) }, { jar });
    }
  },
  "an account without tokens": async (server) => {
    const { jar } = await server.user();
    const accountId = await of(server, "credential");
    for (const path of ["/get-access-token", "/refresh-token"]) await server.post(path, { accountId }, { jar });
    await server.get(`/account-info?accountId=${accountId}`, { as: "/account-info", jar });
    await server.come("github", "ada", { callbackURL: "/l" }, { jar, path: "/link-social", record: false });
    await server.sql(`update account set "accessToken" = null, "refreshToken" = null where "providerId" = 'github'`);
    const github = await of(server, "github");
    for (const path of ["/get-access-token", "/refresh-token"]) await server.post(path, { accountId: github }, { jar });
    await server.get(`/account-info?accountId=${github}`, { as: "/account-info", jar });
  },
  "somebody else's account, and nobody's": async (server) => {
    await server.come("github", "ada", { callbackURL: "/dash" }, { record: false });
    const accountId = await of(server, "github");
    const eve = await server.user("eve@example.com");
    for (const jar of [eve.jar, undefined]) {
      for (const path of ["/get-access-token", "/refresh-token"]) await server.post(path, { accountId }, { jar });
      await server.get(`/account-info?accountId=${accountId}`, { as: "/account-info", jar });
    }
    await server.post("/get-access-token", { accountId: "x", userId: "y" });
  },
  "a provider that does not answer": async (server) => {
    const { jar } = await server.come("github", "ada", { callbackURL: "/dash" }, { record: false });
    await server.sql(`update account set "accessToken" = 'access-x~mute'`);
    await server.get(`/account-info?accountId=${await of(server, "github")}`, { as: "/account-info", jar });
  },
  "what selects nothing": async (server) => {
    const { jar } = await server.user();
    for (const body of [{}, { providerId: "github" }, { accountId: 1 }, { useAccountCookie: false }, { useAccountCookie: "true" }, { accountId: "x", useAccountCookie: true }, { accountId: "x", a: 1 }, { accountId: "x", a: 1, b: 2 }, { accountId: "x", userId: 1 }, [], { useAccountCookie: true }])
      for (const path of ["/get-access-token", "/refresh-token"]) await server.post(path, body, { jar });
    for (const query of ["", "?useAccountCookie=true", "?accountId=x&providerId=y", "?accountId=x&accountId=y", "?accountId=x"]) await server.get(`/account-info${query}`, { jar });
  },
};
