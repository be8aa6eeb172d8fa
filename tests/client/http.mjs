// Requests as they are written, and the cookies a browser would keep.
import { Agent, request } from "node:http";

const agent = new Agent({ keepAlive: true });

/**
 * One request with exactly these headers. Not `fetch`, which adds fetch metadata, a user agent and an Accept-Language,
 * any of which changes what the server has to answer. Header values are sent as Latin-1, as they came out of a socket.
 */
export function send(origin, method, path, { headers = {}, body, timeout = 15_000 } = {}) {
  return new Promise((resolve, reject) => {
    const outgoing = request(origin, { agent, method, path, headers, signal: AbortSignal.timeout(timeout) }, (incoming) => {
      const chunks = [];
      incoming.on("data", (chunk) => chunks.push(chunk)).on("error", reject);
      incoming.on("end", () => resolve({
        status: incoming.statusCode,
        headers: incoming.headers,
        setCookie: incoming.headers["set-cookie"] ?? [],
        text: Buffer.concat(chunks).toString("utf8"),
      }));
    });
    outgoing.on("error", reject);
    // `body: null` begins a body and ends it empty; an absent one has no body and says so.
    if (body === null) outgoing.setHeader("transfer-encoding", "chunked");
    else if (body !== undefined) outgoing.setHeader("content-length", Buffer.byteLength(body));
    else if (method !== "GET" && method !== "HEAD" && method !== "OPTIONS") outgoing.setHeader("content-length", 0);
    // A body given as text would be joined with the headers and turn those into UTF-8 as well.
    outgoing.end(body ? Buffer.from(body) : undefined);
  });
}

/** Keeps cookies as a browser does for one origin: values stay as they were written, percent signs and all. */
export class Jar {
  #cookies = new Map();

  absorb(lines, now = Date.now()) {
    for (const line of lines) {
      const [pair, ...rest] = line.split(/;\s*/);
      const at = pair.indexOf("=");
      const [name, value] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
      const attributes = new Map(rest.map((a) => a.split("=")).map(([k, ...v]) => [k.toLowerCase(), v.join("=")]));
      const maxAge = attributes.has("max-age") ? Number(attributes.get("max-age")) : undefined;
      const path = attributes.get("path")?.startsWith("/") ? attributes.get("path") : "/";
      const key = `${name};${path}`;
      if (maxAge !== undefined && maxAge <= 0) this.#cookies.delete(key);
      else this.#cookies.set(key, { name, value, path, expires: maxAge === undefined ? Infinity : now + maxAge * 1000, session: maxAge === undefined, httpOnly: attributes.has("httponly") });
    }
  }
  /** The cookies for a path, as objects with name, value, whether they last only as long as the browser, and whether scripts see them. */
  list(path = "/", now = Date.now()) {
    const covers = (p) => p === "/" || path === p || path.startsWith(p.endsWith("/") ? p : `${p}/`);
    return [...this.#cookies.values()].filter((c) => c.expires > now && covers(c.path));
  }
  header(path) {
    return this.list(path).map((c) => `${c.name}=${c.value}`).join("; ");
  }
  get(suffix) {
    return this.list().find((c) => c.name.endsWith(suffix));
  }
  set(name, value) {
    this.#cookies.set(`${name};/`, { name, value, path: "/", expires: Infinity, session: true });
  }
  delete(suffix) {
    for (const [key, c] of this.#cookies) if (c.name.endsWith(suffix)) this.#cookies.delete(key);
  }
  clear() {
    this.#cookies.clear();
  }
}
