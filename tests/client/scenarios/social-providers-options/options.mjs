// Decisions of a deployment about providers.
const PROVIDERS = ["atlassian", "cloudflare", "cognito", "dropbox", "huggingface", "paypal", "polar", "reddit", "roblox", "salesforce", "tiktok", "vercel", "wechat", "zoom"];

export default Object.fromEntries(PROVIDERS.map((provider) => [provider, async (server) => {
  await server.post("/sign-in/social", { provider, scopes: ["more"], additionalParams: { duration: "temporary", identity_provider: "Apple", lang: "xx", token_access_type: "online" } });
  const code = `ada~${provider}-o`;
  const { jar } = await server.come(provider, code, { callbackURL: "/dash" });
  const [account] = await server.sql("select id from account");
  if (account) await server.post("/refresh-token", { accountId: account.id }, { jar });
  await server.requested(code);
}]));
