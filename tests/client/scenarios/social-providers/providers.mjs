// Every provider that better-auth knows by name, but for the twelve of `social`: one flow, what it asks for, and what refuses it.
const PROVIDERS = ["atlassian", "cloudflare", "cognito", "dropbox", "figma", "huggingface", "kakao", "kick", "line", "linear", "naver", "notion", "paybin", "paypal", "polar", "railway", "reddit", "roblox", "salesforce", "tiktok", "vercel", "vk", "wechat", "zoom"];
/** Odd properties of a person, if a provider can express them. */
const ODD = ["unverified", "no-email", "no-name", "plain", "no-picture", "no-id", "empty-id", "denied", "refuses~short", "no-refresh"];
/** Cases that better-auth answers with an exception; docs/DIFFERENCES.md lists them. */
const EXCEPTIONS = ["kick refuses~short", "reddit empty-id", "roblox empty-id", "tiktok empty-id"];
/** All that a client may say; gatepost sorts its parameters. */
const CLIENT = { scopes: ["one", "two three", "one"], loginHint: "ada@example.com", additionalParams: { appid: "x", audience: "other", client_key: "x", extra: "a b", owner: "other", prompt: "consent" } };

const account = async (server) => (await server.sql("select id from account"))[0]?.id;

async function uses(server, jar, provider) {
  const accountId = await account(server);
  await server.post("/get-access-token", { accountId }, { jar });
  // docs/DIFFERENCES.md lists the other members of a user of VK on Node.
  if (provider !== "vk") await server.get(`/account-info?accountId=${accountId}`, { as: "/account-info", jar });
  await server.post("/refresh-token", { accountId }, { jar });
}

const scenario = (provider) => async (server) => {
  await server.post("/sign-in/social", { provider, callbackURL: "/dash" }, { jar: server.jar() });
  await server.post("/sign-in/social", { provider, callbackURL: "/dash", ...CLIENT }, { jar: server.jar() });
  const code = `ada~${provider}`;
  const { jar } = await server.come(provider, code, { callbackURL: "/dash", newUserCallbackURL: "/new" });
  await server.get("/get-session", { jar });
  await uses(server, jar, provider);
  await server.come(provider, code, { callbackURL: "/dash", newUserCallbackURL: "/new" });
  await server.requested(code);
};

const odd = (provider) => async (server) => {
  for (const one of ODD) {
    if (EXCEPTIONS.includes(`${provider} ${one}`)) continue;
    const { jar } = await server.come(provider, `eve~${one}`, { callbackURL: "/dash", errorCallbackURL: "/no" });
    await server.get("/get-session", { jar });
    if (await account(server)) await uses(server, jar, provider);
    await server.rows();
    await server.sql("delete from session; delete from account; delete from {user}");
  }
};

export default {
  ...Object.fromEntries(PROVIDERS.map((provider) => [provider, scenario(provider)])),
  ...Object.fromEntries(PROVIDERS.map((provider) => [`${provider} with what is odd`, odd(provider)])),
  "a device that only VK is told of": async (server) => {
    for (const provider of ["vk", "kick"]) {
      const [jar, code] = [server.jar(), `mia~${provider}`];
      const state = await server.start(provider, { callbackURL: "/dash" }, { jar });
      await server.back(provider, { code, state, device_id: "device" }, { jar });
      await server.requested(code);
    }
  },
  "user info instead of an ID token": async (server) => {
    const { jar } = await server.come("line", "ada~info", { callbackURL: "/dash" });
    await uses(server, jar);
    await server.requested("ada~info");
  },
  "an ID token of PayPal": async (server) => {
    await server.come("paypal", "ada~oidc", { callbackURL: "/dash" });
    await server.come("paypal", "ada~oidc~another-user", { callbackURL: "/dash" });
  },
  "a union of WeChat's apps": async (server) => {
    await server.come("wechat", "ada~union", { callbackURL: "/dash" });
    await server.come("wechat", "ada~closed", { callbackURL: "/dash" });
  },
  "linking": async (server) => {
    const { jar } = await server.user("ada@example.com");
    for (const provider of ["huggingface", "figma", "roblox"]) await server.come(provider, "ada", { callbackURL: "/linked", errorCallbackURL: "/no" }, { jar, path: "/link-social" });
  },
  "ID tokens": async (server) => {
    const now = Math.floor(Date.now() / 1000);
    const token = async (claims, how) => (await server.provider("/mint", { claims: { iat: now, exp: now + 3_600, email: "ada@example.com", email_verified: true, name: "Ada", ...claims }, ...how })).token;
    const sign = async (provider, claims, more = {}) => {
      const { jar = server.jar(), how, ...idToken } = more;
      await server.post("/sign-in/social", { provider, idToken: { token: await token(claims, how), ...idToken } }, { jar });
    };
    const line = { iss: "https://access.line.me", aud: "line-client", sub: "l" };
    await sign("line", line);
    await sign("line", { ...line, aud: "other" });
    await sign("line", { ...line, nonce: "n" }, { nonce: "n" });
    await sign("line", { ...line, nonce: "n" }, { nonce: "m" });
    const cognito = { iss: "https://cognito-idp.eu-1.amazonaws.com/eu-1_Pool", aud: "cognito-client", sub: "c", email: "c@example.com" };
    await sign("cognito", cognito);
    await sign("cognito", { ...cognito, aud: "other" });
    await sign("cognito", { ...cognito, iss: "https://cognito-idp.eu-1.amazonaws.com/eu-1_Other" });
    await sign("cognito", { ...cognito, iat: now - 7_200 });
    await sign("cognito", cognito, { how: { foreign: true } });
    await sign("paybin", { iss: "https://idp.paybin.io", aud: "paybin-client", sub: "p" });
  },
};
