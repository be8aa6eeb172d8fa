// Drives a service with an imported configuration by the unmodified client: sign-up, sign-in, session, sign-out.
//
//   node imported.mjs --url http://localhost:3000/api/auth [--origin …] --way password|seeded|github [--email …] [--fields JSON]
//
// `seeded` signs in with a user that exists already, since sign-up is closed; the name of a provider asks for its page only.
import { parseArgs } from "node:util";
import { browser, Checks, newAddress } from "./browser.mjs";

const { values: args } = parseArgs({
  options: {
    url: { type: "string" },
    origin: { type: "string" },
    way: { type: "string" },
    email: { type: "string" },
    password: { type: "string", default: "correct horse battery staple" },
    fields: { type: "string", default: "{}" },
    verify: { type: "boolean", default: false },
  },
});
const checks = new Checks({});
const { client, jar } = browser(args.url, { timeout: 60_000, ...(args.origin ? { origin: args.origin } : {}) });
const email = args.email ?? newAddress("imported");

await checks.part("signed out", async () => {
  const { data, error } = await client.getSession();
  checks.equal("signed out: the session is null", [data, error], [null, null]);
});

if (args.way === "password" || args.way === "seeded") {
  if (args.way === "password") {
    await checks.part("sign up", async () => {
      const { data, error } = await client.signUp.email({ name: "Imported", email, password: args.password, ...JSON.parse(args.fields) });
      checks.that("sign up: succeeds", error === null && data?.user?.email === email.toLowerCase(), error, data);
      await client.signOut();
    });
  }
  await checks.part("sign in", async () => {
    const wrong = await client.signIn.email({ email, password: `${args.password}, not` });
    checks.equal("sign in: a wrong password is refused", wrong.error?.status, 401);
    const { data, error } = await client.signIn.email({ email, password: args.password });
    if (args.verify) {
      checks.equal("sign in: the address must be confirmed first", error?.code, "EMAIL_NOT_VERIFIED");
      return;
    }
    checks.that("sign in: succeeds", error === null && data?.user?.email === email.toLowerCase(), error, data);
    const session = await client.getSession();
    checks.equal("session: is the user's", session.data?.user?.email, email.toLowerCase());
    const read = await client.getSession({ query: { disableCookieCache: true } });
    checks.equal("session: is stored", read.data?.session?.token, data?.token);
    const out = await client.signOut();
    checks.equal("sign out: succeeds", [out.error, out.data?.success], [null, true]);
    const after = await client.getSession();
    checks.equal("signed out again: the session is null", after.data, null);
  });
} else {
  await checks.part("provider", async () => {
    const { data, error } = await client.signIn.social({ provider: args.way, callbackURL: "/", disableRedirect: true });
    checks.that("provider: its page is named", error === null && data?.url?.startsWith("https://"), error, data);
    checks.that("provider: the flow is bound to the browser", jar.list().length > 0, jar.list());
    const out = await client.signOut();
    checks.equal("sign out: succeeds", out.error, null);
  });
}
checks.finish();
