// The headers that go to the service, and those that come back. Both are lists of what passes: a header that is not named here
// stays, because it may belong to another service.
import { ownCookies, type CookieNames } from "./cookies.js";

/** Headers that `auth.api` sends on from the request that it is given. */
const FROM_CALLS = ["user-agent", "accept-language", "x-captcha-response", "x-skip-oauth-proxy", "traceparent", "tracestate"];
/** Headers that `auth.handler` sends on as well: the service checks from where a browser sends a request. */
const FROM_BROWSERS = [
  ...FROM_CALLS,
  "accept",
  "content-type",
  "origin",
  "referer",
  "sec-fetch-site",
  "sec-fetch-mode",
  "sec-fetch-dest",
  "sec-fetch-user",
  "access-control-request-method",
  "access-control-request-headers",
  "access-control-request-private-network",
];
/** Headers of an answer that are about the connection to the service, or about a body that `fetch` has decoded. */
const OF_THE_CONNECTION = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "content-encoding",
  "content-length",
]);
/** The letters of a client's address, or of a list of them. */
const ADDRESSES = /^[0-9a-fA-F:.,[\] ]{2,500}$/;

/** Decides which headers pass. */
export interface HeaderRules {
  cookies: CookieNames;
  /** Whether bearer tokens belong to the service. */
  authorization: boolean;
  /** Further headers that pass, such as `x-api-key`. */
  forwardHeaders: readonly string[];
  /** Headers in which the platform in front of the application names the client's address; the first that is set counts. */
  addressHeaders: readonly string[];
  /** The header in which the service looks for the address. */
  sendAddressAs: string;
}

/** The headers of a call of `auth.api`. `from` are those of the request that the application answers. */
export function headersOfCall(from: Headers, rules: HeaderRules, origin: string): Headers {
  const headers = passed(from, FROM_CALLS, rules);
  // The service trusts its own origin. In process, better-auth checks no origin either: the framework does.
  headers.set("origin", origin);
  headers.set("accept", "application/json");
  return headers;
}

/** The headers of a request that `auth.handler` passes on. */
export function headersOfBrowser(from: Headers, rules: HeaderRules): Headers {
  return passed(from, FROM_BROWSERS, rules);
}

function passed(from: Headers, names: readonly string[], rules: HeaderRules): Headers {
  const headers = new Headers();
  for (const name of [...names, ...rules.forwardHeaders]) {
    const value = from.get(name);
    if (value !== null) headers.set(name, value);
  }
  const cookies = ownCookies(from.get("cookie"), rules.cookies);
  if (cookies) headers.set("cookie", cookies);
  else headers.delete("cookie");
  const authorization = from.get("authorization");
  if (authorization !== null && rules.authorization && /^bearer /i.test(authorization)) headers.set("authorization", authorization);
  else headers.delete("authorization");
  const address = rules.addressHeaders.map((name) => from.get(name)?.trim()).find(Boolean);
  if (address && ADDRESSES.test(address)) headers.set(rules.sendAddressAs, address);
  return headers;
}

/** The headers of an answer, each cookie as a header of its own. */
export function headersOfAnswer(from: Headers): Headers {
  const named = new Set((from.get("connection") ?? "").split(",").map((name) => name.trim().toLowerCase()));
  const headers = new Headers();
  for (const [name, value] of from) if (name !== "set-cookie" && !OF_THE_CONNECTION.has(name) && !named.has(name)) headers.set(name, value);
  for (const cookie of from.getSetCookie()) headers.append("set-cookie", cookie);
  return headers;
}
