// Two servers on one database and one secret: what one of them began, the other one goes on with, in both directions.
//
//   node interchange.mjs --a URL --b URL
import { parseArgs } from "node:util";
import { browser, Checks, newAddress } from "./browser.mjs";
import { Jar } from "./http.mjs";

const { values: args } = parseArgs({ options: { a: { type: "string" }, b: { type: "string" }, json: { type: "boolean", default: false } } });
if (!args.a || !args.b) { console.error("interchange: --a and --b are needed"); process.exit(2); }
const checks = new Checks(args);

async function interchange(first, second, title) {
  const email = newAddress("interchange");
  const password = "pässwörd ﬃ 😀";
  const at = (url, jar) => browser(url, { jar });

  const jar = new Jar();
  const [onFirst, onSecond] = [at(first, jar), at(second, jar)];
  const signedUp = await onFirst.client.signUp.email({ name: "Ada", email, password });
  checks.equal(`${title}: sign up on the first`, signedUp.error, null);
  const read = await onSecond.client.getSession();
  checks.equal(`${title}: the second reads that session`, [read.data?.user?.id, read.data?.session?.token], [signedUp.data.user.id, signedUp.data.token]);
  const secondText = onSecond.last.text;
  await onFirst.client.getSession();
  checks.that(`${title}: both answer the session byte for byte`, onFirst.last.text === secondText && secondText !== "null", onFirst.last.text, secondText);

  const other = new Jar();
  const [otherFirst, otherSecond] = [at(first, other), at(second, other)];
  const signedIn = await otherSecond.client.signIn.email({ email, password });
  checks.equal(`${title}: the second verifies the first's password`, [signedIn.error, signedIn.data?.user?.id], [null, signedUp.data.user.id]);
  const wrong = await at(second, new Jar()).client.signIn.email({ email, password: `${password}x` });
  checks.equal(`${title}: and refuses another one`, wrong.error?.code, "INVALID_EMAIL_OR_PASSWORD");
  checks.equal(`${title}: the first reads the second's session`, (await otherFirst.client.getSession()).data?.session?.token, signedIn.data?.token);
  const again = await at(second, new Jar()).client.signUp.email({ name: "Eve", email: email.toUpperCase(), password });
  checks.equal(`${title}: the second knows that the address is taken`, again.error?.status, 422);

  // Signing out empties the jar, so what the first server says is asked with a copy of the cookie.
  const copy = new Jar();
  for (const { name, value } of other.list()) copy.set(name, value);
  checks.equal(`${title}: the copy opens the session`, (await at(first, copy).client.getSession()).data?.session?.token, signedIn.data?.token ?? "no session");
  checks.equal(`${title}: sign out on the second`, (await otherSecond.client.signOut()).data, { success: true });
  checks.equal(`${title}: the first knows the session no more`, (await at(first, copy).client.getSession()).data, null);
  checks.equal(`${title}: the other session lives on`, (await onSecond.client.getSession()).data?.session?.token, signedUp.data.token);

  const brief = new Jar();
  await at(first, brief).client.signIn.email({ email, password, rememberMe: false });
  checks.equal(`${title}: the first says not to remember`, brief.get("dont_remember")?.session, true);
  const briefRead = await at(second, brief).client.getSession();
  checks.that(`${title}: the second reads that session too`, briefRead.data?.user?.id === signedUp.data.user.id, briefRead);
  await at(second, brief).client.signIn.email({ email, password });
  checks.equal(`${title}: and clears the cookie at the next login`, brief.get("dont_remember"), undefined);
}

await checks.part("a to b", () => interchange(args.a, args.b, "a to b"));
await checks.part("b to a", () => interchange(args.b, args.a, "b to a"));
checks.finish();
