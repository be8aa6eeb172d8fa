// Takes better-auth's client with the plugin `magicLinkClient` through signing in with a mailed link.
//
//   node magic-link.mjs --url http://localhost:3000 --mails FILE
//
// The server runs with magic links and mails to FILE, without rate limiting. Prints and exits as journey.mjs does.
import { parseArgs } from "node:util";
import { magicLinkClient } from "better-auth/client/plugins";
import { browser, Checks, newAddress } from "./browser.mjs";
import { message } from "./messages.mjs";

const { values: args } = parseArgs({ options: { url: { type: "string" }, mails: { type: "string" } } });
const checks = new Checks();
const here = browser(args.url, { plugins: [magicLinkClient()] });
const { client } = here;
const email = newAddress("magic-link");

/** The newest mail, once there are `count`. */
const mail = (count) => message(args.mails, count);

await checks.part("a new user", async () => {
  checks.equal("asks for a link", (await client.signIn.magicLink({ email, name: "Ada", callbackURL: "/in" })).data, { status: true });
  const { token, to } = await mail(1);
  checks.equal("it is mailed", to, email);
  const { data, error } = await client.magicLink.verify({ query: { token } });
  checks.equal("it signs in", [error, data.user.email, data.user.name, data.user.emailVerified], [null, email.toLowerCase(), "Ada", true]);
  checks.equal("there is a session", (await client.getSession()).data.session.token, data.token);
  await client.signOut();
});

await checks.part("an existing user", async () => {
  await client.signIn.magicLink({ email });
  const { token } = await mail(2);
  checks.equal("signs in", (await client.magicLink.verify({ query: { token } })).data.user.name, "Ada");
  await client.signOut();
  const again = await client.magicLink.verify({ query: { token } });
  checks.equal("and not again", [again.data?.token, (await client.getSession()).data], [undefined, null]);
});
checks.finish();
