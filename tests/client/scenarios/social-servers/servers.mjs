// Providers at servers of your own, ID tokens for several audiences, and a description that asks for a header.
const now = () => Math.floor(Date.now() / 1000);
const ways = Object.fromEntries(["gitlab", "microsoft", "paybin", "salesforce"].map((provider) => [provider, async (server) => {
  await server.post("/sign-in/social", { provider });
  for (const odd of ["ada", "ada~photo", "eve~plain"]) {
    const { jar } = await server.come(provider, `${odd}~${provider}-s`, { callbackURL: "/dash" });
    await server.get("/get-session", { jar });
    await server.requested(`${odd}~${provider}-s`);
  }
}]));

export default {
  ...ways,
  "ID tokens for several audiences": async (server) => {
    const claims = { iss: "https://appleid.apple.com", sub: "a-1", email: "ada@example.com", email_verified: "true", iat: now(), exp: now() + 3_600 };
    for (const aud of ["apple-client", "com.example.one", "com.example.two", ["com.example.two", "another"], "com.example.three"]) {
      const { token } = await server.provider("/mint", { claims: { ...claims, aud } });
      await server.post("/sign-in/social", { provider: "apple", idToken: { token } }, { label: String(aud) });
    }
  },
  "a description that asks for a header": async (server) => {
    await server.come("acme", "ada~acme-s", { callbackURL: "/dash" });
  },
  "who may be new at a described provider": async (server) => {
    for (const requestSignUp of [undefined, true, undefined]) await server.come("bare", "ada~bare-s", { callbackURL: "/dash", requestSignUp });
    await server.requested("ada~bare-s");
    for (let times = 0; times < 2; times++) await server.come("terse", "eve~unverified", { callbackURL: "/dash" });
    await server.come("terse", "mia", { callbackURL: "/dash" });
    await server.come("closed", "zoe", { callbackURL: "/dash", requestSignUp: true });
  },
};
