// `createAuth`: better-auth's `auth.api` and `auth.handler` for an application whose authentication is a service of its own.
import type { BetterAuthClientPlugin } from "better-auth";
import { caller, type CallInput } from "./call.js";
import { nameOf, readCookie } from "./cookies.js";
import { SERVER_ONLY_NAMES } from "./endpoints.js";
import { setUp, type AuthOptions } from "./options.js";
import { proxy } from "./proxy.js";
import type { Api, InferSession } from "./types.js";

export type { SessionCache } from "./cached-session.js";
export type { SetCookie } from "./cookies.js";
export { APIError, ServiceUnavailableError, type ErrorBody, type UnavailableCode } from "./errors.js";
export type { ExpoOptions } from "./expo.js";
export type { AuthOptions, FrameworkCookies } from "./options.js";
export type { Api, InferSession } from "./types.js";

/** The result of `createAuth`. */
export interface Auth<Plugins extends readonly BetterAuthClientPlugin[] = []> {
  /** The endpoints, by their names in better-auth's `auth.api`. */
  api: Api<Plugins>;
  /** Answers the requests to the application's own `/api/auth/*`: passes them on to the service. Never throws. */
  handler: (request: Request) => Promise<Response>;
  /** Another name of `handler`. */
  fetch: (request: Request) => Promise<Response>;
  /** The path below which `handler` answers. */
  mountPath: string;
  /** Whether a request has a session cookie. Says nothing about whether the session is valid: use it only to redirect early. */
  hasSessionCookie: (headers: Headers) => boolean;
  $Infer: { Session: InferSession<Plugins> };
}

/** @throws {TypeError} if an option cannot work. */
export function createAuth<const Plugins extends readonly BetterAuthClientPlugin[] = []>(options: AuthOptions<Plugins>): Auth<Plugins> {
  const setup = setUp(options);
  const api: Record<string, (input?: CallInput) => Promise<unknown>> = {};
  for (const name of [...Object.keys(setup.endpoints), ...SERVER_ONLY_NAMES]) api[name] = caller(setup, name);
  const handler = proxy(setup);
  return {
    api: api as Api<Plugins>,
    handler,
    fetch: handler,
    mountPath: setup.mountPath,
    hasSessionCookie: (headers) => Boolean(readCookie(headers.get("cookie"), nameOf(setup.rules.cookies, "session_token"))),
    $Infer: {} as { Session: InferSession<Plugins> },
  };
}
