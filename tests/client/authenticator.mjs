// An authenticator in software (WebAuthn): what a browser answers to the options of a registration or a sign-in. A seed makes its
// keys, so that it answers both of two servers with the same passkey.
import { createECDH, createHash, createPrivateKey, generateKeyPairSync, sign } from "node:crypto";

const sha256 = (data) => createHash("sha256").update(data).digest();
const base64url = (data) => Buffer.from(data).toString("base64url");

/** CBOR (RFC 8949) of numbers, texts, bytes, maps and lists, with definite lengths. */
export function cbor(value) {
  const head = (type, count) => {
    if (count < 24) return Buffer.from([(type << 5) | count]);
    if (count < 256) return Buffer.from([(type << 5) | 24, count]);
    return Buffer.from([(type << 5) | 25, count >> 8, count & 255]);
  };
  if (typeof value === "number") return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === "string") return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(cbor)]);
  return Buffer.concat([head(5, value.size), ...[...value].flat().map(cbor)]);
}

// Made when it is needed: a key costs a tenth of a second of CPU and more.
let made;
const rsa = () => (made ??= generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey);

/** A key pair: its private half, its public half as COSE, the number of its algorithm. */
const KEYS = {
  ES256(seed) {
    const ecdh = createECDH("prime256v1");
    ecdh.setPrivateKey(sha256(seed));
    const point = ecdh.getPublicKey(), [x, y] = [point.subarray(1, 33), point.subarray(33)];
    const key = createPrivateKey({ format: "jwk", key: { kty: "EC", crv: "P-256", d: base64url(sha256(seed)), x: base64url(x), y: base64url(y) } });
    return { alg: -7, sign: (data) => sign("sha256", data, key), cose: new Map([[1, 2], [3, -7], [-1, 1], [-2, x], [-3, y]]) };
  },
  EdDSA(seed) {
    const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), sha256(seed)]);
    const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
    const x = Buffer.from(key.export({ format: "jwk" }).x, "base64url");
    return { alg: -8, sign: (data) => sign(null, data, key), cose: new Map([[1, 1], [3, -8], [-1, 6], [-2, x]]) };
  },
  RS256() {
    const { n, e } = rsa().export({ format: "jwk" }), [modulus, exponent] = [n, e].map((text) => Buffer.from(text, "base64url"));
    return { alg: -257, sign: (data) => sign("sha256", data, rsa()), cose: new Map([[1, 3], [3, -257], [-1, modulus], [-2, exponent]]) };
  },
};

const UP = 1, UV = 4, BE = 8, BS = 16, AT = 64;

/** The flags of a passkey that is on one device and verified no user. */
export const FLAGS = { UP, UV, BE, BS };

export class Authenticator {
  counter = 0;
  constructor(seed, { algorithm = "ES256" } = {}) {
    this.key = KEYS[algorithm](seed);
    this.id = sha256(`id of ${seed}`).subarray(0, 16);
  }

  #answer(type, options, { origin, rpId, flags = UP | UV, challenge = options.challenge, counter = this.counter, attested = [], ...members }) {
    const client = Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false, ...members.client }));
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    const data = Buffer.concat([sha256(rpId ?? options.rp?.id ?? options.rpId), Buffer.from([flags | (attested.length && AT)]), count, ...attested]);
    const id = base64url(this.id);
    return { data, signed: Buffer.concat([data, sha256(client)]), whole: { id, rawId: id, type: "public-key", authenticatorAttachment: "platform", response: { clientDataJSON: base64url(client) }, ...members.whole } };
  }

  /** The answer to the options of a registration, from a page of this origin. */
  register(options, { format = "none", transports = ["internal", "hybrid"], cose = this.key.cose, aaguid = Buffer.alloc(16), ...rest }) {
    const attested = [aaguid, Buffer.from([0, this.id.length]), this.id, cbor(cose)];
    const { data, signed, whole } = this.#answer("webauthn.create", options, { ...rest, attested });
    const statements = { packed: () => new Map([["alg", this.key.alg], ["sig", this.key.sign(signed)]]), wrong: () => new Map([["alg", this.key.alg], ["sig", this.key.sign(data)]]) };
    const fmt = format === "wrong" ? "packed" : format;
    const object = cbor(new Map([["fmt", fmt], ["attStmt", (statements[format] ?? (() => new Map()))()], ["authData", data]]));
    return { ...whole, response: { ...whole.response, attestationObject: base64url(object), ...(transports && { transports }) } };
  }

  /** The answer to the options of a sign-in, from a page of this origin. The counter goes up by one. */
  sign(options, { count = true, ...rest }) {
    if (count) this.counter++;
    const { data, signed, whole } = this.#answer("webauthn.get", options, rest);
    return { ...whole, response: { ...whole.response, authenticatorData: base64url(data), signature: base64url(this.key.sign(signed)), userHandle: base64url("handle") } };
  }
}
