// Accepts the tokens of a gatepost service, with jose (npm install jose).
import { createRemoteJWKSet, jwtVerify } from "jose";

/**
 * Makes a function that answers what a token says, or throws with a `code`. `url` is the service's key set, like
 * https://auth.example.com/api/auth/jwks; issuer and audience are by default the service's origin.
 */
export function verifier({ url, issuer, audience = issuer, algorithms = ["EdDSA"] }) {
  // Fetched once, then again after ten minutes or, twice a minute at most, where a token names a key that it does not have.
  const keys = createRemoteJWKSet(new URL(url), { timeoutDuration: 5_000 });
  return async (token) => (await jwtVerify(token, keys, { issuer, audience, algorithms, requiredClaims: ["sub", "exp", "iat"] })).payload;
}
