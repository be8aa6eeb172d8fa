// The provider sends a user back.
import { PROVIDERS } from "./start.mjs";

export default {
  "everybody who is new": async (server) => {
    for (const provider of PROVIDERS) {
      const { jar } = await server.come(provider, `${provider}fan`, { callbackURL: "/dash", newUserCallbackURL: "/new" });
      await server.get("/get-session", { jar });
      await server.asked(`${provider}fan`);
    }
  },
  "everybody who comes again": async (server) => {
    for (const provider of PROVIDERS) {
      await server.come(provider, "again", { callbackURL: "/dash" }, { record: false });
      await server.come(provider, "again~no-refresh", { callbackURL: "/dash", newUserCallbackURL: "/new" });
    }
  },
  "whoever has no confirmed address": async (server) => {
    for (const provider of PROVIDERS) await server.come(provider, `${provider}u~unverified`, { callbackURL: "/dash" });
  },
  "whoever has no address": async (server) => {
    for (const provider of PROVIDERS) await server.come(provider, "nomail~no-email", { callbackURL: "/dash", errorCallbackURL: "/err?x=1#frag" });
  },
  "whoever has no name": async (server) => {
    for (const provider of PROVIDERS) await server.come(provider, `${provider}n~no-name`, { callbackURL: "/dash" });
  },
  "codes that are not taken": async (server) => {
    // Slack's refusal has a word of its own here (docs/DIFFERENCES.md).
    for (const provider of PROVIDERS.filter((one) => one !== "slack")) await server.come(provider, "x~denied", { callbackURL: "/dash", errorCallbackURL: "/err" });
    await server.come("google", "x~moved", { callbackURL: "/dash" });
  },
  "whoever the provider identifies by nothing": async (server) => {
    for (const odd of ["undefined-id", "empty-id", "no-id"]) for (const provider of ["google", "microsoft", "twitch", "linkedin"]) await server.come(provider, `x~${odd}`, { callbackURL: "/dash" });
    await server.come("github", "x~no-id", { callbackURL: "/dash" });
  },
  "a provider that does not say who it is": async (server) => {
    for (const provider of ["github", "discord", "gitlab", "linkedin", "twitter", "slack", "spotify", "facebook"]) await server.come(provider, "x~mute", { callbackURL: "/dash" });
  },
  "oddities of single providers": async (server) => {
    await server.come("github", "pub~public", { callbackURL: "/dash" });
    for (const odd of ["animated", "plain"]) await server.come("discord", `d${odd}~${odd}`, { callbackURL: "/dash" });
    for (const odd of ["blocked", "locked"]) await server.come("gitlab", `g${odd}~${odd}`, { callbackURL: "/dash" });
    for (const odd of ["another-app", "another-user", "revoked"]) await server.come("facebook", `f${odd}~${odd}`, { callbackURL: "/dash" });
    await server.come("microsoft", "mphoto~photo", { callbackURL: "/dash" });
    await server.come("spotify", "splain~plain", { callbackURL: "/dash" });
  },
  "a browser that was asked to forget": async (server) => {
    const jar = server.jar();
    jar.set(server.cookie("dont_remember", "").slice(0, -1), encodeURIComponent(server.signed("true")));
    for (const code of ["ada", "ada"]) await server.come("github", code, { callbackURL: "/dash" }, { jar });
    jar.set(server.cookie("dont_remember", "").slice(0, -1), encodeURIComponent(`true.${"A".repeat(43)}=`));
    await server.come("github", "ada", { callbackURL: "/dash" }, { jar });
  },
  "Apple's form, and the name that it says once": async (server) => {
    const jar = server.jar();
    const state = await server.start("apple", { callbackURL: "/dash" }, { jar });
    const form = { state, code: "apl", user: JSON.stringify({ name: { firstName: "Ada", lastName: "Lovelace" }, email: "apl@example.com" }), id_token: "x" };
    // A browser sends no Lax cookie with a form from elsewhere.
    const { headers } = await server.request("POST", "/callback/apple", { form, headers: { origin: "https://appleid.apple.com" } });
    await server.get("", { whole: headers.location.replace(server.url, ""), jar });
    await server.request("POST", "/callback/apple", { form, jar, headers: { origin: "https://appleid.apple.com" } });
    await server.request("POST", "/callback/apple?code=fromquery&user=%7B", { json: { code: "x", state: "y", device_id: "d", iss: "i", error: "e", error_description: "f", other: "g" } });
    await server.request("POST", "/callback/apple", { json: { code: 1 } });
    await server.request("POST", "/callback/apple", {});
  },
  "answers without a flow": async (server) => {
    await server.back("github", { code: "x" });
    await server.back("github", { state: "" });
    await server.back("github", { state: "unknown", code: "x" });
    await server.get("/callback/github?state=a&state=b");
    await server.get("/callback/github");
    await server.back("nobody", { code: "x", state: "y" });
  },
  "a state that was used": async (server) => {
    const { jar, state } = await server.come("github", "ada", { callbackURL: "/dash" });
    await server.back("github", { code: "ada", state }, { jar });
  },
  "a state of another browser": async (server) => {
    const jar = server.jar();
    const state = await server.start("github", { callbackURL: "/dash", errorCallbackURL: "/err?a=b" }, { jar });
    await server.back("github", { code: "ada", state });
    await server.back("github", { code: "ada", state }, { headers: { cookie: server.cookie("state", server.signed("another")) } });
    await server.back("github", { code: "ada", state }, { headers: { cookie: server.cookie("state", `${state}.${"A".repeat(43)}=`) } });
    // It is still good in its own.
    await server.back("github", { code: "ada", state }, { jar });
  },
  "a flow that took too long": async (server) => {
    const jar = server.jar();
    const state = await server.start("github", { callbackURL: "/dash", errorCallbackURL: "/err" }, { jar });
    await server.sql(`update verification set value = regexp_replace(value, '"expiresAt":[0-9]+', '"expiresAt":1000')`);
    await server.back("github", { code: "ada", state }, { jar });
    await server.back("github", { code: "ada", state }, { jar });
  },
  "the provider says no": async (server) => {
    for (const [error, description] of [["access_denied", "The user said no"], ["a b&c", ""], ["x", undefined]]) {
      const jar = server.jar();
      const state = await server.start("github", { callbackURL: "/dash", errorCallbackURL: "/err" }, { jar });
      await server.back("github", { error, state, ...(description !== undefined && { error_description: description }) }, { jar });
    }
    const jar = server.jar();
    const state = await server.start("github", { callbackURL: "/dash" }, { jar });
    await server.back("github", { state }, { jar });
  },
  "a provider that is not there": async (server) => {
    const jar = server.jar();
    const state = await server.start("github", { callbackURL: "/dash", errorCallbackURL: "/err" }, { jar });
    await server.back("nobody", { code: "ada", state }, { jar });
  },
  "the address has a user: who is linked and who is not": async (server) => {
    const verified = (email) => server.sql('update "user" set "emailVerified" = true where email = $1', [email]);
    await server.user("ada@example.com");
    await server.come("github", "ada", { callbackURL: "/dash", errorCallbackURL: "/err" });
    await verified("ada@example.com");
    await server.come("github", "ada~unverified", { callbackURL: "/dash" });
    await server.come("github", "ada", { callbackURL: "/dash" });
    await server.come("google", "ADA~ADA@Example.com", { callbackURL: "/dash" });
    await server.come("spotify", "ada", { callbackURL: "/dash" });
  },
  "an account whose user has another address, and one that is confirmed by signing in": async (server) => {
    await server.come("google", "eve~unverified", { callbackURL: "/dash" });
    await server.come("google", "eve", { callbackURL: "/dash" });
    await server.come("google", "eve~other@example.com", { callbackURL: "/dash" });
  },
  "the same number at two providers is two people": async (server) => {
    await server.come("gitlab", "mia", { callbackURL: "/dash" });
    await server.come("linkedin", "mia~mia2@example.com", { callbackURL: "/dash" });
  },
  "an account that two users have": async (server) => {
    await server.come("github", "two", { callbackURL: "/dash" }, { record: false });
    await server.come("github", "three", { callbackURL: "/dash" }, { record: false });
    const become = (whose, as) => server.sql(`update account set "accountId" = ${as}
      where "userId" = (select id from "user" where email = '${whose}@example.com')`);
    const own = `(select a."accountId" from account a join "user" u on u.id = a."userId" where u.email = 'two@example.com')`;
    await become("three", own);
    await server.come("github", "two", { callbackURL: "/dash", errorCallbackURL: "/err" });
    await become("three", "'nobody'");
  },
};
