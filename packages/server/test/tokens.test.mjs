// JWTs, and cached sessions that the signing keys sign, against a key set that changes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createAuth } from "../dist/index.js";
import { service } from "./service.mjs";

const base64url = (value) => Buffer.from(typeof value === "string" || value instanceof ArrayBuffer || ArrayBuffer.isView(value) ? value : JSON.stringify(value)).toString("base64url");
const now = () => Math.floor(Date.now() / 1000);

async function keyOf(kid, algorithm = { name: "Ed25519" }, alg = "EdDSA", signing = algorithm) {
  const { publicKey, privateKey } = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const jwk = { ...(await crypto.subtle.exportKey("jwk", publicKey)), kid, alg };
  delete jwk.key_ops;
  delete jwk.ext;
  return {
    jwk,
    async sign(claims, header = {}) {
      const text = `${base64url({ alg, kid, ...header })}.${base64url(claims)}`;
      return `${text}.${base64url(await crypto.subtle.sign(signing, privateKey, Buffer.from(text)))}`;
    },
  };
}

function keySet(...keys) {
  const set = { keys };
  return service((_, response) => response.end(JSON.stringify({ keys: set.keys.map(({ jwk }) => jwk) }))).then((made) => Object.assign(made, { set }));
}

const verify = async (auth, token) => (await auth.api.verifyJWT({ body: { token } })).payload;

test("a JWT is accepted if a key of the service has signed it for the expected issuer and audience", async () => {
  const key = await keyOf("k1");
  const { url, requests } = await keySet(key);
  const auth = createAuth({ baseURL: url });
  const good = { sub: "u1", iss: url, aud: url, iat: now(), exp: now() + 60 };
  assert.equal((await verify(auth, await key.sign(good))).sub, "u1");
  assert.equal((await verify(auth, await key.sign({ ...good, aud: ["x", url] }))).sub, "u1");
  assert.equal(requests.length, 1, "the key set is remembered");

  const forger = await keyOf("k1");
  const [head, body, signature] = (await key.sign(good)).split(".");
  const refused = {
    "alg none": `${base64url({ alg: "none", kid: "k1" })}.${body}.`,
    "alg none with a signature": `${base64url({ alg: "none", kid: "k1" })}.${body}.${signature}`,
    "HS256 with the public key": await hmac({ alg: "HS256", kid: "k1" }, body, key.jwk.x),
    "another issuer": await key.sign({ ...good, iss: "https://evil.example" }),
    "another audience": await key.sign({ ...good, aud: "https://other.example" }),
    "no audience": await key.sign({ ...good, aud: undefined }),
    expired: await key.sign({ ...good, exp: now() - 1 }),
    "no expiry": await key.sign({ ...good, exp: undefined }),
    "not valid yet": await key.sign({ ...good, nbf: now() + 60 }),
    "no subject": await key.sign({ ...good, sub: undefined }),
    "another key": await forger.sign(good),
    "an unknown key": await (await keyOf("k9")).sign(good),
    "other claims": `${head}.${base64url({ ...good, sub: "u2" })}.${signature}`,
    "a critical header": await key.sign(good, { crit: ["exp"] }),
    "a cached session": await key.sign(good, { typ: "better-auth.session-cache+jwt" }),
    "no token": "x",
    "too many parts": `${head}.${body}.${signature}.x`,
    empty: "",
  };
  for (const [name, token] of Object.entries(refused)) assert.equal(await verify(auth, token), null, name);
});

async function hmac(header, body, secret) {
  const key = await crypto.subtle.importKey("raw", Buffer.from(secret, "base64url"), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const text = `${base64url(header)}.${body}`;
  return `${text}.${base64url(await crypto.subtle.sign("HMAC", key, Buffer.from(text)))}`;
}

test("every algorithm of the service is verified", async () => {
  const rsa = { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" };
  const keys = await Promise.all([
    keyOf("EdDSA"),
    keyOf("ES256", { name: "ECDSA", namedCurve: "P-256" }, "ES256", { name: "ECDSA", hash: "SHA-256" }),
    keyOf("ES512", { name: "ECDSA", namedCurve: "P-521" }, "ES512", { name: "ECDSA", hash: "SHA-512" }),
    keyOf("RS256", { name: "RSASSA-PKCS1-v1_5", ...rsa }, "RS256"),
    keyOf("PS256", { name: "RSA-PSS", ...rsa }, "PS256", { name: "RSA-PSS", saltLength: 32 }),
  ]);
  const { url } = await keySet(...keys);
  const auth = createAuth({ baseURL: url, jwt: { issuer: "i", audience: "a" } });
  for (const key of keys) {
    const claims = { sub: "u1", iss: "i", aud: "a", exp: now() + 60 };
    assert.equal((await verify(auth, await key.sign(claims)))?.sub, "u1", key.jwk.kid);
    assert.equal(await verify(auth, await key.sign(claims, { alg: key.jwk.alg === "EdDSA" ? "ES256" : "EdDSA" })), null, `${key.jwk.kid} under another name`);
  }
});

test("a key that is new is fetched, and unknown keys do not flood the service", async () => {
  const [one, two] = [await keyOf("k1"), await keyOf("k2")];
  const { url, requests, set } = await keySet(one);
  const auth = createAuth({ baseURL: url });
  const good = { sub: "u1", iss: url, aud: url, exp: now() + 6000 };
  const [first, second, strange] = [await one.sign(good), await two.sign(good), await (await keyOf("k3")).sign(good)];
  await Promise.all([verify(auth, first), verify(auth, first), verify(auth, first)]);
  assert.equal(requests.length, 1, "once for all that ask at once");
  set.keys = [one, two];
  const { now: real } = Date;
  try {
    Date.now = () => real() + 31_000;
    assert.equal((await verify(auth, second)).sub, "u1");
    for (let i = 0; i < 5; i++) assert.equal(await verify(auth, strange), null);
    assert.equal(requests.length, 2);
    Date.now = () => real() + 31_000 + 601_000;
    assert.equal((await verify(auth, first)).sub, "u1");
    assert.equal(requests.length, 3, "again after ten minutes");
  } finally {
    Date.now = real;
  }
});

test("keys that are known stay so while the service is down, and without any there is an error", async () => {
  const key = await keyOf("k1");
  const { url, close } = await keySet(key);
  const [auth, cold] = [createAuth({ baseURL: url }), createAuth({ baseURL: url })];
  const token = await key.sign({ sub: "u1", iss: url, aud: url, exp: now() + 6000 });
  await verify(auth, token);
  await close();
  const { now: real } = Date;
  try {
    Date.now = () => real() + 601_000;
    assert.equal((await verify(auth, token)).sub, "u1");
  } finally {
    Date.now = real;
  }
  await assert.rejects(verify(cold, token), (error) => error.body.code === "SERVICE_UNREACHABLE");
});

test("a key for encryption of another size or without parameters verifies nothing", async () => {
  const key = await keyOf("k1");
  const { url, set } = await keySet(key);
  set.keys = [{ jwk: { kid: "k1", kty: "OKP", crv: "Ed25519" } }, { jwk: { kid: "k2", kty: "oct", k: "AAAA" } }, { jwk: null }];
  const auth = createAuth({ baseURL: url });
  for (const header of [{}, { kid: "k2" }, { kid: "k2", alg: "HS256" }]) assert.equal(await verify(auth, await key.sign({ sub: "u", iss: url, aud: url, exp: now() + 60 }, header)), null);
});
