#!/usr/bin/env node
// Serves what `vercel build` made as the platform does, takes the real client through it, and measures it.
//
//   [DATABASE_URL=…] node drive-output.mjs [.vercel/output]
//
// Without DATABASE_URL, `cargo gatepost dev` is started beside it for the sake of its database.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

const project = path.resolve(import.meta.dirname, "../..");
const output = path.resolve(process.argv[2] ?? path.join(project, ".vercel/output"));
const children = [];

/** Starts a program and waits for a line of its standard output. It ends when this process ends: the pipe to it closes. */
async function start(program, args, options, wanted, limit) {
  const child = spawn(program, args, { ...options, stdio: ["pipe", "pipe", "pipe"] });
  children.push(child);
  const said = [];
  createInterface({ input: child.stderr }).on("line", (line) => said.push(line));
  const lines = createInterface({ input: child.stdout });
  const late = AbortSignal.timeout(limit);
  const found = new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`${program} ${args.join(" ")}: ${why}\n${said.slice(-20).join("\n")}`));
    lines.on("line", (line) => wanted.exec(line) && resolve(wanted.exec(line)[1]));
    child.on("error", (error) => fail(error.message)).on("exit", (code) => fail(`ended with ${code}`));
    late.addEventListener("abort", () => fail(`not ready within ${limit} ms`));
  });
  found.catch(() => {});
  return { found: await found, child, said };
}

async function run(program, args, options, limit) {
  const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"], timeout: limit, ...options });
  const [code, signal] = await once(child, "exit");
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${signal ?? code}`);
}

/** The URL of a database with the schema. */
async function database() {
  // The profile that costs least: after a test run there is a debug build; else the release build shares the functions'
  // dependencies.
  const profile = fs.existsSync(path.join(project, "target/debug/gatepost")) ? "dev" : "release";
  const cargo = ["run", "--quiet", "--profile", profile, "--package", "gatepost-cli", "--"];
  if (process.env.DATABASE_URL) {
    await run("cargo", [...cargo, "migrate"], { cwd: project }, 900_000);
    return process.env.DATABASE_URL;
  }
  // Built first: that may take minutes, and starting must not.
  await run("cargo", ["build", "--quiet", "--profile", profile, "--package", "gatepost-cli"], { cwd: project }, 900_000);
  const folder = path.join(project, "target/vercel-build");
  fs.mkdirSync(folder, { recursive: true });
  const manifest = path.join(project, "Cargo.toml");
  const dev = [cargo[0], "--manifest-path", manifest, ...cargo.slice(1), "dev", "--port", "0"];
  return (await start("cargo", dev, { cwd: folder }, /^database\s+psql (\S+)/, 120_000)).found;
}

/** The function that answers /ok, and all paths that are left. */
const { rewrites } = JSON.parse(fs.readFileSync(path.join(project, "vercel.json"), "utf8"));
const fallback = path.basename(rewrites.at(-1).destination);

const middle = (numbers) => numbers.sort((one, two) => one - two)[Math.floor(numbers.length / 2)];
const timed = async (request) => {
  const begun = performance.now();
  const answer = await request();
  const text = await answer.text();
  return { answer, text, took: performance.now() - begun };
};

async function measure(url) {
  const bounded = (where, options) => fetch(url + where, { signal: AbortSignal.timeout(30_000), ...options });
  const state = async () => (await bounded("/__harness")).json();
  const cold = [];
  for (let round = 0; round < 20; round += 1) {
    await bounded(`/__harness/stop?function=${fallback}`, { method: "POST" });
    const { answer, took } = await timed(() => bounded("/api/auth/ok"));
    if (!answer.ok) throw new Error(`/ok answered ${answer.status}`);
    cold.push({ took, started: (await state())[fallback].coldStartMs });
  }
  const post = (where, body) =>
    bounded(where, { method: "POST", headers: { "content-type": "application/json", origin: url }, body: JSON.stringify(body) });
  const user = { name: "Load", email: `load-${randomBytes(6).toString("hex")}@example.com`, password: "correct horse battery" };
  const signedUp = await post("/api/auth/sign-up/email", user);
  if (!signedUp.ok) throw new Error(`sign-up answered ${signedUp.status}: ${await signedUp.text()}`);
  const cookie = signedUp.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
  const reads = [];
  const reader = async () => {
    for (let round = 0; round < 50; round += 1) {
      const { text, took } = await timed(() => bounded("/api/auth/get-session", { headers: { cookie } }));
      if (!text.includes(user.email)) throw new Error(`get-session answered ${text}`);
      reads.push(took);
    }
  };
  await Promise.all(Array.from({ length: 8 }, reader));
  const signIns = await Promise.all(Array.from({ length: 8 }, () => timed(() => post("/api/auth/sign-in/email", user))));
  if (signIns.some(({ answer }) => !answer.ok)) throw new Error("a sign-in under load failed");

  // The last `end` may come after the answer.
  const open = (told) => Object.values(told).some(({ invocations, ends }) => ends < invocations);
  let after = await state();
  for (let tries = 0; open(after) && tries < 200; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    after = await state();
  }
  const ms = (number) => `${number.toFixed(1)} ms`;
  console.log(`cold start, process to first ping: p50 ${ms(middle(cold.map(({ started }) => started)))}`);
  console.log(`cold start, request to answer of /ok: p50 ${ms(middle(cold.map(({ took }) => took)))}`);
  console.log(`get-session, 8 at a time through the harness: p50 ${ms(middle(reads))}`);
  console.log(`8 sign-ins at once: the last after ${ms(Math.max(...signIns.map(({ took }) => took)))}`);
  for (const [name, { rss, starts, invocations, ends }] of Object.entries(after)) {
    console.log(`${name.padEnd(12)} ${(rss / 1024).toFixed(1).padStart(5)} MB resident after ${invocations} requests, ${starts} start(s)`);
    if (ends !== invocations) throw new Error(`${name} ended ${ends} of ${invocations} invocations`);
  }
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "gatepost-"));
let failed = false;
try {
  // The options that were compiled in, but for the limits: the journey signs in more often than a person does.
  const config = path.join(folder, "gatepost.toml");
  fs.writeFileSync(config, fs.readFileSync(path.join(project, "gatepost.toml"), "utf8") + "\n[rate_limit]\nenabled = false\n");
  const variables = { GATEPOST_CONFIG: config, DATABASE_URL: await database(), BETTER_AUTH_SECRET: randomBytes(32).toString("base64") };
  const env = Object.entries(variables).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
  const serve = [path.join(import.meta.dirname, "serve.mjs"), "--port", "0", "--freeze", "--output", output, ...env];
  const { found: url } = await start(process.execPath, serve, {}, /^listening on (\S+)$/, 15_000);
  await run(process.execPath, ["journey.mjs", "--url", url], { cwd: path.join(project, "tests/client") }, 300_000);
  await measure(url);
} catch (error) {
  console.error(`not ok - ${error.message}`);
  failed = true;
}
for (const child of children.reverse()) {
  child.removeAllListeners("exit");
  if (child.exitCode === null) {
    child.kill("SIGTERM");
    await Promise.race([once(child, "exit"), new Promise((resolve) => setTimeout(resolve, 10_000).unref())]);
  }
}
fs.rmSync(folder, { recursive: true });
process.exit(failed ? 1 : 0);
