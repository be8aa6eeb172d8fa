// The cached session in the cookie `session_data`, read here without a request to the service.
import { bytes, fromBase64, jsonObject, toBase64Url } from "./bytes.js";
import { nameOf, readCookie, type CookieNames } from "./cookies.js";
import { withDates } from "./dates.js";
import { CACHED_SESSION, verifyJwt, type KeySet } from "./jwt.js";

/** `[session.cookie_cache]` of the service. */
export interface SessionCache {
  /** `strategy`; `compact` by default. */
  strategy?: "compact" | "jwt" | "jwe";
  /** `version`; `"1"` by default. */
  version?: string;
  /** `jwt.session_cookie_cache`: the signing keys sign the cookie, so that no secret is needed to verify it. */
  signedWithKeys?: boolean;
  /** The issuer of such cookies: the `BETTER_AUTH_URL` of the service; by default `baseURL`. */
  issuer?: string;
  /** `revocation_check`, in seconds: an older cookie is not believed. */
  revocationCheck?: number;
  /** `refresh_cache.update_age`, in seconds: the service renews a cookie that expires sooner. Needed for services without a database. */
  updateAge?: number;
}

/** The parameters for reading the cookie. */
export interface CacheReader extends SessionCache {
  cookies: CookieNames;
  secrets: readonly string[];
  keys: KeySet;
  issuer: string;
  dates: readonly string[];
}

interface Payload {
  session: Record<string, unknown>;
  user: Record<string, unknown>;
  updatedAt: number;
  version?: string;
}

/** The session of a `Cookie` header, if its cached copy is genuine and current; otherwise undefined, and the service decides. */
export async function readCachedSession(header: string | null, cache: CacheReader): Promise<{ session: unknown; user: unknown } | undefined> {
  const token = await sessionToken(readCookie(header, nameOf(cache.cookies, "session_token")), cache);
  const text = token && readCookie(header, nameOf(cache.cookies, "session_data"));
  const opened = text ? await open(text, cache) : undefined;
  if (!opened || !isSession(opened.payload)) return undefined;
  const { payload, expiresAt } = opened;
  const now = Date.now();
  const sessionEnds = Date.parse(String(payload.session.expiresAt));
  const isCurrent =
    payload.session.token === token &&
    (payload.version || "1") === (cache.version ?? "1") &&
    expiresAt > now + (cache.updateAge ?? 0) * 1_000 &&
    sessionEnds > now &&
    (cache.revocationCheck === undefined || payload.updatedAt + cache.revocationCheck * 1_000 > now);
  if (!isCurrent) return undefined;
  const { session, user } = payload;
  return withDates(JSON.stringify({ session, user }), cache.dates) as { session: unknown; user: unknown };
}

/** The token of the signed cookie. Without the secret, the signature of the cached session has to stand for it. */
async function sessionToken(cookie: string | undefined, { secrets, signedWithKeys }: CacheReader): Promise<string | undefined> {
  const at = cookie?.lastIndexOf(".") ?? -1;
  if (!cookie || at < 1) return undefined;
  const [token, signature] = [cookie.slice(0, at), fromBase64(cookie.slice(at + 1))];
  if (signature?.length !== 32) return undefined;
  if (secrets.length === 0 && signedWithKeys) return token;
  return (await signedBy(secrets, signature, token)) ? token : undefined;
}

