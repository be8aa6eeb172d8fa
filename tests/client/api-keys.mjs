// Takes better-auth's client with apiKeyClient through the life of API keys.
//
//   node api-keys.mjs --url http://localhost:3000
//
// The server runs with API keys that stand for sessions and have metadata. Prints and exits as journey.mjs does.
import { parseArgs } from "node:util";
import { apiKeyClient } from "@better-auth/api-key/client";
import { browser, Checks, newAddress } from "./browser.mjs";

const { values: args } = parseArgs({ options: { url: { type: "string", default: "http://localhost:3000" } } });
const checks = new Checks();
const { client } = browser(args.url, { plugins: [apiKeyClient()] });
const refusal = ({ data, error }) => [data, error?.status, error?.code];
const email = newAddress("ada");
await client.signUp.email({ name: "Ada", email, password: "correct horse battery" });

let key;
await checks.part("a key is made", async () => {
  const { data, error } = await client.apiKey.create({ name: "CI", prefix: "ci_", expiresIn: 86_400, metadata: { team: "core" } });
  checks.equal("it is shown", [error, data.key.startsWith("ci_"), data.key.length, data.start, data.metadata], [null, true, 67, data.key.slice(0, 6), { team: "core" }]);
  checks.equal("with its limits", [data.rateLimitMax, data.rateLimitTimeWindow, data.remaining, data.enabled], [10, 86_400_000, null, true]);
  key = data;
  checks.equal("servers set some fields", refusal(await client.apiKey.create({ remaining: 5 })), [null, 400, "SERVER_ONLY_PROPERTY"]);
});

await checks.part("it stands for a session", async () => {
  const ask = async (value) => (await fetch(`${args.url}/api/auth/get-session`, { headers: { "x-api-key": value } })).json();
  checks.equal("of its owner", (await ask(key.key)).user.email, email);
  checks.equal("and another does not", (await ask("k".repeat(64))).code, "INVALID_API_KEY");
});

await checks.part("it is read, changed and removed", async () => {
  const { data } = await client.apiKey.get({ query: { id: key.id } });
  checks.equal("it is read without its text", [data.id, data.name, "key" in data, data.requestCount], [key.id, "CI", false, 1]);
  const listed = (await client.apiKey.list({ query: { limit: 5, sortBy: "createdAt" } })).data;
  checks.equal("it is listed", [listed.total, listed.limit, listed.apiKeys.map(({ id }) => id)], [1, 5, [key.id]]);
  const changed = await client.apiKey.update({ keyId: key.id, name: "Builds", enabled: false, metadata: { team: "web" } });
  checks.equal("it is changed", [changed.data.name, changed.data.enabled, changed.data.metadata], ["Builds", false, { team: "web" }]);
  checks.equal("nothing to change", refusal(await client.apiKey.update({ keyId: key.id })), [null, 400, "NO_VALUES_TO_UPDATE"]);
  checks.equal("it is removed", (await client.apiKey.delete({ keyId: key.id })).data, { success: true });
  checks.equal("and is gone", refusal(await client.apiKey.get({ query: { id: key.id } })), [null, 404, "KEY_NOT_FOUND"]);
});
checks.finish();
