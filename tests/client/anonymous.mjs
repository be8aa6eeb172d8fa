// Takes better-auth's client with the plugin `anonymousClient` through signing in anonymously, with credentials, and out.
//
//   node anonymous.mjs --url http://localhost:3000
//
// The server runs with anonymous users, without rate limiting. Prints and exits as journey.mjs does.
import { parseArgs } from "node:util";
import { anonymousClient } from "better-auth/client/plugins";
import { browser, Checks, newAddress } from "./browser.mjs";

const { values: args } = parseArgs({ options: { url: { type: "string" } } });
const checks = new Checks();
const { client } = browser(args.url, { plugins: [anonymousClient()] });
const refusal = ({ data, error }) => [data, error?.status, error?.code];

await checks.part("an anonymous user", async () => {
  const { data, error } = await client.signIn.anonymous();
  checks.equal("signs in", [error, data.user.isAnonymous, data.user.name, data.user.emailVerified], [null, true, "Anonymous", false]);
  const session = (await client.getSession()).data;
  checks.equal("has a session", [session.session.token, session.user.id], [data.token, data.user.id]);
  checks.equal("not twice", refusal(await client.signIn.anonymous()), [null, 400, "ANONYMOUS_USERS_CANNOT_SIGN_IN_AGAIN_ANONYMOUSLY"]);
  checks.equal("leaves", (await client.deleteAnonymousUser()).data, { success: true });
  checks.equal("without a session", (await client.getSession()).data, null);
});

await checks.part("a user with credentials", async () => {
  const before = (await client.signIn.anonymous()).data.user.id;
  const { data } = await client.signUp.email({ email: newAddress("anonymous"), password: "correct horse battery", name: "Ada" });
  checks.equal("follows", [data.user.isAnonymous, data.user.id === before], [false, false]);
  checks.equal("with a session", (await client.getSession()).data.user.id, data.user.id);
  checks.equal("is not anonymous", refusal(await client.deleteAnonymousUser()), [null, 403, "USER_IS_NOT_ANONYMOUS"]);
  await client.signOut();
});
checks.finish();
