#!/usr/bin/env node
// Runs the functions as the platform runs them: one process each for many requests at once, its socket, its headers, its
// limits and, with --freeze, its freezing between requests.
//
//   node serve.mjs [--port 3000] [--env-file FILE] [--env NAME=VALUE]… [--freeze]
//                  ( --vercel-json PROJECT --bin-dir FOLDER | --output .vercel/output )
//
// The functions get the given variables and the platform's own, nothing of this process's environment. Their log lines go
// to standard error, each with the function's name. GET /__harness tells what runs; POST /__harness/stop?function=NAME
// ends an instance, and the next request starts a cold one. Ends on a signal, or when the pipe at standard input closes.
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { parseArgs } from "node:util";
import { Instance, requestId } from "./instance.mjs";
import { fromOutput, fromProject } from "./routes.mjs";

/** The largest body that reaches a function, in bytes. */
const BODY_LIMIT = 4.5 * 1024 * 1024;

const { values: args } = parseArgs({
  options: {
    port: { type: "string", default: "3000" },
    env: { type: "string", multiple: true, default: [] },
    "env-file": { type: "string" },
    freeze: { type: "boolean", default: false },
    "vercel-json": { type: "string" },
    "bin-dir": { type: "string" },
    output: { type: "string" },
  },
});
if (!args.output && !(args["vercel-json"] && args["bin-dir"])) {
  console.error("Say what to serve: --output FOLDER, or --vercel-json PROJECT --bin-dir FOLDER.");
  process.exit(2);
}
const site = args.output
  ? fromOutput(path.resolve(args.output))
  : fromProject(path.resolve(args["vercel-json"]), path.resolve(args["bin-dir"]));

const pair = (line) => /^\s*(\w+)\s*=\s*"?(.*?)"?\s*$/.exec(line)?.slice(1);
const lines = args["env-file"] ? fs.readFileSync(args["env-file"], "utf8").split("\n") : [];
const whole = (text) => /^(\w+)=(.*)$/s.exec(text)?.slice(1);
const given = Object.fromEntries([...lines.map(pair), ...args.env.map(whole)].filter(Boolean));

/** Per function: the instance under way or running, as a promise, and what is counted over all its instances. */
const slots = new Map();
for (const definition of site.functions.values()) slots.set(definition.name, { definition, starts: 0, invocations: 0, ends: 0 });
if (slots.size < site.functions.size) throw new Error("two functions have the same name");

const here = () => `localhost:${server.address().port}`;

const environment = (definition) => ({
  PATH: "/usr/local/bin:/usr/bin:/bin",
  HOME: "/tmp",
  LANG: "en_US.UTF-8",
  TZ: ":UTC",
  VERCEL: "1",
  VERCEL_ENV: "production",
  VERCEL_TARGET_ENV: "production",
  VERCEL_REGION: "iad1",
  VERCEL_URL: here(),
  VERCEL_DEPLOYMENT_ID: "dpl_local",
  ...definition.environment,
  ...given,
});

/** The one instance of a function; the first request starts it, and all share it. */
function instance(slot) {
  const { definition } = slot;
  const say = (text) => text.trimEnd().split("\n").forEach((line) => process.stderr.write(`[${definition.name}] ${line}\n`));
  const forget = (promise) => slot.instance === promise && (slot.instance = undefined);
  if (!slot.instance) {
    slot.starts += 1;
    const ended = () => (slot.ends += 1);
    const starting = Instance.start(definition, environment(definition), { freezes: args.freeze, say, ended });
    slot.instance = starting;
    starting.then((started) => (slot.current = started)).catch((error) => {
      say(error.message);
      forget(starting);
    });
  }
  const wanted = slot.instance;
  return wanted.then((started) => {
    if (!started.gone) return started;
    forget(wanted);
    return instance(slot);
  });
}

/** Resolves when there is no instance any more. One that is starting is stopped when it has started. */
function stop(slot) {
  const ending = slot.instance?.then((running) => running.stop()).catch(() => {});
  slot.current = slot.instance = undefined;
  return ending;
}

function harness(request, answer, url) {
  const slot = slots.get(url.searchParams.get("function"));
  if (request.method === "POST" && url.pathname === "/__harness/stop" && slot) stop(slot);
  else if (request.method !== "GET" || url.pathname !== "/__harness") return refuse(answer, 404, "NOT_FOUND");
  const tell = ({ starts, invocations, ends, current }) => {
    const running = current?.gone === false ? current : undefined;
    const { pid = null, coldStartMs = null, frozen = null, rss = null } = running ?? {};
    return { pid, starts, coldStartMs, frozen, invocations, ends, rss };
  };
  answer.writeHead(200, { "content-type": "application/json" });
  answer.end(JSON.stringify(Object.fromEntries([...slots].map(([name, slot]) => [name, tell(slot)]))));
}

/** The platform's own answers. */
function refuse(answer, status, code) {
  answer.writeHead(status, { "content-type": "text/plain; charset=utf-8", "x-vercel-error": code });
  answer.end(`${code}\n`);
}

