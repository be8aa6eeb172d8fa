// Answers of a provider in other JSON types than usual.
const code = (name, said, odd = "") => `${name}${odd}~set:${Buffer.from(JSON.stringify(said)).toString("base64url")}`;
const come = (server, provider, name, said, odd) => server.come(provider, code(name, said, odd), { callbackURL: "/dash", errorCallbackURL: "/err" });
const BY_TOKEN = ["google", "apple", "twitch"];
const BY_USER_INFO = { discord: "id", facebook: "id", github: "id", gitlab: "id", linkedin: "sub", slack: "https://slack.com/user_id", spotify: "id" };

export default {
  "identifiers that are numbers or texts": async (server) => {
    for (const [index, id] of ["raw:42", "raw:9007199254740991", "raw:1e15", "77"].entries()) {
      for (const provider of BY_TOKEN) await come(server, provider, `${provider}${index}`, { claims: { sub: id } });
      for (const [provider, member] of Object.entries(BY_USER_INFO)) {
        // Its picture is reckoned from the identifier as a whole number.
        const whole = provider === "discord" && id === "raw:1e15" ? "raw:1000" : id;
        await come(server, provider, `${provider}${index}`, { profile: { [member]: whole } });
      }
      await come(server, "twitter", `twitter${index}`, { profile: { data: { id, name: "T", username: "t" } } });
    }
    await come(server, "microsoft", "ms", { claims: { oid: 42 } });
  },
  "a confirmation that is a text": async (server) => {
    for (const [index, said] of ["true", "false", 1, null].entries()) {
      for (const provider of [...BY_TOKEN, "microsoft"]) await come(server, provider, `${provider}v${index}`, { claims: { email_verified: said } });
      for (const provider of ["facebook", "gitlab", "linkedin", "slack"]) await come(server, provider, `${provider}v${index}`, { profile: { email_verified: said } });
      await come(server, "discord", `discordv${index}`, { profile: { verified: said } });
    }
    await come(server, "microsoft", "mslisted", { claims: { verified_primary_email: "mslisted@example.com" } });
  },
  "names that are numbers": async (server) => {
    for (const provider of ["google", "microsoft", "apple"]) await come(server, provider, `${provider}n`, { claims: { name: 42 } });
    await come(server, "twitch", "twitchn", { claims: { preferred_username: 42 } });
    for (const [provider, member] of [["github", "name"], ["gitlab", "name"], ["linkedin", "name"], ["slack", "name"], ["spotify", "display_name"], ["discord", "global_name"], ["facebook", "name"]])
      await come(server, provider, `${provider}n`, { profile: { [member]: 42 } });
  },
  "accounts that GitLab locked": async (server) => {
    for (const [index, locked] of [true, "false", 1, 0, "", null].entries()) await come(server, "gitlab", `locked${index}`, { profile: { locked } });
  },
  "an answer with an error that says nothing": async (server) => {
    for (const provider of ["github", "google"]) for (const [index, error] of [null, "", false].entries()) await come(server, provider, `${provider}e${index}`, { tokens: { error } });
  },
};
