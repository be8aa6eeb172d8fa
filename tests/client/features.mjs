// Takes better-auth's client with the client plugins of the features through what they add.
//
//   node features.mjs --url http://localhost:3000
//
// The server runs with usernames and the last login method, and without rate limiting. Prints and exits as journey.mjs does.
import { parseArgs } from "node:util";
import { lastLoginMethodClient, usernameClient } from "better-auth/client/plugins";
import { browser, Checks, newAddress } from "./browser.mjs";

const { values: args } = parseArgs({ options: { url: { type: "string", default: "http://localhost:3000" } } });
const checks = new Checks();
const here = browser(args.url, { plugins: [usernameClient(), lastLoginMethodClient()] });
const { client } = here;
// The cookies that scripts of a page see: every one that is not HttpOnly.
globalThis.document = { get cookie() { return here.jar.list().filter(({ httpOnly }) => !httpOnly).map(({ name, value }) => `${name}=${value}`).join("; "); } };

const username = `Ada_${crypto.randomUUID().slice(0, 8)}`, password = "correct horse battery", email = newAddress("features");
const refusal = ({ data, error }) => [data, error?.status, error?.code];

await checks.part("usernames", async () => {
  checks.equal("free before", (await client.isUsernameAvailable({ username })).data, { available: true });
  checks.equal("too short", refusal(await client.isUsernameAvailable({ username: "ab" })), [null, 422, "USERNAME_TOO_SHORT"]);
  const { data } = await client.signUp.email({ name: "Ada", email, password, username, displayUsername: "Ada!" });
  checks.equal("sign-up answers both", [data.user.username, data.user.displayUsername, data.user.lastLoginMethod], [username.toLowerCase(), "Ada!", "email"]);
  checks.equal("taken after", (await client.isUsernameAvailable({ username: username.toUpperCase() })).data, { available: false });
  await client.signOut();
  checks.equal("a wrong password", refusal(await client.signIn.username({ username, password: "wrong password" })), [null, 401, "INVALID_USERNAME_OR_PASSWORD"]);
  const signedIn = await client.signIn.username({ username: username.toUpperCase(), password });
  checks.equal("signs in", [signedIn.error, signedIn.data.user.email], [null, email.toLowerCase()]);
  checks.equal("changes", (await client.updateUser({ username: `${username}_2` })).data, { status: true });
  checks.equal("the session shows it", (await client.getSession()).data.user.username, `${username}_2`.toLowerCase());
});

await checks.part("the last login method", async () => {
  checks.equal("it is known", [client.getLastUsedLoginMethod(), client.isLastUsedLoginMethod("email"), client.isLastUsedLoginMethod("github")], ["email", true, false]);
  await client.signOut();
  checks.equal("it outlives the session", client.getLastUsedLoginMethod(), "email");
});
checks.finish();
