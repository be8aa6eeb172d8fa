// Installs a recipe with the package as npm would, builds it, starts it beside a service, and drives it as a browser would.
//
//   node run.mjs --recipe NAME --service URL --folder PATH
//
// The folder keeps what is installed and built, between runs too. Prints `ok …` lines and `N passed, 0 failed`.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values: args } = parseArgs({ options: { recipe: { type: "string" }, service: { type: "string" }, folder: { type: "string" } } });
const recipes = fileURLToPath(new URL(".", import.meta.url));
const folder = join(args.folder, args.recipe);

/** Runs a program to its end, within the limit. */
function run(program, given, cwd = folder, seconds = 300) {
  const env = { ...process.env, CI: "1", NEXT_TELEMETRY_DISABLED: "1", AUTH_URL: args.service };
  const { status, stdout, stderr, error } = spawnSync(program, given, { cwd, env, encoding: "utf8", timeout: seconds * 1_000 });
  if (status !== 0) throw new Error(`${program} ${given.join(" ")}: ${error ?? status}\n${stdout}\n${stderr}`);
  return stdout;
}

// Sources are copied, so that nothing is installed or built beside them.
mkdirSync(folder, { recursive: true });
const sources = args.recipe.startsWith("next-") ? ["next", args.recipe] : [args.recipe];
for (const source of sources) cpSync(join(recipes, source), folder, { recursive: true, filter: (path) => !/node_modules/.test(path) });
const lock = readFileSync(join(folder, "package-lock.json"), "utf8");
const installed = join(folder, "node_modules/.gatepost-lock");
if (!existsSync(installed) || readFileSync(installed, "utf8") !== lock) {
  run("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], folder, 600);
  writeFileSync(installed, lock);
}
// The package has no dependencies: installing it is unpacking it.
const [{ filename }] = JSON.parse(run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], join(recipes, "..")));
const own = join(folder, "node_modules/@gatepost/server");
rmSync(own, { recursive: true, force: true });
mkdirSync(own, { recursive: true });
run("tar", ["-xzf", join(folder, filename), "-C", own, "--strip-components", "1"]);

const { scripts } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
if (scripts.build) run("npm", ["run", "build"]);

const port = await new Promise((resolve) => {
  const server = createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});