/** Headers that only the platform may set, and those that belong to one connection. */
const DROPPED =
  /^(x-vercel-.*|x-forwarded-.*|x-real-ip|x-matched-path|forwarded|connection|keep-alive|transfer-encoding|content-length|upgrade|expect|te|trailer)$/;

/** [name, value, name, value, …] as an object, repeated ones as lists. */
function collected(raw) {
  const headers = {};
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at].toLowerCase();
    headers[name] = name in headers ? [headers[name], raw[at + 1]].flat() : raw[at + 1];
  }
  return headers;
}

const without = (headers, dropped) => Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.test(name)));

let requests = 0;

async function invoke(request, answer, body, { hit, url, id }) {
  const slot = slots.get(hit.function.name);
  let running;
  try {
    running = await instance(slot);
  } catch {
    return refuse(answer, 500, "FUNCTION_INVOCATION_FAILED");
  }
  const number = ++requests;
  const host = request.headers.host ?? here();
  const address = request.socket.remoteAddress?.replace(/^::ffff:/, "") ?? "127.0.0.1";
  const headers = {
    ...without(collected(request.rawHeaders), DROPPED),
    host,
    forwarded: `for=${address};host=${host};proto=http`,
    "x-forwarded-for": address,
    "x-forwarded-host": host,
    "x-forwarded-port": String(server.address().port),
    "x-forwarded-proto": "http",
    "x-matched-path": hit.matched,
    "x-real-ip": address,
    "x-vercel-deployment-url": here(),
    "x-vercel-forwarded-for": address,
    "x-vercel-id": id,
    "x-vercel-internal-invocation-id": randomBytes(8).toString("hex"),
    "x-vercel-internal-request-id": String(number),
    ...(body.length > 0 || request.headers["content-length"] ? { "content-length": body.length } : {}),
  };
  // A rewrite changes which function is asked, and adds to the query; the path stays the client's.
  const added = new URLSearchParams((hit.query ?? []).filter(([name]) => !url.searchParams.has(name))).toString();
  const target = added ? `${request.url}${url.search ? "&" : "?"}${added}` : request.url;
  const answered = (received, error) => {
    if (answer.headersSent) return received?.resume();
    if (!received) {
      running.say(error.message);
      const code = error.status === 504 ? "FUNCTION_INVOCATION_TIMEOUT" : "FUNCTION_INVOCATION_FAILED";
      return refuse(answer, error.status ?? 500, code);
    }
    const own = without(collected(received.rawHeaders), /^(connection|keep-alive|transfer-encoding)$/);
    own["cache-control"] ??= "public, max-age=0, must-revalidate";
    answer.writeHead(received.statusCode, { ...own, ...hit.headers, server: "Vercel", "x-vercel-cache": "MISS", "x-vercel-id": id });
    received.pipe(answer);
    // An answer that breaks off must not look whole.
    received.on("error", () => answer.destroy());
    // If the client went away, the function's answer is still read: it runs to its end.
    answer.on("close", () => received.resume());
  };
  slot.invocations += 1;
  running.invoke(number, { method: request.method, path: target, headers }, body, answered);
}

const text = (kind) => `text/${kind}; charset=utf-8`;
const TYPES = { ".html": text("html"), ".css": text("css"), ".js": text("javascript"), ".txt": text("plain"), ".svg": "image/svg+xml" };

function give(file, request, answer) {
  if (!["GET", "HEAD"].includes(request.method)) return refuse(answer, 405, "METHOD_NOT_ALLOWED");
  const bytes = fs.readFileSync(file);
  answer.writeHead(200, { "content-type": TYPES[path.extname(file)] ?? "application/octet-stream", "content-length": bytes.length });
  answer.end(request.method === "HEAD" ? undefined : bytes);
}

const server = http.createServer({ requestTimeout: 60_000 }, (request, answer) => {
  const parts = [];
  let size = 0;
  request.on("error", () => {});
  request.on("data", (part) => (size += part.length) <= BODY_LIMIT && parts.push(part));
  request.on("end", () => {
    let url, hit;
    try {
      url = new URL(request.url, "http://localhost");
      if (url.pathname.startsWith("/__harness")) return harness(request, answer, url);
      hit = site.route(request.method, decodeURIComponent(url.pathname));
    } catch {
      return refuse(answer, 400, "BAD_REQUEST");
    }
    const id = requestId();
    if (hit.file) return give(hit.file, request, answer);
    if (!hit.function) return refuse(answer, hit.status, "NOT_FOUND");
    if (size > BODY_LIMIT) return refuse(answer, 413, "FUNCTION_PAYLOAD_TOO_LARGE");
    invoke(request, answer, Buffer.concat(parts), { hit, url, id });
  });
});
server.listen(Number(args.port), "127.0.0.1", () => console.log(`listening on http://${here()}`));

function finish() {
  Promise.allSettled([...slots.values()].map(stop)).then(() => process.exit(0));
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, finish);
const input = fs.fstatSync(0);
if (input.isFIFO() || input.isSocket()) process.stdin.on("end", finish).on("error", finish).resume();
