// A call of `auth.api`, as a request to the service.
import { readCachedSession } from "./cached-session.js";
import { parseSetCookie, type SetCookie } from "./cookies.js";
import { withDates } from "./dates.js";
import { isServerOnly, readRow } from "./endpoints.js";
import { APIError, ServiceUnavailableError, type ErrorBody } from "./errors.js";
import { headersOfAnswer, headersOfCall } from "./headers.js";
import { verifyJwt } from "./jwt.js";
import type { Setup } from "./options.js";
import { answered, exchange } from "./transport.js";

/** The input of an endpoint, as in better-auth's process. */
export interface CallInput {
  /** The headers of the request that your application answers. */
  headers?: HeadersInit;
  /** That request, instead of `headers`; then the answer is a `Response`, unless `asResponse` is false. */
  request?: Request;
  body?: unknown;
  query?: Record<string, unknown>;
  params?: Record<string, string>;
  /** For endpoints with several methods. */
  method?: string;
  asResponse?: boolean;
  returnHeaders?: boolean;
  returnStatus?: boolean;
}

/** Makes the function that `auth.api` has under this name. */
export function caller(setup: Setup, name: string): (input?: CallInput) => Promise<unknown> {
  if (name === "verifyJWT") return (input = {}) => verifyHere(setup, input);
  if (isServerOnly(name)) return () => Promise.reject(serverOnly(name));
  return (input = {}) => call(setup, name, input);
}

async function call(setup: Setup, name: string, input: CallInput): Promise<unknown> {
  const row = readRow(setup.endpoints[name] ?? "GET /");
  const given = input.headers ?? input.request?.headers;
  if (row.needsHeaders && given === undefined) throw new APIError(400, { message: "Headers is required", code: "VALIDATION_ERROR" });
  const from = new Headers(given);
  const isPlain = !(input.asResponse ?? input.request !== undefined) && !input.returnHeaders && !input.returnStatus;
  const query = { ...input.query };
  if (name === "getSession") {
    const cached = setup.cache && isPlain && !query.disableCookieCache ? await readCachedSession(from.get("cookie"), setup.cache) : undefined;
    if (cached) return cached;
    if (await setup.framework?.isReadOnly?.()) query.disableRefresh = true;
  }
  const headers = headersOfCall(from, setup.rules, setup.origin);
  const method = input.method ?? row.method;
  let body: string | undefined;
  if (input.body !== undefined && method !== "GET") {
    body = JSON.stringify(input.body);
    headers.set("content-type", "application/json");
  }
  const path = filledPath(row.path, input.params ?? {}) + queryText(query);
  const [answer, text] = await exchange(setup.service, { method, path, headers, body }, async (answer) => [answer, await answer.text()] as const);
  const answerHeaders = headersOfAnswer(answer.headers);
  await handOnCookies(setup, answerHeaders);
  if (input.asResponse ?? input.request !== undefined) return answered(answer, answerHeaders, text);
  const response = result(setup, answer, answerHeaders, text);
  if (isPlain) return response;
  return { ...(input.returnHeaders && { headers: answerHeaders }), response, ...(input.returnStatus && { status: answer.status }) };
}

/** Returns the value of the answer as in process, or throws its error. */
function result(setup: Setup, answer: Response, headers: Headers, text: string): unknown {
  const isJson = text !== "" && /\bjson\b/.test(headers.get("content-type") ?? "");
  let value: unknown;
  try {
    value = isJson ? withDates(text, setup.dates) : undefined;
  } catch (error) {
    throw unexpected(setup, answer, error);
  }
  if (answer.ok) {
    // Every endpoint answers JSON or nothing; a page comes from something in front of the service.
    if (!isJson && text !== "" && !/^text\/plain/.test(headers.get("content-type") ?? "")) throw unexpected(setup, answer, undefined);
    return isJson ? value : text === "" ? undefined : text;
  }
  if (!isJson && text !== "" && answer.status >= 400) throw unexpected(setup, answer, undefined);
  throw new APIError(answer.status, isJson ? (value as ErrorBody) : undefined, headers);
}

function unexpected(setup: Setup, answer: Response, error: unknown): ServiceUnavailableError {
  const type = answer.headers.get("content-type");
  const cause = error ?? new Error(`status ${answer.status} with the content type ${type}: is ${setup.service.base} the service, and can it be reached without signing in to the platform?`);
  return new ServiceUnavailableError("UNEXPECTED_ANSWER", "The authentication service cannot be reached.", setup.service.base, cause);
}

async function handOnCookies(setup: Setup, headers: Headers): Promise<void> {
  const cookies = headers.getSetCookie().map(parseSetCookie).filter((cookie): cookie is SetCookie => cookie !== undefined);
  if (cookies.length > 0) await setup.framework?.set(cookies);
}

function filledPath(path: string, params: Record<string, string>): string {
  return path.replace(/:(\w+)/g, (_, name: string) => {
    const value = params[name];
    if (typeof value !== "string" || value === "" || value === "." || value === "..") throw new TypeError(`params.${name} is missing`);
    return encodeURIComponent(value);
  });
}

function queryText(query: Record<string, unknown>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const one of [value].flat()) if (one !== undefined && one !== null) search.append(name, one instanceof Date ? one.toISOString() : typeof one === "object" ? JSON.stringify(one) : String(one));
  return search.size > 0 ? `?${search}` : "";
}

async function verifyHere(setup: Setup, { body }: CallInput): Promise<unknown> {
  const { token, issuer } = (body ?? {}) as { token?: unknown; issuer?: unknown };
  if (typeof token !== "string") throw new APIError(400, { message: "[body.token] Invalid input: expected string, received undefined", code: "VALIDATION_ERROR" });
  const expected = typeof issuer === "string" ? { ...setup.jwt, issuer } : setup.jwt;
  return { payload: (await verifyJwt(token, setup.keys, expected)) ?? null };
}

function serverOnly(name: string): APIError {
  return new APIError(501, { code: "SERVER_ONLY_ENDPOINT", message: `auth.api.${name} exists only in the process of better-auth: the service does not answer it over HTTP.` });
}
