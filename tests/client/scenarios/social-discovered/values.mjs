// Answers of a provider in other JSON types than usual.
const code = (name, said, odd = "") => `${name}${odd}~set:${Buffer.from(JSON.stringify(said)).toString("base64url")}`;
const come = (server, provider, name, said, odd) => server.come(provider, code(name, said, odd), { callbackURL: "/dash", errorCallbackURL: "/err" });
// Of these all that JavaScript's `String` writes in another way than they are written.
const NUMBERS = ["raw:42", "raw:0", "raw:-0", "raw:7.50", "raw:1e15", "raw:1e-7", "raw:9007199254740991"];

export default {
  "a subject that is a number in user info, beside an ID token with a text": async (server) => {
    for (const [index, sub] of NUMBERS.entries())
      for (const text of [String(Number(sub.slice(4))), sub.slice(4)])
        await come(server, "acme", `n${index}${text === sub.slice(4) ? "same" : "rounded"}`, { claims: { sub: text }, profile: { sub } }, "~told-later");
    await come(server, "acme", "other", { claims: { sub: "42" }, profile: { sub: 43 } }, "~told-later");
    for (const sub of [null, "", "undefined", "null"]) await come(server, "acme", `gone${sub}`, { claims: { sub: "42" }, profile: { sub } }, "~told-later");
  },
  "a subject that is a number in the ID token": async (server) => {
    await come(server, "acme", "token", { claims: { sub: 42 } });
    await come(server, "acme", "both", { claims: { sub: 42 }, profile: { sub: 42 } }, "~told-later");
  },
  "an identifier that is a number": async (server) => {
    for (const [index, id] of NUMBERS.entries()) await come(server, "bare", `b${index}`, { profile: { id } });
    // One person comes again, with the digits as a text.
    await come(server, "bare", "b0", { profile: { id: "42" } });
    for (const id of [null, "", " "]) await come(server, "bare", `nobody${id}`, { profile: { id } });
  },
  "a confirmation that is a text, or nothing that counts": async (server) => {
    for (const [index, email_verified] of ["true", "false", "TRUE", 1, "1", null, "", [true]].entries()) {
      await come(server, "acme", `t${index}`, { claims: { email_verified } });
      await come(server, "bare", `u${index}`, { profile: { email_verified } });
    }
  },
  "a name that is a number": async (server) => {
    await come(server, "acme", "named", { claims: { name: 42 } });
    await come(server, "bare", "called", { profile: { name: "raw:1e21" } });
    await come(server, "bare", "nameless", { profile: { name: null } });
  },
  "when a token expires": async (server) => {
    for (const [index, expires_in] of ["3600", "7200", " 3600 ", "36e2", "0", 0, "", null, 3599.9, -60, true].entries())
      await come(server, "bare", `e${index}`, { tokens: { expires_in, refresh_token_expires_in: expires_in } });
  },
  "scopes as a list, as a text, and not at all": async (server) => {
    for (const [index, scope] of [["openid", " email ", "", 7, null], "openid  email", "", null, 7, {}].entries())
      await come(server, "bare", `s${index}`, { tokens: { scope } });
  },
  "an answer with an error that says nothing, and tokens that are numbers": async (server) => {
    for (const [index, error] of [null, "", false, 0].entries()) await come(server, "bare", `f${index}`, { tokens: { error } });
    await come(server, "bare", "digits", { tokens: { refresh_token: 42 } });
    await come(server, "bare", "none", { tokens: { refresh_token: null, id_token: null } });
  },
};
