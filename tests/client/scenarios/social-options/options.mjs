// Decisions of a deployment.
const PROVIDERS = ["github", "google", "discord", "facebook", "gitlab", "microsoft", "linkedin", "apple", "spotify"];
const now = () => Math.floor(Date.now() / 1000);

/** Linking a provider to an unconfirmed address ends sessions and accounts from before, here (docs/DIFFERENCES.md). */
const confirm = (server) => server.sql('update {user} set {user.emailVerified} = true');

export default {
  "the provider's pages": async (server) => {
    for (const provider of PROVIDERS) await server.post("/sign-in/social", { provider, scopes: ["more"] });
  },
  "who may be new": async (server) => {
    await server.come("github", "ada", { callbackURL: "/dash" });
    await server.come("github", "ada", { callbackURL: "/dash", requestSignUp: true });
    await server.come("github", "ada", { callbackURL: "/dash" });
    await server.come("gitlab", "eve", { callbackURL: "/dash", requestSignUp: true });
    await server.come("linkedin", "mia~unverified", { callbackURL: "/dash" });
    await server.come("linkedin", "mia~unverified", { callbackURL: "/dash" });
    await server.come("google", "zoe", { callbackURL: "/dash" });
  },
  "who is linked": async (server) => {
    await server.user("ada@example.com", { name: "Own" });
    await confirm(server);
    await server.come("spotify", "ada", { callbackURL: "/dash" });
    await server.come("discord", "ada", { callbackURL: "/dash" });
  },
  "what a sign-in takes over": async (server) => {
    await server.come("discord", "ada", { callbackURL: "/dash" });
    await server.sql(`update "user" set name = 'Own', image = null`);
    await server.come("discord", "ada~new@example.com", { callbackURL: "/dash" });
    await server.come("discord", "ada~new@example.com~unverified~no-name", { callbackURL: "/dash" });
  },
  "a picture that is gone": async (server) => {
    const { jar } = await server.user("ada@example.com");
    await confirm(server);
    const own = (rows = "true") => server.sql(`update "user" set name = 'Own', image = 'https://example.com/own.png' where ${rows}`);
    await own();
    await server.come("gitlab", "ada~plain", { callbackURL: "/dash" });
    await server.get("/get-session", { jar });
    await own();
    await server.come("linkedin", "ada~plain~no-name", { callbackURL: "/linked" }, { jar, path: "/link-social" });
    await server.get("/get-session", { jar });
    await own();
    await server.come("spotify", "ada~no-name", { callbackURL: "/dash" });
    await server.get("/get-session", { jar });
    await server.come("github", "eve", { callbackURL: "/dash", requestSignUp: true });
    const eve = await server.come("github", "eve~plain", { callbackURL: "/dash" });
    await server.get("/get-session", { jar: eve.jar });
  },
  "linking with another address": async (server) => {
    const { jar } = await server.user("ada@example.com");
    await server.come("discord", "eve", { callbackURL: "/linked", errorCallbackURL: "https://app.example.com/err#x" }, { jar, path: "/link-social" });
    await server.come("github", "eve~denied", { callbackURL: "/linked" }, { jar, path: "/link-social" });
  },
  "encrypted tokens and the account in a cookie": async (server) => {
    const { jar } = await server.come("discord", "ada~short~rotates", { callbackURL: "/dash" });
    const [{ id: accountId }] = await server.sql("select id from account");
    for (const body of [{ accountId }, { useAccountCookie: true }]) {
      await server.post("/get-access-token", body, { jar });
      await server.post("/refresh-token", body, { jar });
    }
    // Tokens that were stored before encryption was switched on are still read.
    await server.sql(`update account set "accessToken" = 'access-ada', "accessTokenExpiresAt" = null`);
    await server.post("/get-access-token", { accountId }, { jar });
    await server.sql(`update account set "accessToken" = 'abcdef'`);
    await server.post("/get-access-token", { accountId }, { jar });
    await server.get("/get-session", { jar });
    await server.post("/sign-out", {}, { jar });
  },
  "another user's account in the cookie": async (server) => {
    const ada = await server.come("discord", "ada", { callbackURL: "/dash" }, { record: false });
    const eve = await server.user("eve@example.com");
    for (const { name, value } of ada.jar.list()) if (name.includes("account_data")) eve.jar.set(name, value);
    await server.post("/get-access-token", { useAccountCookie: true }, { jar: eve.jar });
    eve.jar.set(server.cookie("account_data", "").slice(0, -1), "nonsense");
    await server.post("/get-access-token", { useAccountCookie: true }, { jar: eve.jar });
  },
  "ID tokens": async (server) => {
    const token = async (claims) => (await server.provider("/mint", { claims: { iat: now(), exp: now() + 3_600, email: "ada@example.com", email_verified: true, ...claims } })).token;
    const sign = async (provider, claims) => server.post("/sign-in/social", { provider, idToken: { token: await token(claims) }, requestSignUp: true });
    await sign("facebook", { iss: "https://www.facebook.com", aud: "facebook-client", sub: "f" });
    await sign("apple", { iss: "https://appleid.apple.com", aud: "apple-client", sub: "a" });
    await sign("apple", { iss: "https://appleid.apple.com", aud: "com.example.app", sub: "a" });
    const google = { iss: "https://accounts.google.com", aud: "google-client", sub: "g", email: "g@example.com" };
    await sign("google", google);
    await sign("google", { ...google, hd: "evil.example" });
    await sign("google", { ...google, hd: "example.com" });
    const consumer = "9188040d-6c67-4c5b-b112-36a304b66dad";
    await sign("microsoft", { iss: `https://login.microsoftonline.com/${consumer}/v2.0`, tid: consumer, aud: "microsoft-client", sub: "m", oid: "m", email: "m@example.com" });
  },
  "errors without a page of the flow's own": async (server) => {
    await server.back("github", { code: "x" });
    const jar = server.jar();
    const state = await server.start("github", { callbackURL: "/dash" }, { jar });
    await server.back("github", { error: "no", error_description: "a b", state }, { jar });
  },
  "the last account": async (server) => {
    const { jar } = await server.user();
    await server.post("/unlink-account", { accountId: (await server.sql("select id from account"))[0].id }, { jar });
  },
};
