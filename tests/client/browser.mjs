// The unmodified client, and around it what a browser would do: keep cookies, send an Origin, give up after a while.
import { createAuthClient } from "better-auth/client";
import { Jar } from "./http.mjs";

/**
 * A client of the server at `url`. `origin` is what the page it runs on would send (null sends none); it may be changed
 * between calls. Browsers that share a jar share their cookies. `last` is the latest answer as it came over the wire.
 */
export function browser(url, { origin = new URL(url).origin, jar = new Jar(), timeout = 15_000, plugins = [] } = {}) {
  const self = { jar, origin, last: undefined };
  const customFetchImpl = async (input, init = {}) => {
    const target = new URL(input);
    const headers = new Headers(init.headers);
    const cookies = self.jar.header(target.pathname);
    if (cookies) headers.set("cookie", cookies);
    if (self.origin !== null) headers.set("origin", self.origin);
    const response = await fetch(target, { ...init, headers, redirect: "manual", signal: AbortSignal.timeout(timeout) });
    self.jar.absorb(response.headers.getSetCookie());
    self.last = { method: init.method ?? "GET", path: target.pathname, status: response.status, headers: response.headers, text: await response.clone().text() };
    return response;
  };
  self.client = createAuthClient({ baseURL: url, plugins, fetchOptions: { customFetchImpl } });
  return self;
}

/** Collects named checks, prints each as one line, or all of them as JSON at the end. */
export class Checks {
  #all = [];
  constructor({ json = false } = {}) { this.json = json; }

  that(name, holds, ...found) {
    const check = { name, ok: holds === true, ...(holds === true ? {} : { found }) };
    this.#all.push(check);
    if (this.json) return;
    console.log(`${check.ok ? "ok" : "not ok"} - ${name}`);
    if (!check.ok) for (const value of found) console.log(`    found ${JSON.stringify(value) ?? String(value)}`);
  }
  equal(name, found, wanted) {
    const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
    this.that(name, a === b, found, { wanted });
  }
  /** Runs a part of the journey; what it throws is a failed check and not the end of the report. */
  async part(name, run) {
    try { await run(); } catch (error) { this.that(`${name}: runs to its end`, false, String(error?.stack ?? error)); }
  }
  /** Prints the sum and ends the process with it. */
  finish() {
    const passed = this.#all.filter((c) => c.ok).length;
    const failed = this.#all.length - passed;
    console.log(this.json ? JSON.stringify({ passed, failed, checks: this.#all }) : `${passed} passed, ${failed} failed`);
    process.exit(failed || !passed ? 1 : 0);
  }
}

/** An address that no other run used. */
export const newAddress = (name) => `${name}-${Date.now().toString(36)}-${crypto.randomUUID().slice(0, 8)}@example.com`;
