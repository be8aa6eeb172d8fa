// Finds the target of a request: by the project's own vercel.json, or by a built output folder.
//
// Both make { functions, files, route(method, path) }: functions and files are Maps by public path, and route answers
// { function | file | status, matched?, query?, headers? }.
import fs from "node:fs";
import path from "node:path";

/** A function as it is started; its name is the last part of its path, which is the binary's name as well. */
const describe = (route, executable, settings = {}) => ({
  name: path.basename(route),
  route,
  executable,
  folder: path.dirname(executable),
  seconds: settings.maxDuration ?? 300,
  environment: settings.environment ?? {},
});

/** Every file below a folder, as [path relative to it with a leading slash, path on the disk]. */
function* walk(folder, below = "") {
  if (!fs.existsSync(folder)) return;
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const [relative, file] = [`${below}/${entry.name}`, path.join(folder, entry.name)];
    // A .func folder is one thing, and may be a link to another one.
    if (relative.endsWith(".func") || !entry.isDirectory()) yield [relative, file];
    else yield* walk(file, relative);
  }
}

/** Looks a path up in what there is: a function, a file, or a folder's index.html. */
const lookup = ({ functions, files }) => (wanted) => {
  if (functions.has(wanted)) return { function: functions.get(wanted), matched: wanted };
  const file = files.get(wanted) ?? files.get(`${wanted.replace(/\/$/, "")}/index.html`);
  return file && { file };
};

/** The way through vercel.json: what is there first, then the rewrites in their order. */
export function fromProject(root, binaries) {
  const config = JSON.parse(fs.readFileSync(path.join(root, "vercel.json"), "utf8"));
  const settings = Object.entries(config.functions ?? {}).map(([glob, value]) => [globbed(glob), value]);
  const functions = new Map();
  for (const [file] of walk(path.join(root, "api"))) {
    if (!file.endsWith(".rs") || /\/[._]/.test(file)) continue;
    const route = `/api${file.slice(0, -".rs".length)}`;
    const own = settings.find(([glob]) => glob.test(`api${file}`))?.[1];
    functions.set(route, describe(route, path.join(binaries, path.basename(route)), own));
  }
  const found = { functions, files: new Map(walk(path.join(root, "public"))) };
  const rewrites = (config.rewrites ?? []).map(({ source, destination, ...rest }) => {
    if (Object.keys(rest).length > 0) throw new Error(`vercel.json: ${Object.keys(rest)} of rewrites is not supported here`);
    return { ...pattern(source), destination };
  });
  const at = lookup(found);
  const route = (_, wanted) => {
    const direct = at(wanted);
    if (direct) return direct;
    for (const { expression, names, destination } of rewrites) {
      const match = expression.exec(wanted);
      if (!match) continue;
      // A named parameter that the destination does not use becomes one of the query.
      const values = names.map((name, index) => [name, match[index + 1] ?? ""]).filter(([name]) => name);
      const query = values.filter(([name]) => !destination.includes(`:${name}`));
      const target = values.reduce((text, [name, value]) => text.replaceAll(`:${name}`, value), destination);
      return { ...(at(target) ?? { status: 404 }), query };
    }
    return { status: 404 };
  };
  return { ...found, route };
}

const escaped = (text) => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&");

const globbed = (glob) =>
  new RegExp(`^${escaped(glob).replaceAll("**/", "\0").replaceAll("*", "[^/]*").replaceAll("\0", "(?:.*/)?")}$`);

/** The sources in use: plain text, `:name`, `:name*` and unnamed groups like `(.*)`. */
function pattern(source) {
  const names = [];
  const parts = source.replace(/:(\w+)(\*)?|\([^)]*\)|[^:(]+/g, (part, name, many) => {
    if (!name && part[0] !== "(") return escaped(part);
    names.push(name);
    return name ? (many ? "(.*)" : "([^/]+)") : part;
  });
  return { expression: new RegExp(`^${parts}$`, "i"), names };
}

const KNOWN = new Set(["handle", "src", "dest", "status", "headers", "methods", "continue", "check", "caseSensitive"]);

/** The way through a built folder: the phases of its config.json (Build Output API, version 3). */
export function fromOutput(folder) {
  const config = JSON.parse(fs.readFileSync(path.join(folder, "config.json"), "utf8"));
  if (config.version !== 3) throw new Error(`${folder}/config.json has version ${config.version}, not 3`);
  const functions = new Map();
  for (const [name, file] of walk(path.join(folder, "functions"))) {
    if (!name.endsWith(".func")) continue;
    const settings = JSON.parse(fs.readFileSync(path.join(file, ".vc-config.json"), "utf8"));
    const route = name.slice(0, -".func".length);
    if (settings.runtime !== "executable") throw new Error(`${route} is no executable: ${settings.runtime}`);
    functions.set(route, describe(route, path.join(fs.realpathSync(file), settings.handler), settings));
  }
  const files = new Map();
  for (const [name, file] of walk(path.join(folder, "static"))) {
    const renamed = config.overrides?.[name.slice(1)]?.path;
    files.set(renamed === undefined ? name : `/${renamed}`, file);
  }
  const phases = { start: [] };
  let phase = "start";
  for (const rule of config.routes ?? []) {
    const unknown = Object.keys(rule).filter((key) => !KNOWN.has(key));
    if (unknown.length > 0) throw new Error(`${folder}/config.json: ${unknown} of routes is not supported here`);
    if (rule.handle) phases[(phase = rule.handle)] ??= [];
    else phases[phase].push({ ...rule, expression: new RegExp(rule.src, rule.caseSensitive ? "" : "i") });
  }
  return { functions, files, route: (method, wanted) => throughPhases(phases, lookup({ functions, files }), method, wanted) };
}

function throughPhases(phases, at, method, wanted) {
  const state = { path: wanted, query: [], headers: {} };
  const run = (name) => {
    for (const rule of phases[name] ?? []) {
      const match = rule.methods && !rule.methods.includes(method) ? null : rule.expression.exec(state.path);
      if (!match) continue;
      const filled = (text) => text.replace(/\$(\w+)/g, (_, key) => match.groups?.[key] ?? match[key] ?? "");
      for (const [key, value] of Object.entries(rule.headers ?? {})) state.headers[key.toLowerCase()] = filled(value);
      if (rule.dest) {
        const [target, query = ""] = filled(rule.dest).split("?");
        state.path = target;
        state.query.push(...new URLSearchParams(query));
      }
      if (rule.continue) continue;
      if (rule.status) return { status: rule.status };
      const found = rule.dest && at(state.path);
      if (found) return found;
    }
  };
  let hit = run("start");
  for (const name of ["filesystem", "rewrite", "resource", "miss"]) {
    // Existing files and functions come before the rules of each phase, and decide where they led.
    hit ??= at(state.path) ?? run(name);
  }
  if (hit?.function || hit?.file) run("hit");
  return { ...(hit ?? at(state.path) ?? { status: 404 }), query: state.query, headers: state.headers };
}