async function signedBy(secrets: readonly string[], signature: Uint8Array<ArrayBuffer>, text: string): Promise<boolean> {
  for (const secret of secrets) {
    const key = await crypto.subtle.importKey("raw", bytes(secret), { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
    if (await crypto.subtle.verify("HMAC", key, signature, bytes(text))) return true;
  }
  return false;
}

type Opened = { payload: Record<string, unknown>; expiresAt: number } | undefined;

async function open(text: string, cache: CacheReader): Promise<Opened> {
  if (cache.strategy === "jwe") return expiring(await decrypt(text, cache.secrets));
  if (cache.strategy === "jwt" && cache.signedWithKeys) {
    const expected = { issuer: cache.issuer, audience: "better-auth:session-cache", type: CACHED_SESSION, tolerance: 15 };
    const claims = await verifyJwt(text, cache.keys, expected);
    const { session, user } = (claims ?? {}) as Partial<Payload>;
    return claims?.sub === user?.id && claims?.sid === session?.token ? expiring(claims) : undefined;
  }
  if (cache.strategy === "jwt") return expiring(await signedWithSecret(text, cache.secrets));
  const { session, expiresAt, signature } = jsonObject(fromBase64(text)) ?? {};
  const signed = typeof signature === "string" ? fromBase64(signature) : undefined;
  if (typeof session !== "object" || session === null || typeof expiresAt !== "number" || !signed) return undefined;
  const genuine = await signedBy(cache.secrets, signed, JSON.stringify({ ...session, expiresAt }));
  return genuine ? { payload: session as Record<string, unknown>, expiresAt } : undefined;
}

function expiring(claims: Record<string, unknown> | undefined): Opened {
  return claims && typeof claims.exp === "number" ? { payload: claims, expiresAt: claims.exp * 1_000 } : undefined;
}

async function signedWithSecret(token: string, secrets: readonly string[]): Promise<Record<string, unknown> | undefined> {
  const [head = "", body = "", signature = "", ...more] = token.split(".");
  const signed = fromBase64(signature);
  const header = jsonObject(fromBase64(head));
  if (more.length > 0 || header?.alg !== "HS256" || header.crit !== undefined || !signed) return undefined;
  return (await signedBy(secrets, signed, `${head}.${body}`)) ? jsonObject(fromBase64(body)) : undefined;
}

/** Opens a JWE with `dir` and `A256CBC-HS512` (RFC 7518 §5.2), the only form that better-auth writes. */
async function decrypt(token: string, secrets: readonly string[]): Promise<Record<string, unknown> | undefined> {
  const [head = "", wrapped = "", iv = "", text = "", tag = "", ...more] = token.split(".");
  const header = jsonObject(fromBase64(head));
  const parts = [iv, text, tag].map(fromBase64);
  const [ivBytes, textBytes, tagBytes] = parts;
  if (more.length > 0 || wrapped !== "" || header?.alg !== "dir" || header.enc !== "A256CBC-HS512" || header.crit !== undefined) return undefined;
  if (!ivBytes || !textBytes || !tagBytes || tagBytes.length !== 32 || ivBytes.length !== 16) return undefined;
  const aad = bytes(head);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(aad.length * 8));
  const authenticated = new Uint8Array([...aad, ...ivBytes, ...textBytes, ...length]);
  for (const secret of secrets) {
    const key = await encryptionKey(secret);
    if (header.kid !== undefined && header.kid !== (await thumbprint(key))) continue;
    const mac = await crypto.subtle.importKey("raw", key.slice(0, 32), { name: "HMAC", hash: "SHA-512" }, false, ["sign"]);
    const computed = new Uint8Array(await crypto.subtle.sign("HMAC", mac, authenticated)).subarray(0, 32);
    if (!sameBytes(computed, tagBytes)) continue;
    const cipher = await crypto.subtle.importKey("raw", key.slice(32), "AES-CBC", false, ["decrypt"]);
    try {
      return jsonObject(new Uint8Array(await crypto.subtle.decrypt({ name: "AES-CBC", iv: ivBytes }, cipher, textBytes)));
    } catch {
      return undefined;
    }
  }
  return undefined;
}

async function encryptionKey(secret: string): Promise<Uint8Array<ArrayBuffer>> {
  const key = await crypto.subtle.importKey("raw", bytes(secret), "HKDF", false, ["deriveBits"]);
  const parameters = { name: "HKDF", hash: "SHA-256", salt: bytes("better-auth-session"), info: bytes("BetterAuth.js Generated Encryption Key") };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, 512));
}

/** The thumbprint of a symmetric key (RFC 7638). */
async function thumbprint(key: Uint8Array): Promise<string> {
  const text = JSON.stringify({ k: toBase64Url(key), kty: "oct" });
  return toBase64Url(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes(text))));
}

/** Compares in a time that does not depend on where the bytes differ. */
function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  let difference = one.length ^ other.length;
  one.forEach((byte, at) => (difference |= byte ^ (other[at] ?? 0)));
  return difference === 0;
}

function isSession(value: Record<string, unknown>): value is Record<string, unknown> & Payload {
  const { session, user, updatedAt, version } = value as Partial<Payload>;
  const isTime = (time: unknown): boolean => typeof time === "string" && !Number.isNaN(Date.parse(time));
  return (
    isObject(session) &&
    isObject(user) &&
    typeof updatedAt === "number" &&
    (version === undefined || typeof version === "string") &&
    [session.token, session.userId, user.id, user.email].every((text) => typeof text === "string" && text !== "") &&
    session.userId === user.id &&
    [session.expiresAt, session.createdAt, session.updatedAt, user.createdAt, user.updatedAt].every(isTime)
  );
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
