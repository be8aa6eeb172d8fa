// The start of a flow: what is asked for, where the browser is sent, and what is remembered.
export const PROVIDERS = ["github", "google", "microsoft", "apple", "discord", "facebook", "gitlab", "linkedin", "twitter", "slack", "twitch", "spotify"];

export default {
  "every provider": async (server) => {
    for (const provider of PROVIDERS) await server.post("/sign-in/social", { provider, callbackURL: "/dash" }, { jar: server.jar() });
  },
  "every provider with all that a client may say": async (server) => {
    for (const provider of PROVIDERS)
      await server.post("/sign-in/social", {
        provider, callbackURL: "/dash", errorCallbackURL: "/err?x=1", newUserCallbackURL: "/new", requestSignUp: true, disableRedirect: true,
        scopes: ["one", "two three"], loginHint: "ada@example.com", additionalParams: { extra: "a b", prompt: "consent" }, additionalData: { invite: "abc" },
      });
  },
  "without a place to go to": async (server) => { await server.post("/sign-in/social", { provider: "github" }); },
  "an empty place to go to": async (server) => { await server.post("/sign-in/social", { provider: "github", callbackURL: "", errorCallbackURL: "" }); },
  "an unknown provider": async (server) => {
    await server.post("/sign-in/social", { provider: "nobody" });
    await server.post("/sign-in/social", { provider: "" });
    await server.post("/sign-in/social", { provider: "constructor" });
  },
  "places that are not trusted": async (server) => {
    for (const key of ["callbackURL", "errorCallbackURL", "newUserCallbackURL"])
      for (const url of ["https://evil.example/x", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
        await server.post("/sign-in/social", { provider: "github", [key]: url });
  },
  "what a client may not set": async (server) => {
    for (const name of ["state", "client_id", "redirect_uri", "response_type", "code_challenge", "nonce", "scope"])
      await server.post("/sign-in/social", { provider: "github", additionalParams: { [name]: "x" } });
    await server.post("/sign-in/social", { provider: "github", callbackURL: "/a", additionalData: { invite: 1, callbackURL: "https://evil.example", link: { userId: "1", email: "a@b.co" } } });
  },
  "bodies of the wrong shape": async (server) => {
    for (const body of [
      {}, [], { provider: 1 }, { provider: null }, { provider: "github", scopes: "a" }, { provider: "github", scopes: ["a", 1] }, { provider: "github", additionalParams: [] },
      { provider: "github", additionalParams: { a: 1 } }, { provider: "github", additionalData: "x" }, { provider: "github", idToken: "x" }, { provider: "github", idToken: {} },
      { provider: "github", idToken: { token: "x", nonce: 1, user: { name: { firstName: 1 }, email: 2 }, expiresAt: "x" } }, { provider: "github", disableRedirect: "yes", loginHint: 1 },
    ]) await server.post("/sign-in/social", body);
    await server.request("POST", "/sign-in/social", { form: { provider: "github" } });
  },
};