const app = `http://localhost:${port}`;
const env = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", PORT: String(port), HOST: "127.0.0.1", HOSTNAME: "127.0.0.1", ORIGIN: app, AUTH_URL: args.service };
const [program, ...given] = scripts.start.split(" ");
const bin = join(folder, "node_modules/.bin", program);
const server = spawn(existsSync(bin) ? bin : program, given, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
let said = "";
for (const pipe of [server.stdout, server.stderr]) pipe.on("data", (text) => (said += text));
process.on("exit", () => server.kill("SIGKILL"));

/** A request with these cookies; redirects are not followed. */
const send = (path, { cookie = "", headers = {}, ...init } = {}) =>
  fetch(app + path, { redirect: "manual", signal: AbortSignal.timeout(30_000), ...init, headers: { ...(cookie && { cookie }), ...headers } });
const post = (path, body, { cookie, origin = app } = {}) => send(path, { method: "POST", cookie, headers: { origin, "content-type": "application/json" }, body: JSON.stringify(body) });
const cookiesOf = (answer) => answer.headers.getSetCookie().filter((line) => !/max-age=0/i.test(line)).map((line) => line.split(";")[0]).join("; ");

const begun = Date.now();
for (;;) {
  const up = await fetch(app, { redirect: "manual", signal: AbortSignal.timeout(5_000) }).then(() => true, () => false);
  if (up) break;
  if (server.exitCode !== null || Date.now() - begun > 60_000) throw new Error(`the recipe does not listen:\n${said}`);
  await new Promise((resolve) => setTimeout(resolve, 100));
}

const trpc = args.recipe === "trpc";
const me = (cookie) => send(trpc ? "/trpc/me" : "/me", { cookie });
const emailOf = async (answer) => (trpc ? (await answer.json()).result.data.email : (await answer.json()).email);
const login = (body) => post(trpc ? "/trpc/login" : "/login", body);
const email = `ada-${crypto.randomUUID()}@example.com`;
const password = "correct horse battery";
let cookie;

const steps = {
  "a sign-up through the handler sets the session's cookie": async () => {
    const answer = await post("/api/auth/sign-up/email", { name: "Ada", email, password });
    assert.equal(answer.status, 200, await answer.clone().text());
    cookie = cookiesOf(answer);
    assert.match(cookie, /better-auth\.session_token=/);
  },
  "a route reads the session": async () => {
    const answer = await me(`theme=dark; ${cookie}`);
    assert.equal(answer.status, 200);
    assert.equal(await emailOf(answer), email);
  },
  "without a session the route says so": async () => assert.equal((await me("better-auth.session_token=x.y")).status, 401),
  ...(!trpc && {
    "a page reads the session": async () => {
      const answer = await send("/page", { cookie });
      assert.equal(answer.status, 200);
      assert.ok((await answer.text()).includes(email));
    },
    "without a session the page leads to the sign-in": async () => {
      for (const cookie of ["", "better-auth.session_token=x.y"]) {
        const answer = await send("/page", { cookie });
        assert.ok([302, 303, 307].includes(answer.status), `${answer.status}`);
        assert.equal(new URL(answer.headers.get("location"), app).pathname, "/sign-in");
      }
    },
  }),
  "a sign-in by the application's own code sets the cookie": async () => {
    const answer = await login({ email, password });
    assert.equal(answer.status, 200, await answer.clone().text());
    const line = answer.headers.getSetCookie().find((line) => line.includes("session_token="));
    assert.match(line, /; Path=\//i);
    assert.match(line, /; HttpOnly/i);
    assert.match(line, /; Max-Age=604800/i);
    assert.match(line, /; SameSite=Lax/i);
    assert.equal(await emailOf(await me(cookiesOf(answer))), email);
  },
  "a wrong password is the error of better-auth": async () => {
    const answer = await login({ email, password: "wrong password" });
    assert.equal(answer.status, 401);
    assert.match(await answer.text(), /INVALID_EMAIL_OR_PASSWORD/);
    assert.deepEqual(answer.headers.getSetCookie(), []);
  },
  ...(args.recipe.startsWith("next-") && {
    "a server action signs in and sets the cookie": async () => {
      const page = await (await send("/sign-in")).text();
      const form = new FormData();
      for (const [, name, value = ""] of page.matchAll(/<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?/g)) form.set(name, value.replaceAll("&quot;", '"'));
      form.set("email", email);
      form.set("password", password);
      const answer = await send("/sign-in", { method: "POST", body: form, headers: { origin: app } });
      assert.equal(answer.status, 303, await answer.clone().text());
      assert.equal(new URL(answer.headers.get("location"), app).pathname, "/page");
      assert.equal(await emailOf(await me(cookiesOf(answer))), email);
    },
  }),
  "a page of another origin is refused": async () => {
    const answer = await post("/api/auth/update-user", { name: "Eve" }, { cookie, origin: "https://evil.example" });
    assert.equal(answer.status, 403);
    assert.equal((await answer.json()).code, "INVALID_ORIGIN");
  },
  "a sign-out through the handler ends the session": async () => {
    const answer = await post("/api/auth/sign-out", {}, { cookie });
    assert.equal(answer.status, 200);
    assert.match(answer.headers.getSetCookie().join("\n"), /session_token=; Max-Age=0/);
    assert.equal((await me(cookie)).status, 401);
  },
};
let failed = 0;
for (const [name, step] of Object.entries(steps)) {
  try {
    await step();
    console.log(`ok ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`not ok ${name}\n${error.stack}`);
  }
}
if (failed) console.log(said.slice(-4_000));
console.log(`${Object.keys(steps).length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
