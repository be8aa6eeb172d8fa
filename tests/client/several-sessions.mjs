// Takes better-auth's client with the plugin for several sessions through what it adds.
//
//   node several-sessions.mjs --url http://localhost:3000
//
// The server runs with `[multi_session]` and without rate limiting. Prints and exits as journey.mjs does.
import { parseArgs } from "node:util";
import { multiSessionClient } from "better-auth/client/plugins";
import { browser, Checks, newAddress } from "./browser.mjs";

const { values: args } = parseArgs({ options: { url: { type: "string", default: "http://localhost:3000" } } });
const checks = new Checks();
const { client } = browser(args.url, { plugins: [multiSessionClient()] });
const password = "correct horse battery";
const names = async () => (await client.multiSession.listDeviceSessions()).data.map(({ user }) => user.name);
const active = async () => (await client.getSession()).data?.user.name ?? null;

await checks.part("several sessions", async () => {
  const tokens = {};
  for (const name of ["Ada", "Eve"]) tokens[name] = (await client.signUp.email({ name, email: newAddress(name), password })).data.token;
  checks.equal("both are listed", [await names(), await active()], [["Ada", "Eve"], "Eve"]);
  const { data } = await client.multiSession.setActive({ sessionToken: tokens.Ada });
  checks.equal("the other one is active", [data.user.name, await active()], ["Ada", "Ada"]);
  const { error } = await client.multiSession.setActive({ sessionToken: "unknown" });
  checks.equal("an unknown one", [error.status, error.code, await active()], [401, "INVALID_SESSION_TOKEN", "Ada"]);
  checks.equal("the active one ends", (await client.multiSession.revoke({ sessionToken: tokens.Ada })).data, { status: true });
  checks.equal("the next one is active", [await names(), await active()], [["Eve"], "Eve"]);
  await client.signOut();
  checks.equal("all have ended", [await names(), await active()], [[], null]);
});
checks.finish();
