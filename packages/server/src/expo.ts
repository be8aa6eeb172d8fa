// Apps built with `@better-auth/expo`: what its server plugin does around better-auth, done around the service.
import { bytes } from "./bytes.js";
import { nameOf } from "./cookies.js";
import type { Setup } from "./options.js";

export interface ExpoOptions {
  /** The schemes of your apps, such as `["myapp"]`, and `"exp"` in development. Only URLs of these get the cookies of a sign-in. */
  schemes: readonly string[];
  /** Origins of providers' pages besides those that gatepost knows, such as `["https://login.example.com"]`. */
  authorizationOrigins?: readonly string[];
}

/** The path to which the app's browser is sent first, so that it has the cookie of the flow. */
export const AUTHORIZATION_PROXY = "/expo-authorization-proxy";

/** The origins of the pages of providers that gatepost knows by name. */
const KNOWN = [
  "https://appleid.apple.com",
  "https://discord.com",
  "https://www.facebook.com",
  "https://github.com",
  "https://gitlab.com",
  "https://accounts.google.com",
  "https://www.linkedin.com",
  "https://login.microsoftonline.com",
  "https://slack.com",
  "https://accounts.spotify.com",
  "https://id.twitch.tv",
  "https://x.com",
];

/** The app names its origin in a header of its own, since it is no page. A page's own `Origin` stays. */
export function withExpoOrigin(headers: Headers, from: Headers): void {
  const origin = from.get("expo-origin");
  if (origin && !headers.has("origin")) headers.set("origin", origin);
}

/** Gives the browser the cookie of a flow and sends it to the provider's page. */
export async function authorizationProxy(setup: Setup, expo: ExpoOptions, query: URLSearchParams): Promise<Response> {
  const given = query.get("authorizationURL") ?? "";
  const url = URL.canParse(given) && !given.includes("#") ? new URL(given) : undefined;
  const isProvider = url && [...KNOWN, ...(expo.authorizationOrigins ?? [])].includes(url.origin);
  if (!url || url.protocol !== "https:" || !isProvider) return refused("Invalid authorizationURL");
  const { cookies } = setup.rules;
  const oauthState = query.get("oauthState");
  const state = url.searchParams.get("state");
  const [secret] = setup.secrets;
  let cookie: string;
  if (oauthState) cookie = pair(nameOf(cookies, "oauth_state"), oauthState, 600, cookies.secure);
  else if (state && secret) cookie = pair(nameOf(cookies, "state"), `${state}.${await signature(secret, state)}`, 300, cookies.secure);
  else return refused("Unexpected error");
  return new Response(null, { status: 302, headers: { location: url.href, "set-cookie": cookie, "cache-control": "no-store" } });
}

function pair(name: string, value: string, maxAge: number, secure: boolean): string {
  return `${name}=${encodeURIComponent(value)}; Max-Age=${maxAge}; Path=/; HttpOnly${secure ? "; Secure" : ""}; SameSite=Lax`;
}

async function signature(secret: string, text: string): Promise<string> {
  const key = await crypto.subtle.importKey("raw", bytes(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes(text)))));
}

function refused(message: string): Response {
  return Response.json({ message }, { status: 400 });
}

/** Adds the cookies to a redirect into the app: a flow ends there, and the app does not share the browser's cookies. */
export function handCookiesToApp(expo: ExpoOptions, path: string, headers: Headers): void {
  const location = headers.get("location");
  const cookies = headers.getSetCookie();
  if (!/^\/(callback\/|magic-link\/verify|verify-email)/.test(path) || !location || cookies.length === 0 || !URL.canParse(location)) return;
  const url = new URL(location);
  if (!expo.schemes.some((scheme) => url.protocol === `${scheme.replace(/:.*$/, "").toLowerCase()}:` && !/^https?:$/.test(url.protocol))) return;
  url.searchParams.set("cookie", cookies.join(", "));
  headers.set("location", url.href);
}
