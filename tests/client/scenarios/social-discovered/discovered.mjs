// Providers that describe themselves: with all of it, without the algorithms of their ID tokens, without ID tokens.
const PROVIDERS = ["acme", "terse", "bare"];
const now = () => Math.floor(Date.now() / 1000);
const claims = (name) => ({ iss: `https://${name}.example.com`, aud: `${name}-client`, sub: "s-1", email: "ada@example.com", email_verified: true, name: "Ada", picture: "https://example.com/ada.png", iat: now(), exp: now() + 3_600 });
const token = async (server, said, how = {}) => (await server.provider("/mint", { claims: said, ...how })).token;
const info = async (server, jar) => {
  const [{ id }] = await server.sql('select id from account order by "createdAt" desc limit 1');
  await server.get(`/account-info?accountId=${id}`, { as: "/account-info", jar });
};

export default {
  "whoever is new, and what the provider says": async (server) => {
    for (const provider of PROVIDERS)
      for (const odd of ["x", "told-later", "plain", "no-picture~no-name", "told-later~plain", "told-later~no-picture~no-name", "unverified", "no-email", "denied"]) {
        const { jar } = await server.come(provider, `${provider}${odd.replaceAll("~", "")}~${odd}`, { callbackURL: "/dash", errorCallbackURL: "/err" });
        if (!["no-email", "denied"].includes(odd)) await info(server, jar);
      }
  },
  "a picture that is not there any more": async (server) => {
    for (const provider of PROVIDERS) {
      await server.come(provider, provider, { callbackURL: "/dash" }, { record: false });
      const { jar } = await server.come(provider, `${provider}~plain`, { callbackURL: "/dash" });
      await server.get("/get-session", { jar });
    }
    const { jar } = await server.user("own@example.com");
    await server.sql(`update "user" set "emailVerified" = true, image = 'https://example.com/own.png' where email = 'own@example.com'`);
    await server.come("terse", "own~plain", { callbackURL: "/dash" });
    await server.get("/get-session", { jar });
  },
  "an ID token that a client has": async (server) => {
    const sign = async (provider, more, how) => server.post("/sign-in/social", { provider, idToken: { token: await token(server, { ...claims(provider), ...more }, how), accessToken: "access-ada" } });
    for (const provider of PROVIDERS) {
      await sign(provider, { email: undefined });
      await sign(provider, { email: "" });
      for (const alg of ["none", "HS256"]) await sign(provider, {}, { alg });
      await sign(provider, {}, { foreign: true });
      await sign(provider, { aud: "another" });
      await sign(provider, { sub: `${provider}-1`, email: `${provider}@example.com` });
      await sign(provider, { sub: `${provider}-1`, email: `${provider}@example.com` });
    }
  },
  "an ID token that is linked": async (server) => {
    const { jar } = await server.user("ada@example.com");
    const link = async (more) => server.post("/link-social", { provider: "acme", idToken: { token: await token(server, { ...claims("acme"), ...more }), accessToken: "access-ada" } }, { jar });
    await link({ email: undefined });
    await link({});
    await info(server, jar);
  },
};
