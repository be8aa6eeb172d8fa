// An ID token that a client got by itself.
const now = () => Math.floor(Date.now() / 1000);
const GOOGLE = { iss: "https://accounts.google.com", aud: "google-client", sub: "g-1", email: "ada@example.com", email_verified: true, name: "Ada", picture: "https://example.com/ada.png" };
const token = async (server, claims, how = {}) => (await server.provider("/mint", { claims: { iat: now(), exp: now() + 3_600, ...claims }, ...how })).token;
const sign = (server, provider, idToken, more = {}, options = {}) => server.post("/sign-in/social", { provider, idToken, ...more }, options);

export default {
  "Google": async (server) => {
    const jar = server.jar();
    await sign(server, "google", { token: await token(server, GOOGLE), accessToken: "a", refreshToken: "r", expiresAt: 1 }, { callbackURL: "/x" }, { jar });
    await server.get("/get-session", { jar });
    await sign(server, "google", { token: await token(server, { ...GOOGLE, iss: "accounts.google.com", name: "Eve" }) });
  },
  "a browser that was asked to forget": async (server) => {
    const jar = server.jar();
    jar.set(server.cookie("dont_remember", "").slice(0, -1), encodeURIComponent(server.signed("true")));
    await sign(server, "google", { token: await token(server, GOOGLE) }, {}, { jar });
  },
  "what is not believed": async (server) => {
    for (const claims of [
      { iss: "https://evil.example" }, { aud: "another" }, { aud: ["another", "more"] }, { exp: now() - 60 }, { iat: now() - 7_200 }, { iat: now() + 600 }, { iat: undefined }, { exp: undefined },
      { sub: undefined }, { aud: undefined }, { nbf: now() + 600 },
    ]) await sign(server, "google", { token: await token(server, { ...GOOGLE, ...claims }) });
    for (const how of [{ foreign: true }, { alg: "none" }, { alg: "HS256" }, { kid: "unknown" }]) await sign(server, "google", { token: await token(server, GOOGLE, how) });
    for (const text of ["", "x", "a.b.c", "a.b"]) await sign(server, "google", { token: text });
    await sign(server, "google", { token: await token(server, { ...GOOGLE, nonce: "n" }), nonce: "another" });
    await sign(server, "google", { token: await token(server, GOOGLE), nonce: "n" });
  },
  "what is believed at its edges": async (server) => {
    for (const claims of [{ aud: ["another", "google-client"] }, { exp: now() - 20 }, { nonce: "n" }, { iat: now() + 20 }]) await sign(server, "google", { token: await token(server, { ...GOOGLE, ...claims }), ...(claims.nonce && { nonce: "n" }) });
    await sign(server, "google", { token: await token(server, { ...GOOGLE, nonce: "unasked" }) });
  },
  "without an address": async (server) => { await sign(server, "google", { token: await token(server, { ...GOOGLE, email: undefined }) }); },
  "an address that has a user": async (server) => {
    await server.user("ada@example.com");
    await sign(server, "google", { token: await token(server, GOOGLE) });
  },
  "Apple, whose nonce may be hashed": async (server) => {
    const claims = { iss: "https://appleid.apple.com", aud: "apple-client", sub: "a-1", email: "ada@example.com", email_verified: "true", nonce: "1b4f0e9851971998e732078544c96b36c3d01cedf7caa332359d6f1d83567014" };
    await sign(server, "apple", { token: await token(server, claims), nonce: "test1", user: { name: { firstName: "Ada", lastName: "L" }, email: "x@example.com" } });
    await sign(server, "apple", { token: await token(server, claims), nonce: "test2" });
    await sign(server, "apple", { token: await token(server, { ...claims, sub: "a-2", email: "eve@example.com", name: "Eve" }) });
  },
  "Microsoft, whose issuer is the tenant's": async (server) => {
    const tid = "11111111-2222-3333-4444-555555555555";
    const claims = { iss: `https://login.microsoftonline.com/${tid}/v2.0`, aud: "microsoft-client", tid, sub: "s", oid: "o-1", email: "ada@example.com", email_verified: true, name: "Ada" };
    await sign(server, "microsoft", { token: await token(server, claims) });
    await sign(server, "microsoft", { token: await token(server, { ...claims, iss: "https://login.microsoftonline.com/other/v2.0" }) });
    await sign(server, "microsoft", { token: await token(server, { ...claims, tid: undefined }) });
    await sign(server, "microsoft", { token: await token(server, { ...claims, oid: undefined }) });
  },
  "Facebook, whose other tokens are inspected": async (server) => {
    const claims = { iss: "https://www.facebook.com", aud: "facebook-client", sub: "f-1", email: "ada@example.com", name: "Ada" };
    await sign(server, "facebook", { token: await token(server, claims) });
    await sign(server, "facebook", { token: "opaque", accessToken: "access-fb" });
    await sign(server, "facebook", { token: "opaque", accessToken: "access-fb~another-app" });
    await sign(server, "facebook", { token: "opaque" });
  },
  "providers without": async (server) => {
    for (const provider of ["github", "twitch", "slack"]) await sign(server, provider, { token: await token(server, GOOGLE) });
  },
  "linked": async (server) => {
    const link = async (jar, claims, more = {}) => server.post("/link-social", { provider: "google", idToken: { token: await token(server, claims), accessToken: "a", refreshToken: "r", ...more } }, { jar });
    const { jar } = await server.user("ada@example.com");
    await link(jar, { ...GOOGLE, email_verified: false });
    await link(jar, { ...GOOGLE, email: "other@example.com" });
    await link(jar, { ...GOOGLE, aud: "another" });
    await link(jar, { ...GOOGLE, email: undefined });
    await link(jar, GOOGLE);
    await link(jar, GOOGLE, { accessToken: "b", refreshToken: undefined });
    const eve = await server.user("eve@example.com");
    await link(eve.jar, { ...GOOGLE, email: "eve@example.com" });
    await server.post("/link-social", { provider: "github", idToken: { token: "x" } }, { jar });
    await server.post("/link-social", { provider: "google", idToken: { token: "x" } }, { jar });
  },
};
