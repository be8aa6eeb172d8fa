// Providers of which the configuration says where their endpoints are, what requests have besides, and how the client proves
// who it is.
const PROVIDERS = ["plain", "public", "basic", "post", "acme", "microsoft", "spotify", "twitch"];

export default {
  "where people are sent": async (server) => {
    for (const provider of PROVIDERS) {
      await server.post("/sign-in/social", { provider, callbackURL: "/dash" }, { jar: server.jar() });
      await server.post("/sign-in/social", { provider, callbackURL: "/dash", scopes: ["two"], additionalParams: { audience: "mine", extra: "x" } }, { jar: server.jar() });
    }
  },
  "what is asked for a code": async (server) => {
    for (const provider of PROVIDERS) {
      await server.come(provider, `${provider}fan`, { callbackURL: "/dash" });
      await server.asked(`${provider}fan`);
    }
  },
  "user info of another address than the description's": async (server) => {
    await server.come("acme", "late~told-later", { callbackURL: "/dash" });
  },
  "when an access token ends whose answer does not say so": async (server) => {
    const said = (expires_in) => Buffer.from(JSON.stringify({ tokens: { expires_in } })).toString("base64url");
    for (const [index, seconds] of [null, 0, 600].entries()) await server.come("plain", `p${index}~set:${said(seconds)}`, { callbackURL: "/dash" });
  },
  "what is asked for a refresh token": async (server) => {
    for (const provider of PROVIDERS.filter((one) => one !== "acme")) {
      // Both servers refresh at once: each has a code of its own, by which the provider tells them apart.
      const code = `${provider}${server.isReference ? "one" : "two"}`;
      const { jar } = await server.come(provider, code, { callbackURL: "/dash" }, { record: false });
      const [{ id }] = await server.sql('select id from account order by "createdAt" desc limit 1');
      const { status } = await server.post("/refresh-token", { accountId: id }, { jar, record: false });
      const asked = await server.provider(`/asked?code=refresh-${code}`);
      server.note(`${status} ${provider}`, JSON.parse(JSON.stringify(asked).replaceAll(code, "code")));
      const [{ ends }] = await server.sql(`select round(extract(epoch from "accessTokenExpiresAt" - now()) / 60) as ends from account where id = $1`, [id]);
      server.note("minutes until it ends", ends);
    }
    await server.sql('delete from "user"');
  },
};
