// The unmodified better-auth client signs in with a provider, links and reads its accounts, as a browser would.
//
//   node social.mjs --url URL --provider NAME
import { parseArgs } from "node:util";
import { browser, Checks } from "./browser.mjs";
import { Jar } from "./http.mjs";

const { values: args } = parseArgs({ options: { url: { type: "string" }, provider: { type: "string" }, json: { type: "boolean", default: false } } });
const checks = new Checks(args);

/** Follows redirects from a provider's page back to the service, with a jar for each, and returns the last location. */
async function travel(url, jars, own) {
  for (let hop = 0; hop < 12; hop++) {
    const { origin, pathname } = new URL(url);
    const jar = (jars[origin] ??= new Jar());
    const answer = await fetch(url, { redirect: "manual", headers: { cookie: jar.header(pathname) } });
    jar.absorb(answer.headers.getSetCookie());
    const location = answer.headers.get("location");
    if (!location) throw new Error(`${url} answered ${answer.status} ${await answer.text()}`);
    if (origin === own) return location;
    url = new URL(location, url).href;
  }
  throw new Error("the provider sends the browser in circles");
}

await checks.part("signing in", async () => {
  const jar = new Jar();
  const own = new URL(args.url).origin;
  const jars = { [own]: jar };
  const page = browser(args.url, { jar });
  const go = async (begin, json) => {
    const begun = await begin({ provider: args.provider, callbackURL: "/in", errorCallbackURL: "/no", disableRedirect: true, ...json });
    checks.equal("the flow begins", begun.error, null);
    return travel(begun.data.url, jars, own);
  };
  checks.equal("new people go where new people go", await go(page.client.signIn.social, { newUserCallbackURL: "/new", loginHint: "ada" }), "/new");
  const session = await page.client.getSession();
  checks.equal("the session is theirs", [session.data?.user.email, session.data?.user.emailVerified, session.data?.user.name], ["ada@example.com", true, "ADA"]);
  checks.equal("the second time they are known", await go(page.client.signIn.social, { newUserCallbackURL: "/new" }), "/in");
  const accounts = await page.client.listAccounts();
  checks.equal("one account", accounts.data?.map((account) => [account.providerId, account.accountId]), [[args.provider, "ada"]]);
  const [{ id: accountId }] = accounts.data;
  const token = await page.client.getAccessToken({ accountId });
  checks.that("an access token", typeof token.data?.accessToken === "string", token);
  const fresh = await page.client.refreshToken({ accountId });
  checks.that("a new one", typeof fresh.data?.accessToken === "string" && fresh.data.accessToken !== token.data.accessToken, fresh);
  const info = await page.client.accountInfo({ query: { accountId } });
  checks.equal("what the provider says", info.data?.user.email, "ada@example.com");
  checks.equal("linking what is linked", await go(page.client.linkSocial, {}), "/in");
  checks.equal("the last account stays", (await page.client.unlinkAccount({ accountId })).error?.code, "FAILED_TO_UNLINK_LAST_ACCOUNT");
});
checks.finish();
