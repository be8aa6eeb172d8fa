// Pages in a real browser, on other origins than the service's: what the trusted one can do and the other cannot.
//
//   node chromium.mjs --chromium PATH --service PORT
//
// The service is http://auth.example.localhost:PORT and trusts http://app.example.localhost. All three are one site, so
// that a cookie with SameSite=Lax travels wherever the browser lets a request go. Prints one line of JSON: what each page
// got.
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { launch } from "puppeteer-core";

const { values: args } = parseArgs({ options: { chromium: { type: "string" }, service: { type: "string" } } });
const service = `http://auth.example.localhost:${args.service}`;

const bundle = await build({
  stdin: { contents: 'import { createAuthClient } from "better-auth/client"; window.createAuthClient = createAuthClient;', resolveDir: import.meta.dirname },
  bundle: true, write: false, format: "iife", platform: "browser",
});
const pages = createServer((request, response) => {
  response.setHeader("content-type", request.url === "/client.js" ? "text/javascript" : "text/html");
  response.end(request.url === "/client.js" ? bundle.outputFiles[0].text : '<!doctype html><script src="/client.js"></script>');
});
await new Promise((resolve) => pages.listen(0, "127.0.0.1", resolve));
const origin = (name) => `http://${name}.example.localhost:${pages.address().port}`;

/** Uses the client as a page does; runs in the browser. */
async function visit(service, steps) {
  const headers = [];
  const client = window.createAuthClient({
    baseURL: service,
    fetchOptions: { onResponse: ({ response }) => { headers.push(response.headers.get("set-auth-token") !== null); } },
  });
  const person = { email: "ada@example.com", password: "correct horse battery", name: "Ada" };
  const got = {};
  for (const step of steps) {
    const call = { "sign-up": () => client.signUp.email(person), "sign-in": () => client.signIn.email(person), session: () => client.getSession(), "sign-out": () => client.signOut() }[step];
    const answer = await call().catch((error) => ({ thrown: String(error) }));
    got[step] = { data: answer.data?.user?.email ?? answer.data ?? null, status: answer.error?.status, thrown: answer.thrown };
  }
  return { ...got, tokens: headers, cookies: document.cookie };
}

const browser = await launch({ executablePath: args.chromium, args: ["--no-sandbox", "--disable-gpu"], timeout: 30_000 });
try {
  const page = await browser.newPage();
  const at = async (name, steps) => {
    await page.goto(`${origin(name)}/`, { timeout: 20_000 });
    return page.evaluate(`(${visit})(${JSON.stringify(service)}, ${JSON.stringify(steps)})`);
  };
  const app = await at("app", ["sign-up", "session"]);
  const evil = await at("evil", ["session", "sign-in", "sign-out"]);
  // Its requests have no effect: the session of the trusted page is still there.
  const after = await at("app", ["session", "sign-out"]);
  console.log(JSON.stringify({ app, evil, after }));
} finally {
  await browser.close();
  pages.close();
}
