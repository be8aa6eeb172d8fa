// Checks tokens as another service in JavaScript does, with jose and the key set that the server shows.
//
//   node jose.mjs --keys URL --cases JSON
//
// A case is { token, issuer, audience, algorithms }. Prints, as one list of JSON, the claims of each or the error's code.
import { parseArgs } from "node:util";
import { createRemoteJWKSet, jwtVerify } from "jose";

const { values: args } = parseArgs({ options: { keys: { type: "string" }, cases: { type: "string" } } });
const keys = createRemoteJWKSet(new URL(args.keys), { cooldownDuration: 0, timeoutDuration: 10_000 });
const told = [];
for (const { token, ...options } of JSON.parse(args.cases))
  told.push(await jwtVerify(token, keys, options).then(({ payload }) => payload, (error) => error.code ?? String(error)));
console.log(JSON.stringify(told));
