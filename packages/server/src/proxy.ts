// `auth.handler`: passes the requests to the application's own `/api/auth/*` on to the service.
import { ServiceUnavailableError } from "./errors.js";
import { AUTHORIZATION_PROXY, authorizationProxy, handCookiesToApp, withExpoOrigin } from "./expo.js";
import { headersOfAnswer, headersOfBrowser } from "./headers.js";
import type { Setup } from "./options.js";
import { answered, exchange } from "./transport.js";

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** Makes the handler. It never throws: a service that does not answer is a 503. */
export function proxy(setup: Setup): (request: Request) => Promise<Response> {
  return async (request) => {
    try {
      return await pass(setup, request);
    } catch (error) {
      if (!(error instanceof ServiceUnavailableError)) throw error;
      setup.onError(error);
      return Response.json(error.body, { status: error.statusCode, headers: { "retry-after": "1", "cache-control": "no-store" } });
    }
  };
}

async function pass(setup: Setup, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const { mountPath, service, expo } = setup;
  const path = url.pathname.slice(mountPath.length);
  if (!url.pathname.startsWith(`${mountPath}/`) || path.includes("//") || !METHODS.has(request.method)) return new Response(null, { status: 404 });
  if (expo && path === AUTHORIZATION_PROXY && request.method === "GET") return authorizationProxy(setup, expo, url.searchParams);
  const headers = headersOfBrowser(request.headers, setup.rules);
  if (expo) withExpoOrigin(headers, request.headers);
  // A service without a base URL of its own may believe these.
  headers.set("x-forwarded-host", url.host);
  headers.set("x-forwarded-proto", url.protocol.slice(0, -1));
  const body = await streamed(request);
  const exchanged = { method: request.method, path: path + url.search, headers, body, signal: request.signal };
  return exchange(service, exchanged, (answer) => {
    const answerHeaders = headersOfAnswer(answer.headers);
    if (expo) handCookiesToApp(expo, path, answerHeaders);
    return answered(answer, answerHeaders);
  });
}

/** The body as a stream; undefined if it is empty, because the service tells an empty body from none. */
async function streamed(request: Request): Promise<ReadableStream<Uint8Array> | undefined> {
  if (!request.body || request.method === "GET" || request.method === "HEAD") return undefined;
  const reader = (request.body as ReadableStream<Uint8Array>).getReader();
  let first = await reader.read();
  while (!first.done && first.value.length === 0) first = await reader.read();
  if (first.done) return undefined;
  const begin = first.value;
  return new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(begin),
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
