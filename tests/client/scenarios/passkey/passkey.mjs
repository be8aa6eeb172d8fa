// Passkeys with the defaults.
import { Authenticator, FLAGS } from "../../authenticator.mjs";
import { BODIES, VALUES } from "../inputs.mjs";
import { DELETE, LIST, REGISTER, REGISTERED, SIGNED_IN, SIGN_IN, UPDATE, register, scenarios, signIn } from "../passkeys.mjs";

const { UP, UV, BE, BS } = FLAGS;
const EVIL = "https://evil.example";

export default {
  ...scenarios,
  async "what the options ask for"(s) {
    const { jar } = await s.user();
    await s.get(REGISTER, { label: "signed out" });
    for (const query of ["?authenticatorAttachment=platform", "?authenticatorAttachment=cross-platform", "?authenticatorAttachment=x", "?name=", "?name=a&name=b", "?context=from%20a%20page"])
      await s.get(REGISTER + query, { jar, as: `${REGISTER} with ${query}` });
    await s.get(SIGN_IN, { label: "signed out" });
    await s.get(SIGN_IN, { jar });
    await s.sql("update {session} set {session.createdAt} = now() - interval '2 days'");
    await s.get(REGISTER, { jar, label: "signed in long ago" });
    await s.post(REGISTERED, { response: {} }, { jar, label: "signed in long ago" });
  },
  async "flags, transports and models of authenticators"(s) {
    const { jar } = await s.user();
    for (const [label, answer] of Object.entries({
      "one device, nobody verified": { flags: UP },
      "several devices": { flags: UP | UV | BE },
      "several devices, backed up": { flags: UP | UV | BE | BS },
      "no transports": { transports: null },
      "an empty list of transports": { transports: [] },
      "a model": { aaguid: Buffer.from("08987058cadc4b81b6e130de50dcbe96", "hex") },
      "a counter": { counter: 7 },
      "a packed statement": { format: "packed" },
    })) await register(s, jar, new Authenticator(label), { label, ...answer });
    await s.get(LIST, { jar });
    await s.get(SIGN_IN, { jar });
  },
  async "a session with the registration"(s) {
    const { jar } = await s.user();
    await register(s, jar, new Authenticator("ada"), { body: { createSession: true } });
    await s.get("/get-session", { jar });
    await s.get("/list-sessions", { jar });
  },
  async "a sign-in that is refused"(s) {
    const { jar } = await s.user(), key = new Authenticator("ada"), other = new Authenticator("eve");
    await register(s, jar, key);
    await signIn(s, s.jar(), other, { label: "an unknown passkey" });
    const part = (name, value) => (whole) => ({ ...whole, response: { ...whole.response, [name]: value } });
    for (const [label, answer] of Object.entries({
      "another origin": { origin: EVIL },
      "another domain": { rpId: "evil.example" },
      "another challenge": { challenge: Buffer.alloc(32).toString("base64url") },
      "another ceremony": { client: { type: "webauthn.create" } },
      "nobody there": { flags: UV },
      "backed up on one device": { flags: UP | UV | BS },
      "another identifier": { change: (whole) => ({ ...whole, rawId: "x" }) },
      "another type": { change: (whole) => ({ ...whole, type: "password" }) },
      "no identifier": { change: ({ id, ...whole }) => whole },
      "no client data": { change: part("clientDataJSON", undefined) },
      "client data that are no JSON": { change: part("clientDataJSON", "e30x") },
      "short authenticator data": { change: part("authenticatorData", "AAAA") },
      "no signature": { change: part("signature", undefined) },
      "a signature of something else": { change: part("signature", other.sign({ challenge: "", rpId: "localhost" }, { origin: EVIL }).response.signature) },
    })) await signIn(s, s.jar(), key, { label, ...answer });
    await signIn(s, s.jar(), key, { label: "valid" });
    await signIn(s, s.jar(), key, { label: "a counter that stays", count: false });
    await signIn(s, s.jar(), key, { label: "a counter that goes back", counter: 1 });
    await s.post(SIGNED_IN, { response: {} }, { label: "without a challenge" });
  },
  async "a challenge is for one ceremony, and for one answer"(s) {
    const { jar } = await s.user(), key = new Authenticator("ada"), there = s.jar();
    const { json: registration } = await s.get(REGISTER, { jar });
    await s.post(SIGNED_IN, { response: key.sign(registration, { origin: s.origin, rpId: "localhost" }) }, { jar, label: "a registration's" });
    await s.post(REGISTERED, { response: key.register(registration, { origin: s.origin }) }, { jar, label: "redeemed by the sign-in" });
    await register(s, jar, key);
    const { json: first } = await s.get(SIGN_IN, { jar: there });
    const answer = { response: key.sign(first, { origin: s.origin }) };
    await s.post(SIGNED_IN, answer, { jar: there });
    await s.post(SIGNED_IN, answer, { jar: there, label: "again" });
    await s.get(SIGN_IN, { jar: there });
    await s.sql("update {verification} set {verification.expiresAt} = now() - interval '1 minute'");
    await s.post(SIGNED_IN, answer, { jar: there, label: "expired" });
  },
  async "the challenge of another user"(s) {
    const { jar } = await s.user(), { jar: other } = await s.user("eve@example.com"), key = new Authenticator("ada");
    const { json } = await s.get(REGISTER, { jar });
    const name = jar.get("better-auth-passkey");
    other.set(name.name, name.value);
    await s.post(REGISTERED, { response: key.register(json, { origin: s.origin }) }, { jar: other });
    await s.get(LIST, { jar: other });
  },
  async "from another origin, and from none"(s) {
    const { jar } = await s.user(), key = new Authenticator("ada"), there = s.jar();
    await register(s, jar, key, { label: "evil", headers: { origin: EVIL } });
    await register(s, jar, key, { label: "no origin", headers: { origin: null } });
    await register(s, jar, key);
    await signIn(s, there, key, { label: "evil", headers: { origin: EVIL } });
    await signIn(s, there, key, { label: "no origin", headers: { origin: null } });
    await s.post(SIGNED_IN, { response: {} }, { headers: { origin: null }, label: "no origin, no cookies" });
    await s.post(SIGNED_IN, { response: {} }, { label: "no cookies" });
  },
  async "a browser that was told to forget"(s) {
    const { jar, email, password } = await s.user(), key = new Authenticator("ada"), there = s.jar();
    await register(s, jar, key);
    await s.post("/sign-in/email", { email, password, rememberMe: false }, { jar: there });
    await signIn(s, there, key);
    await s.get("/get-session", { jar: there });
  },
  async "bodies that are none"(s) {
    const { jar } = await s.user();
    for (const path of [REGISTERED, SIGNED_IN, UPDATE, DELETE])
      for (const [label, body] of Object.entries(BODIES)) await s.request("POST", path, { body, jar, headers: { "content-type": "application/json" }, label });
    for (const [label, value] of Object.entries(VALUES)) {
      await s.post(REGISTERED, { response: {}, name: value, createSession: value }, { jar, label });
      await s.post(SIGNED_IN, { response: value }, { label });
      await s.post(UPDATE, { id: value, name: value }, { jar, label });
      await s.post(DELETE, { id: value }, { jar, label });
    }
    await s.post(UPDATE, { id: "", name: "x" }, { jar, label: "no identifier" });
    for (const name of ["", "  ", "\ufeff ", []]) await s.post(UPDATE, { id: "x", name }, { jar, label: `name ${JSON.stringify(name)}` });
    for (const path of [REGISTER, SIGN_IN, LIST]) await s.request("POST", path, { jar });
    for (const path of [REGISTERED, SIGNED_IN, UPDATE, DELETE]) await s.get(path, { jar });
    await s.get(LIST, { label: "signed out" });
    await s.post(UPDATE, { id: "x", name: "x" }, { label: "signed out" });
  },
};
