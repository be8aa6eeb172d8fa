// Makes tokens that a service must refuse, each with one thing wrong, out of a genuine one and the service's key set.
//
//   node forge.mjs --keys URL --token TOKEN
//
// Prints an object of JSON: what is wrong, and the token.
import { createHmac } from "node:crypto";
import { parseArgs } from "node:util";
import { exportJWK, generateKeyPair, SignJWT } from "jose";

const { values: args } = parseArgs({ options: { keys: { type: "string" }, token: { type: "string" } } });
const { keys: [key] } = await (await fetch(args.keys)).json();
const encode = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
const [header, payload, signature] = args.token.split(".");
const claims = JSON.parse(Buffer.from(payload, "base64url"));
const { kid, alg } = JSON.parse(Buffer.from(header, "base64url"));
const own = await generateKeyPair("EdDSA", { extractable: true });
const rsa = await generateKeyPair("RS256");
const jwk = { ...(await exportJWK(own.publicKey)), kid, alg };
const sign = (header, key = own.privateKey) => new SignJWT(claims).setProtectedHeader({ alg, kid, ...header }).sign(key);
const hmac = (secret, alg = "HS256") => {
  const signed = `${encode({ alg, kid })}.${payload}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
};

console.log(JSON.stringify({
  "alg none": `${encode({ alg: "none", kid })}.${payload}.`,
  "alg none without kid": `${encode({ alg: "none" })}.${payload}.`,
  "alg NonE and the signature": `${encode({ alg: "NonE", kid })}.${payload}.${signature}`,
  "HMAC with the public key's x": hmac(Buffer.from(key.x, "base64url")),
  "HMAC with the public key's text": hmac(JSON.stringify(key)),
  "another key under the kid": await sign({}),
  "another key, brought along as jwk": await sign({ jwk }),
  "another key, brought along as jku": await sign({ jku: "http://localhost:1/jwks" }),
  "another key, brought along as x5u": await sign({ x5u: "http://localhost:1/cert" }),
  "another algorithm under the kid": await sign({ alg: "RS256" }, rsa.privateKey),
  "a kid of a path": await sign({ kid: "../../etc/passwd" }),
  "a kid of SQL": await sign({ kid: "' or '1'='1" }),
  "no kid": `${encode({ alg })}.${payload}.${signature}`,
  "a critical extension": `${encode({ alg, kid, crit: ["b64"], b64: false })}.${payload}.${signature}`,
  "other claims": `${header}.${encode({ ...claims, sub: "somebody" })}.${signature}`,
  "a claim twice": `${header}.${encode(`{"sub":"somebody",${JSON.stringify(claims).slice(1)}`)}.${signature}`,
  "cut off": args.token.slice(0, -10),
  "without a signature": `${header}.${payload}.`,
  "a longer signature": `${args.token}AA`,
  "the parts swapped": `${payload}.${header}.${signature}`,
}));
