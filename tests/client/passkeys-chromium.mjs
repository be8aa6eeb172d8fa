// Passkeys in a real browser, with the authenticators that Chromium simulates and the unmodified client.
//
//   node passkeys-chromium.mjs --chromium PATH --service PORT --pages PORT
//
// The service is http://auth.example.localhost:PORT. Passkeys are of the domain example.localhost, and of the pages of
// http://app.example.localhost alone. The pages of http://other.example.localhost and http://evil.localhost may ask the service too.
// Prints one line of JSON: what each page got.
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { launch } from "puppeteer-core";

const { values: args } = parseArgs({ options: { chromium: { type: "string" }, service: { type: "string" }, pages: { type: "string" } } });
const service = `http://auth.example.localhost:${args.service}`;

const contents = `
  import { createAuthClient } from "better-auth/client";
  import { passkeyClient } from "@better-auth/passkey/client";
  const { fetch } = window;
  window.sent = [];
  window.fetch = async (input, init) => {
    if (init?.method === "POST") window.sent.push({ url: String(input?.url ?? input), body: init.body });
    return fetch(input, init);
  };
  window.client = createAuthClient({ baseURL: ${JSON.stringify(service)}, plugins: [passkeyClient()] });
  window.again = async (path) => {
    const { url, body } = window.sent.findLast(({ url }) => url.endsWith(path));
    const answer = await fetch(url, { method: "POST", body, credentials: "include", headers: { "content-type": "application/json" } });
    return { status: answer.status, code: (await answer.json()).code };
  };
`;
const bundle = await build({ stdin: { contents, resolveDir: import.meta.dirname }, bundle: true, write: false, format: "iife", platform: "browser" });
const pages = createServer((request, response) => {
  response.setHeader("content-type", request.url === "/client.js" ? "text/javascript" : "text/html");
  response.end(request.url === "/client.js" ? bundle.outputFiles[0].text : '<!doctype html><input autocomplete="username webauthn" autofocus><script src="/client.js"></script>');
});
await new Promise((resolve) => pages.listen(Number(args.pages), "127.0.0.1", resolve));

const browser = await launch({ executablePath: args.chromium, args: ["--no-sandbox", "--disable-gpu"], timeout: 30_000 });
try {
  const page = await browser.newPage();
  const cdp = await page.createCDPSession();
  await cdp.send("WebAuthn.enable");
  const plug = async (options) => {
    const all = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true, ...options };
    return (await cdp.send("WebAuthn.addVirtualAuthenticator", { options: all })).authenticatorId;
  };
  const at = (host) => page.goto(`http://${host}:${args.pages}/`, { timeout: 20_000 });
  // Returns the answer to a call of the client, or `late` after 20 seconds.
  const call = (source) => page.evaluate(`Promise.race([
    (async () => (${source}))().catch((error) => ({ thrown: String(error) })),
    new Promise((resolve) => setTimeout(resolve, 20_000, { late: true })),
  ])`);
  const short = ({ data, error, ...rest }) => ({ ...rest, user: data?.user?.email, name: data?.name, count: Array.isArray(data) ? data.length : undefined, status: error?.status, code: error?.code });
  const signIn = async (options = "") => short(await call(`client.signIn.passkey(${options})`));
  const got = {};

  // One that stores passkeys and verifies the person.
  const resident = await plug({});
  await at("app.example.localhost");
  await call('client.signUp.email({ email: "ada@example.com", password: "correct horse battery", name: "Ada" })');
  got.added = short(await call('client.passkey.addPasskey({ name: "Laptop" })'));
  got.again = short(await call('client.passkey.addPasskey({ name: "Laptop" })'));
  got.listed = short(await call("client.passkey.listUserPasskeys()"));
  await call("client.signOut()");
  got.nameless = await signIn();
  got.replayed = await call('again("/passkey/verify-authentication")');
  got.session = short(await call("client.getSession()"));
  await call("client.signOut()");
  got.conditional = await signIn("{ autoFill: true }");

  // A copy of it that was used less often: its counter goes back.
  await call("client.signOut()");
  const { credentials: [credential] } = await cdp.send("WebAuthn.getCredentials", { authenticatorId: resident });
  got.resident = credential.isResidentCredential;
  await cdp.send("WebAuthn.clearCredentials", { authenticatorId: resident });
  await cdp.send("WebAuthn.addCredential", { authenticatorId: resident, credential: { ...credential, signCount: 0 } });
  got.copied = await signIn();

  // Pages of another origin, and of another domain.
  await cdp.send("WebAuthn.clearCredentials", { authenticatorId: resident });
  await cdp.send("WebAuthn.addCredential", { authenticatorId: resident, credential: { ...credential, signCount: credential.signCount + 10 } });
  await at("other.example.localhost");
  got.other = await signIn();
  await at("evil.localhost");
  got.evil = await signIn();

  // One that stores nothing and verifies no user: it works for a user who is known already.
  await cdp.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: resident });
  const key = await plug({ transport: "usb", hasResidentKey: false, hasUserVerification: false, isUserVerified: false });
  await at("app.example.localhost");
  await call('client.signUp.email({ email: "eve@example.com", password: "correct horse battery", name: "Eve" })');
  got.key = short(await call('client.passkey.addPasskey({ name: "Key", authenticatorAttachment: "cross-platform" })'));
  got.keyResident = (await cdp.send("WebAuthn.getCredentials", { authenticatorId: key })).credentials[0]?.isResidentCredential;
  got.known = await signIn();

  // Management.
  got.renamed = await call('client.passkey.listUserPasskeys().then(({ data: [{ id }] }) => client.passkey.updatePasskey({ id, name: "Other" })).then(({ data }) => data.passkey.name)');
  got.removed = await call("client.passkey.listUserPasskeys().then(({ data: [{ id }] }) => client.passkey.deletePasskey({ id })).then(({ data }) => data)");
  got.left = short(await call("client.passkey.listUserPasskeys()"));
  console.log(JSON.stringify(got));
} finally {
  await browser.close();
  pages.close();
}
