// Passkeys: steps that more than one configuration takes.
import { Authenticator } from "../authenticator.mjs";

export const REGISTER = "/passkey/generate-register-options", REGISTERED = "/passkey/verify-registration";
export const SIGN_IN = "/passkey/generate-authenticate-options", SIGNED_IN = "/passkey/verify-authentication";
export const LIST = "/passkey/list-user-passkeys", UPDATE = "/passkey/update-passkey", DELETE = "/passkey/delete-passkey";

/** Registers a passkey of the user in the jar, from a page of the server's origin. */
export async function register(s, jar, key, { query = "", body = {}, label = key.constructor.name, origin = s.origin, record, headers, ...answer } = {}) {
  const { json } = await s.get(`${REGISTER}${query}`, { jar, label, record });
  return s.post(REGISTERED, { response: key.register(json, { origin, ...answer }), ...body }, { jar, label, record, headers });
}

/** Signs in with a passkey; the jar may have a session already. */
export async function signIn(s, jar, key, { label = "", origin = s.origin, record, headers, change = (response) => response, ...answer } = {}) {
  const { json } = await s.get(SIGN_IN, { jar, label, record });
  return s.post(SIGNED_IN, { response: change(key.sign(json, { origin, ...answer })) }, { jar, label, record, headers });
}

export const scenarios = {
  async "registration, sign-in without a name, the list"(s) {
    const { jar } = await s.user(), key = new Authenticator("ada"), there = s.jar();
    await s.get(LIST, { jar, label: "none yet" });
    await register(s, jar, key, { query: "?name=My%20Key", body: { name: "  My Key " } });
    await s.get(LIST, { jar });
    await signIn(s, there, key);
    await s.get("/get-session", { jar: there });
    await signIn(s, there, key, { label: "signed in already" });
    await s.get(LIST, { jar });
  },
  async "keys of each algorithm"(s) {
    const { jar } = await s.user();
    for (const algorithm of ["ES256", "EdDSA", "RS256"]) {
      const key = new Authenticator(algorithm, { algorithm });
      await register(s, jar, key, { label: algorithm });
      await signIn(s, s.jar(), key, { label: algorithm });
    }
    await s.get(REGISTER, { jar, label: "those that are registered" });
  },
  async "names and removal"(s) {
    const { jar } = await s.user(), key = new Authenticator("ada");
    const { json: { id } } = await register(s, jar, key);
    await s.post(UPDATE, { id, name: "  Laptop " }, { jar });
    const { jar: other } = await s.user("eve@example.com");
    await s.post(UPDATE, { id, name: "mine" }, { jar: other, label: "another user's" });
    await s.post(DELETE, { id }, { jar: other, label: "another user's" });
    await s.post(DELETE, { id }, { label: "signed out" });
    await s.post(DELETE, { id }, { jar });
    await s.post(DELETE, { id }, { jar, label: "again" });
    await s.post(UPDATE, { id, name: "x" }, { jar, label: "removed" });
    await signIn(s, s.jar(), key, { label: "removed" });
  },
};
