// Cookies of requests and of answers.

const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

/** Decides which cookies belong to the service. */
export interface CookieNames {
  /** `advanced.cookie_prefix` of the service. */
  prefix: string;
  /** Whether names begin with `__Secure-`. */
  secure: boolean;
  /** Cookies with names of their own, as `advanced.cookies.<name>.name` sets them, without `__Secure-`. */
  names: Readonly<Record<string, string>>;
}

/** The name of one of the service's cookies, such as `session_token`, on the wire. */
export function nameOf(names: CookieNames, cookie: string): string {
  return `${names.secure ? "__Secure-" : ""}${names.names[cookie] ?? `${names.prefix}.${cookie}`}`;
}

/** The pairs of a `Cookie` header, as they were sent. */
export function pairs(header: string | null): [name: string, value: string][] {
  return (header ?? "").split(";").flatMap((pair) => {
    const at = pair.indexOf("=");
    const name = pair.slice(0, at).trim();
    return at > 0 && TOKEN.test(name) ? [[name, pair.slice(at + 1).trim()] as [string, string]] : [];
  });
}

/** The `Cookie` header without the cookies of others; empty if none is the service's. */
export function ownCookies(header: string | null, names: CookieNames): string {
  const renamed = Object.values(names.names);
  const isOwn = (name: string): boolean => {
    const plain = name.replace(/^__(Secure|Host)-/, "");
    // A cookie that is too large is split into pieces, `<name>.0` and so on.
    return plain.startsWith(`${names.prefix}.`) || renamed.some((own) => plain === own || plain.startsWith(`${own}.`));
  };
  return pairs(header)
    .filter(([name]) => isOwn(name))
    .map(([name, value]) => `${name}=${value}`)
    .join("; ");
}

/** The decoded value of a cookie, also of one in pieces. Undefined if it is missing, or if a browser sent it twice. */
export function readCookie(header: string | null, name: string): string | undefined {
  const all = pairs(header).filter(([found]) => found === name || found.startsWith(`${name}.`));
  const found = new Map(all);
  // Servers disagree about which of two counts: the service decides.
  if (found.size !== all.length) return undefined;
  let value = found.get(name);
  if (value === undefined) {
    const pieces = [...found].map(([piece, text]) => [piece.slice(name.length + 1), text] as const);
    if (pieces.length === 0 || pieces.some(([index]) => !/^(0|[1-9]\d?)$/.test(index))) return undefined;
    pieces.sort(([a], [b]) => Number(a) - Number(b));
    if (pieces.some(([index], at) => Number(index) !== at)) return undefined;
    value = pieces.map(([, text]) => text).join("");
  }
  return decoded(value);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A cookie that the service sets, in the form that frameworks take. */
export interface SetCookie {
  name: string;
  value: string;
  options: {
    maxAge?: number;
    expires?: Date;
    domain?: string;
    path?: string;
    secure?: boolean;
    httpOnly?: boolean;
    sameSite?: "lax" | "strict" | "none";
    partitioned?: boolean;
  };
}

/** Reads a `Set-Cookie` header; undefined if it is none. */
export function parseSetCookie(header: string): SetCookie | undefined {
  const [pair = "", ...attributes] = header.split(";").map((part) => part.trim());
  const at = pair.indexOf("=");
  const name = pair.slice(0, at);
  if (at < 1 || !TOKEN.test(name)) return undefined;
  const options: SetCookie["options"] = {};
  for (const attribute of attributes) {
    const equals = attribute.indexOf("=");
    const key = (equals < 0 ? attribute : attribute.slice(0, equals)).toLowerCase();
    const value = equals < 0 ? "" : attribute.slice(equals + 1).trim();
    if (key === "max-age" && /^-?\d+$/.test(value)) options.maxAge = Number(value);
    else if (key === "expires" && !Number.isNaN(Date.parse(value))) options.expires = new Date(value);
    else if (key === "domain" && value) options.domain = value;
    else if (key === "path" && value) options.path = value;
    else if (key === "secure") options.secure = true;
    else if (key === "httponly") options.httpOnly = true;
    else if (key === "samesite" && /^(lax|strict|none)$/i.test(value)) options.sameSite = value.toLowerCase() as "lax" | "strict" | "none";
    else if (key === "partitioned") options.partitioned = true;
  }
  return { name, value: decoded(pair.slice(at + 1)), options };
}
