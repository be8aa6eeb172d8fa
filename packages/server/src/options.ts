// The options of `createAuth`, and what follows from them.
import type { BetterAuthClientPlugin } from "better-auth";
import type { CacheReader, SessionCache } from "./cached-session.js";
import type { CookieNames, SetCookie } from "./cookies.js";
import { ENDPOINTS, type EndpointRow } from "./endpoints.js";
import type { ExpoOptions } from "./expo.js";
import type { HeaderRules } from "./headers.js";
import { KeySet, type Expected } from "./jwt.js";
import type { Service } from "./transport.js";

/** Hands cookies on to a framework that has the request at hand, as better-auth's plugin `nextCookies` does. */
export interface FrameworkCookies {
  /** Whether the framework cannot set cookies now, so that the service must not extend the session. */
  isReadOnly?(): boolean | Promise<boolean>;
  /** Sets the cookies of an answer. */
  set(cookies: SetCookie[]): void | Promise<void>;
}

export interface AuthOptions<Plugins extends readonly BetterAuthClientPlugin[] = readonly BetterAuthClientPlugin[]> {
  /** The URL of the service, such as `https://auth.example.com`. With a path, that is the base path. */
  baseURL: string;
  /** The base path of the service where `baseURL` has no path; `/api/auth` by default. */
  basePath?: string;
  /** The path below which the application serves `auth.handler`; the base path of the service by default. */
  mountPath?: string;
  /** The client plugins that your client uses. They give `auth.api` and `auth.$Infer` their types; none of their code runs here. */
  plugins?: Plugins;
  /** The `Origin` of calls of `auth.api`, which the service must trust; by default that of `baseURL`. */
  origin?: string;
  /** Milliseconds that a call may take; 10,000 by default. */
  timeout?: number;
  /** `advanced.cookie_prefix` of the service; `better-auth` by default. */
  cookiePrefix?: string;
  /** Names of cookies that the service renames one by one: `{ session_token: "sid" }`. */
  cookieNames?: Record<string, string>;
  /** Whether the service's cookies begin with `__Secure-`; by default if `baseURL` begins with `https:`. */
  useSecureCookies?: boolean;
  /** Whether a bearer token in `Authorization` belongs to the service and is sent on; on by default. Other schemes never are. */
  forwardAuthorization?: boolean;
  /** Further headers that are sent on, such as `["x-api-key"]`. */
  forwardHeaders?: readonly string[];
  /** Headers in which the platform in front of your application names the client's address; `["x-forwarded-for"]` by default. */
  addressHeaders?: readonly string[];
  /** The header in which the service expects that address; `x-forwarded-for` by default. */
  sendAddressAs?: string;
  /** Hands the cookies of an answer on: `nextCookies()` of `@gatepost/server/next`, for example. */
  cookies?: FrameworkCookies;
  /** The secret of the service, and older ones that it still accepts. Only `sessionCache` and `expo` use it; it is never sent. */
  secret?: string | readonly string[];
  /** Reads the cached session here, without a request. Off by default. */
  sessionCache?: SessionCache;
  /** The claims that `auth.api.verifyJWT` expects: `[jwt]` of the service. Issuer and audience are the origin of `baseURL` by default. */
  jwt?: { issuer?: string; audience?: string; jwksPath?: string };
  /** Additional fields that are times, so that they are answered as `Date`. */
  dates?: readonly string[];
  /** Endpoints that better-auth 1.7.25 does not have by itself: `{ listPasskeys: "GET /passkey/list-user-passkeys" }`. */
  endpoints?: Record<string, EndpointRow>;
  /** Lets apps built with `@better-auth/expo` use `auth.handler`. Off by default. */
  expo?: ExpoOptions;
  /** Called with what keeps `auth.handler` from an answer; writes to the console by default. */
  onError?: (error: unknown) => void;
  /** Sends requests; the global `fetch` by default. */
  fetch?: typeof fetch;
}

/** The options as the calls and the handler use them. */
export interface Setup {
  service: Service;
  rules: HeaderRules;
  origin: string;
  mountPath: string;
  endpoints: Record<string, EndpointRow>;
  dates: readonly string[];
  secrets: readonly string[];
  framework: FrameworkCookies | undefined;
  keys: KeySet;
  jwt: Expected;
  cache: CacheReader | undefined;
  expo: ExpoOptions | undefined;
  onError: (error: unknown) => void;
}

/** @throws {TypeError} if an option cannot work. */
export function setUp(options: AuthOptions): Setup {
  if (!URL.canParse(options.baseURL)) throw new TypeError(`baseURL is ${options.baseURL}, which is not a URL; write it like https://auth.example.com`);
  const url = new URL(options.baseURL);
  if (url.protocol !== "https:" && url.protocol !== "http:") throw new TypeError("baseURL must be an http or https URL");
  if (url.username || url.password || url.search || url.hash) throw new TypeError("baseURL must have neither a user, a query nor a fragment");
  const basePath = path(url.pathname === "/" ? (options.basePath ?? "/api/auth") : url.pathname);
  const secrets = [options.secret ?? []].flat().filter(Boolean);
  const { sessionCache, expo } = options;
  if (sessionCache && secrets.length === 0 && !sessionCache.signedWithKeys)
    throw new TypeError("sessionCache needs the secret of the service, unless its signing keys sign the cookie: set `secret`, or `signedWithKeys` if `jwt.session_cookie_cache` is on");
  if (sessionCache?.signedWithKeys && sessionCache.strategy !== "jwt") throw new TypeError('sessionCache.signedWithKeys needs strategy: "jwt"');
  const service: Service = {
    base: url.origin + basePath,
    origin: url.origin,
    timeout: options.timeout ?? 10_000,
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
  };
  const cookies: CookieNames = {
    prefix: options.cookiePrefix ?? "better-auth",
    secure: options.useSecureCookies ?? url.protocol === "https:",
    names: options.cookieNames ?? {},
  };
  const keys = new KeySet(service, path(options.jwt?.jwksPath ?? "/jwks"));
  const dates = options.dates ?? [];
  return {
    service,
    rules: {
      cookies,
      authorization: options.forwardAuthorization ?? true,
      forwardHeaders: options.forwardHeaders ?? [],
      addressHeaders: options.addressHeaders ?? ["x-forwarded-for"],
      sendAddressAs: options.sendAddressAs ?? "x-forwarded-for",
    },
    origin: new URL(options.origin ?? url.origin).origin,
    mountPath: options.mountPath === undefined ? basePath : path(options.mountPath),
    endpoints: { ...ENDPOINTS, ...options.endpoints },
    dates,
    secrets,
    framework: options.cookies,
    keys,
    jwt: { issuer: options.jwt?.issuer ?? url.origin, audience: options.jwt?.audience ?? url.origin },
    cache: sessionCache && { ...sessionCache, issuer: sessionCache.issuer ?? options.baseURL, cookies, secrets, keys, dates },
    expo,
    onError: options.onError ?? ((error) => console.error("[gatepost]", error)),
  };
}

function path(text: string): string {
  const trimmed = text.replace(/\/+$/, "");
  if (trimmed !== "" && !/^(\/[\w.~!$&'()*+,;=:@%-]+)+$/.test(trimmed)) throw new TypeError(`${JSON.stringify(text)} is not a path`);
  return trimmed;
}
