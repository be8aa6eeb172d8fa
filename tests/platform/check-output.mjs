#!/usr/bin/env node
// Checks what `vercel build` made: that it holds the functions and nothing else, that they start on the platform's
// machines, and that every endpoint is routed to its function.
//
//   node check-output.mjs [.vercel/output]
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fromOutput, fromProject } from "./routes.mjs";

/** The platform's bound for a plan without charge. */
const MOST_FUNCTIONS = 12;
/** A function that grows beyond it got a dependency that deserves a look. */
const MOST_BYTES = 6_900_000;
/** The expected routes of one function that serves everything. */
const MOST_BYTES_MERGED = 9_000_000;
/** The C library of the platform's build image and machines, Amazon Linux 2023. */
const GLIBC = [2, 34];
/** The libraries that a binary may load; all others might be missing there. */
const LIBRARIES = new Set(["libc.so.6", "libgcc_s.so.1", "libm.so.6", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"]);

const project = path.resolve(import.meta.dirname, "../..");
const output = path.resolve(process.argv[2] ?? path.join(project, ".vercel/output"));
const built = fromOutput(output);
const planned = fromProject(project, "");
const problems = [];
const equal = (what, found, wanted) => {
  const [one, two] = [found, wanted].map((list) => [...list].sort().join(" "));
  if (one !== two) problems.push(`${what}: found ${one || "nothing"}, expected ${two || "nothing"}`);
};

equal("functions", built.functions.keys(), planned.functions.keys());
equal("static files", built.files.keys(), planned.files.keys());
if (built.functions.size > MOST_FUNCTIONS) problems.push(`${built.functions.size} functions, at most ${MOST_FUNCTIONS}`);

// The function for all paths that are left.
const fallback = path.basename(JSON.parse(fs.readFileSync(path.join(project, "vercel.json"), "utf8")).rewrites.at(-1).destination);
const mostBytes = planned.functions.has("/api/auth/all") ? MOST_BYTES_MERGED : MOST_BYTES;
for (const { name, executable, seconds } of built.functions.values()) {
  const bytes = fs.readFileSync(executable);
  const text = bytes.toString("latin1");
  if (bytes.readUInt32BE(0) !== 0x7f454c46) problems.push(`${name} is no ELF binary`);
  if (bytes.length > mostBytes) problems.push(`${name} has ${bytes.length} bytes, at most ${mostBytes}`);
  if (seconds !== 30) problems.push(`${name} may run for ${seconds} s, expected 30`);
  const versions = [...text.matchAll(/GLIBC_(\d+)\.(\d+)/g)].map(([, major, minor]) => [Number(major), Number(minor)]);
  const newest = versions.reduce((one, two) => (one[0] - two[0] || one[1] - two[1]) > 0 ? one : two, [0, 0]);
  if ((newest[0] - GLIBC[0] || newest[1] - GLIBC[1]) > 0) problems.push(`${name} needs glibc ${newest.join(".")}`);
  const loaded = new Set(text.match(/(?<=\0)(?:lib|ld-)[\w+-]*\.so\.\d+(?=\0)/g));
  for (const library of loaded) if (!LIBRARIES.has(library)) problems.push(`${name} loads ${library}`);
  console.log(`${name.padEnd(12)} ${String(bytes.length).padStart(8)} bytes, glibc ${newest.join(".")}, ${[...loaded].join(" ")}`);
}

// The rows of the generated page that have a function: | method | `path` | what it does | reads | checked first | `function` |
const page = fs.readFileSync(path.join(project, "docs/ENDPOINTS.md"), "utf8");
const rows = [...page.matchAll(/^\| ([A-Z]+) \| `([^`]+)` \|.*\| `([^`]+)` \|$/gm)];
if (rows.length === 0) problems.push("docs/ENDPOINTS.md names no endpoint");
const unknown = ["", "/", "/nothing", "/sign-in/nothing/at/all", "/get-session.rs"].map((below) => [, "GET", below, fallback]);
// With or without a slash at the end, the same function decides.
const slashed = rows.map(([, method, below, name]) => [, method, `${below}/`, name]);
for (const [, method, below, name] of [...rows, ...slashed, ...unknown]) {
  for (const [site, what] of [[built, "the output"], [planned, "vercel.json"]]) {
    const found = site.route(method, `/api/auth${below}`).function?.name;
    if (found !== name) problems.push(`${what} sends ${method} /api/auth${below} to ${found}, expected ${name}`);
  }
}
for (const source of ["/Cargo.toml", "/Cargo.lock", "/gatepost.toml", "/crates/core/src/lib.rs", `/api/auth/${fallback}.rs`, "/vercel.json"]) {
  if (built.route("GET", source).file) problems.push(`${source} is published`);
}

// Built without WebSockets and configured for them later, a function says what builds them in.
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "gatepost-"));
const config = path.join(folder, "gatepost.toml");
fs.writeFileSync(config, '[database]\ntransport = "websocket"\n');
const last = [...built.functions.values()].find(({ name }) => name === fallback);
const checked = spawnSync(last.executable, ["check-environment"], { env: { GATEPOST_CONFIG: config }, timeout: 15_000 });
if (checked.status !== 1 || !`${checked.stderr}`.includes("add `websocket` to the default features in Cargo.toml")) {
  problems.push(`${fallback} does not miss its WebSockets: ${checked.status} ${checked.stderr}`);
}
fs.rmSync(folder, { recursive: true });

problems.forEach((problem) => console.error(`not ok - ${problem}`));
if (problems.length > 0) process.exit(1);
console.log(`ok - ${built.functions.size} functions, ${built.files.size} static file(s), ${rows.length} endpoints routed`);
