// One request to the service, bounded in time, and never to another origin.
import { ServiceUnavailableError } from "./errors.js";

/** The address of the service, and how to reach it. */
export interface Service {
  /** The base URL with the base path, without a slash behind it. */
  base: string;
  origin: string;
  /** Milliseconds until a complete answer to a call, and until the first byte of one to a proxied request. */
  timeout: number;
  fetch: typeof fetch;
}

/** A request to a path below the base path. */
export interface Exchange {
  method: string;
  /** Begins with a slash. */
  path: string;
  headers: Headers;
  body?: BodyInit | ReadableStream<Uint8Array> | undefined;
  /** Ends the request, as a browser does that goes away. */
  signal?: AbortSignal | undefined;
}

/** Paths that a GET uses up: a second request would be told that its link is not valid any more. */
const ONCE = /^\/(callback\/|verify-email|delete-user\/callback|magic-link\/verify|oauth2?[-/]|oauth-proxy-callback|one-tap|expo-)/;
const WITHOUT_BODY = new Set([101, 204, 205, 304]);

/**
 * Sends a request and reads its answer; a GET that only reads is sent once more if the connection breaks.
 * Redirects are not followed.
 *
 * @throws {ServiceUnavailableError} if there is no answer within the timeout, or none at all.
 */
export async function exchange<T>(service: Service, request: Exchange, read: (answer: Response) => Promise<T> | T): Promise<T> {
  const url = new URL(service.base + request.path);
  if (!request.path.startsWith("/") || url.origin !== service.origin) throw new TypeError(`the path ${JSON.stringify(request.path)} leads to another origin`);
  const attempts = request.method === "GET" && !ONCE.test(request.path) ? 2 : 1;
  for (let attempt = 1; ; attempt++) {
    const ended = new AbortController();
    const end = (): void => ended.abort(request.signal?.reason);
    if (request.signal?.aborted) end();
    request.signal?.addEventListener("abort", end);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      ended.abort();
    }, service.timeout);
    try {
      const answer = await service.fetch(url, {
        method: request.method,
        headers: request.headers,
        body: request.body ?? null,
        redirect: "manual",
        // Frameworks remember answers of `fetch` for all users.
        cache: "no-store",
        signal: ended.signal,
        ...(request.body instanceof ReadableStream && { duplex: "half" }),
      } as RequestInit);
      return await read(answer);
    } catch (error) {
      if (error instanceof ServiceUnavailableError) throw error;
      if (late) throw new ServiceUnavailableError("SERVICE_TIMEOUT", "The authentication service does not answer in time.", service.base, error);
      // The framework's own signals, such as that a page cannot be prerendered, are not about the service.
      if (request.signal?.aborted || isOfFramework(error)) throw error;
      if (attempt >= attempts) throw new ServiceUnavailableError("SERVICE_UNREACHABLE", "The authentication service cannot be reached.", service.base, error);
    } finally {
      clearTimeout(timer);
    }
  }
}

function isOfFramework(error: unknown): boolean {
  return typeof error === "object" && error !== null && ("digest" in error || "$$typeof" in error);
}

/** An answer with other headers, and with the body as it was sent. */
export function answered(answer: Response, headers: Headers, body: BodyInit | null = answer.body): Response {
  const { status, statusText } = answer;
  return new Response(WITHOUT_BODY.has(status) ? null : body, { status, statusText, headers });
}
