// JWTs that the service's signing keys have signed, and the key set that verifies them.
import { bytes, fromBase64, jsonObject } from "./bytes.js";
import { ServiceUnavailableError } from "./errors.js";
import { exchange, type Service } from "./transport.js";

type Jwk = Record<string, unknown>;
type Scheme = { name: string; import: AlgorithmIdentifier | RsaHashedImportParams | EcKeyImportParams; verify: AlgorithmIdentifier | RsaPssParams | EcdsaParams; members: string[] };

/** Milliseconds after which the key set is fetched again. */
const KEPT = 600_000;
/** Milliseconds between two requests for the key set, while tokens name keys that it does not have. */
const COOLDOWN = 30_000;

const SCHEMES: Record<string, Scheme> = {
  EdDSA: { name: "OKP Ed25519", import: { name: "Ed25519" }, verify: { name: "Ed25519" }, members: ["crv", "x"] },
  ES256: { name: "EC P-256", import: { name: "ECDSA", namedCurve: "P-256" }, verify: { name: "ECDSA", hash: "SHA-256" }, members: ["crv", "x", "y"] },
  ES384: { name: "EC P-384", import: { name: "ECDSA", namedCurve: "P-384" }, verify: { name: "ECDSA", hash: "SHA-384" }, members: ["crv", "x", "y"] },
  ES512: { name: "EC P-521", import: { name: "ECDSA", namedCurve: "P-521" }, verify: { name: "ECDSA", hash: "SHA-512" }, members: ["crv", "x", "y"] },
  RS256: { name: "RSA", import: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, verify: { name: "RSASSA-PKCS1-v1_5" }, members: ["n", "e"] },
  PS256: { name: "RSA", import: { name: "RSA-PSS", hash: "SHA-256" }, verify: { name: "RSA-PSS", saltLength: 32 }, members: ["n", "e"] },
};

/** The claims that a token must have. */
export interface Expected {
  issuer: string;
  audience: string;
  /** The `typ` of the header; without it, every type is accepted except that of cached sessions. */
  type?: string;
  /** Seconds by which the clocks may differ. */
  tolerance?: number;
}

/** The `typ` of cached sessions that are signed with the keys. */
export const CACHED_SESSION = "better-auth.session-cache+jwt";

/** The key set of a service: fetched once, then again after ten minutes or when a token names an unknown key. */
export class KeySet {
  #keys = new Map<string, Jwk>();
  #fetchedAt = -Infinity;
  #askedAt = -Infinity;
  #pending: Promise<void> | undefined;

  constructor(
    private readonly service: Service,
    private readonly path: string,
  ) {}

  /** The key with this identifier. Throws a `ServiceUnavailableError` if there has never been a key set. */
  async find(id: string): Promise<Jwk | undefined> {
    const now = Date.now();
    const isDue = now - this.#fetchedAt > KEPT || !this.#keys.has(id);
    if (this.#pending || (isDue && now - this.#askedAt > COOLDOWN)) {
      this.#pending ??= this.#fetch().finally(() => (this.#pending = undefined));
      try {
        await this.#pending;
      } catch (error) {
        // The keys that are known still verify what they have signed.
        if (this.#fetchedAt === -Infinity) throw error;
      }
    }
    return this.#keys.get(id);
  }

  async #fetch(): Promise<void> {
    // Only before the first key set does a failure ask again at once.
    if (this.#fetchedAt !== -Infinity) this.#askedAt = Date.now();
    const headers = new Headers({ accept: "application/json" });
    const { base } = this.service;
    const text = await exchange(this.service, { method: "GET", path: this.path, headers }, async (answer) => (answer.ok ? answer.text() : undefined));
    const keys = text === undefined ? undefined : jsonObject(text)?.keys;
    if (!Array.isArray(keys)) throw new ServiceUnavailableError("UNEXPECTED_ANSWER", "The authentication service has no key set.", base, undefined);
    this.#askedAt = this.#fetchedAt = Date.now();
    this.#keys = new Map(keys.flatMap((key: Jwk) => (typeof key?.kid === "string" ? [[key.kid, key]] : [])));
  }
}

/** The algorithm of a key. It follows from the key; the header of a token only has to agree. */
function schemeOf(key: Jwk): string | undefined {
  const kind = [key.kty, key.crv].filter(Boolean).join(" ");
  const fitting = Object.keys(SCHEMES).filter((alg) => SCHEMES[alg]?.name === kind);
  return key.alg === undefined ? fitting[0] : fitting.find((alg) => alg === key.alg);
}

/** Returns the claims of a token if a key of the set has signed it and it says what is expected, otherwise undefined. */
export async function verifyJwt(token: string, keys: KeySet, expected: Expected): Promise<Record<string, unknown> | undefined> {
  const [head = "", body = "", signature = "", ...more] = token.split(".");
  const header = jsonObject(fromBase64(head));
  const claims = jsonObject(fromBase64(body));
  const signed = fromBase64(signature);
  if (more.length > 0 || !header || !claims || !signed || typeof header.kid !== "string" || header.crit !== undefined) return undefined;
  if (expected.type === undefined ? header.typ === CACHED_SESSION : header.typ !== expected.type) return undefined;
  if (!saysWhatIsExpected(claims, expected)) return undefined;
  const key = await keys.find(header.kid);
  const alg = key && schemeOf(key);
  const scheme = alg && header.alg === alg ? SCHEMES[alg] : undefined;
  if (!key || !scheme) return undefined;
  const members = Object.fromEntries(["kty", ...scheme.members].map((name) => [name, key[name]]));
  try {
    const imported = await crypto.subtle.importKey("jwk", members as JsonWebKey, scheme.import, false, ["verify"]);
    return (await crypto.subtle.verify(scheme.verify, imported, signed, bytes(`${head}.${body}`))) ? claims : undefined;
  } catch {
    return undefined;
  }
}

function saysWhatIsExpected(claims: Record<string, unknown>, { issuer, audience, tolerance = 0 }: Expected): boolean {
  const now = Date.now() / 1_000;
  const { iss, aud, exp, nbf, iat, sub } = claims;
  const audiences = Array.isArray(aud) ? aud : [aud];
  return (
    iss === issuer &&
    audiences.includes(audience) &&
    typeof sub === "string" &&
    sub !== "" &&
    typeof exp === "number" &&
    exp + tolerance > now &&
    (nbf === undefined || (typeof nbf === "number" && nbf - tolerance <= now)) &&
    (iat === undefined || typeof iat === "number")
  );
}
