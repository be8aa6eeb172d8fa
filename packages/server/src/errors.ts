// The errors that calls of `auth.api` throw: better-auth's own members, so that code that reads them stays as it is.

/** The names that better-auth gives to statuses. */
const NAMES: Record<number, string> = {
  300: "MULTIPLE_CHOICES",
  301: "MOVED_PERMANENTLY",
  302: "FOUND",
  303: "SEE_OTHER",
  304: "NOT_MODIFIED",
  307: "TEMPORARY_REDIRECT",
  400: "BAD_REQUEST",
  401: "UNAUTHORIZED",
  402: "PAYMENT_REQUIRED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  405: "METHOD_NOT_ALLOWED",
  406: "NOT_ACCEPTABLE",
  408: "REQUEST_TIMEOUT",
  409: "CONFLICT",
  410: "GONE",
  412: "PRECONDITION_FAILED",
  413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
  422: "UNPROCESSABLE_ENTITY",
  423: "LOCKED",
  429: "TOO_MANY_REQUESTS",
  500: "INTERNAL_SERVER_ERROR",
  501: "NOT_IMPLEMENTED",
  502: "BAD_GATEWAY",
  503: "SERVICE_UNAVAILABLE",
  504: "GATEWAY_TIMEOUT",
};

/** The body of an error, as the service sends it. */
export interface ErrorBody {
  code?: string;
  message?: string;
  [member: string]: unknown;
}

/** An answer of the service that is an error, or a redirect. Has the members and the name of better-auth's class. */
export class APIError extends Error {
  /** The status by name, such as `UNAUTHORIZED`; by number where better-auth has it so, for input that is not valid. */
  readonly status: string | number;
  /** The status by number, such as 401. */
  readonly statusCode: number;
  readonly body: ErrorBody | undefined;
  /** The headers of the answer, such as `location` and `retry-after`. */
  readonly headers: Headers;

  constructor(statusCode: number, body?: ErrorBody, headers: Headers = new Headers(), options?: ErrorOptions) {
    super(body?.message, options);
    this.name = "APIError";
    this.status = body?.code === "VALIDATION_ERROR" ? statusCode : (NAMES[statusCode] ?? statusCode);
    this.statusCode = statusCode;
    this.body = body;
    this.headers = headers;
  }
}

/** Why there is no answer. */
export type UnavailableCode =
  /** No connection to the service, or the connection broke; `cause` has the error of `fetch`. */
  | "SERVICE_UNREACHABLE"
  /** No complete answer within `timeout`. */
  | "SERVICE_TIMEOUT"
  /** The answer does not come from the service, such as a page of a proxy in front of it. */
  | "UNEXPECTED_ANSWER";

/**
 * The service did not answer. The message names no address, since applications show messages of errors to users; `service` and
 * `cause` are for the log.
 */
export class ServiceUnavailableError extends APIError {
  /** The URL of the service. */
  readonly service: string;
  declare readonly body: ErrorBody & { code: UnavailableCode };

  constructor(code: UnavailableCode, message: string, service: string, cause: unknown) {
    super(503, { code, message }, new Headers({ "retry-after": "1" }), { cause });
    this.service = service;
  }
}
