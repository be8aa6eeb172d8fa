// Steps that more than one configuration with Google's One Tap takes.
const now = () => Math.floor(Date.now() / 1000);
export const GOOGLE = { iss: "https://accounts.google.com", aud: "google-client", sub: "g-1", email: "Ada@Example.com", email_verified: true, name: "Ada", picture: "https://example.com/ada.png" };
/** A token of Google, different each time: in gatepost, a token opens one session (docs/DIFFERENCES.md). */
export const token = async (s, claims = {}, how = {}) => (await s.provider("/mint", { claims: { iat: now(), exp: now() + 3_600, jti: String(s.minted = (s.minted ?? 0) + 1), ...GOOGLE, ...claims }, ...how })).token;
export const tap = async (s, claims, { how, more, ...options } = {}) => s.post("/one-tap/callback", { idToken: await token(s, claims, how), ...more }, options);

export const ways = {
  async "a new user"(s) {
    const jar = s.jar();
    await tap(s, {}, { jar, more: { callbackURL: "/x" } });
    await s.get("/get-session", { jar });
    await s.get("/list-accounts", { jar });
    await tap(s, { name: "Eve", picture: "https://example.com/eve.png" });
  },
  async "tokens that are not accepted"(s) {
    for (const claims of [
      { iss: "https://evil.example" }, { aud: "another" }, { aud: ["another", "more"] }, { exp: now() - 60 }, { iat: now() - 7_200 }, { iat: now() + 600 }, { iat: undefined }, { exp: undefined },
      { sub: undefined }, { sub: "" }, { aud: undefined }, { nbf: now() + 600 },
    ]) await tap(s, claims, { label: JSON.stringify(Object.keys(claims)) });
    for (const how of [{ foreign: true }, { alg: "none" }, { alg: "HS256" }, { kid: "unknown" }]) await tap(s, {}, { how, label: JSON.stringify(how) });
    for (const idToken of ["", "x", "a.b.c", "a.b", 1, null, undefined, {}]) await s.post("/one-tap/callback", { idToken }, { label: JSON.stringify(idToken) ?? "" });
    await s.request("POST", "/one-tap/callback");
    await s.request("GET", "/one-tap/callback");
  },
  async "tokens at their edges"(s) {
    for (const claims of [{ aud: ["another", "google-client"] }, { iss: "accounts.google.com" }, { nonce: "unasked" }, { email_verified: "true" }, { name: undefined, picture: undefined }, { name: 1 }]) await tap(s, claims, { label: JSON.stringify(claims) });
  },
  async "without an address"(s) {
    await tap(s, { email: undefined });
    await tap(s, { email: "" });
  },
  async "an unconfirmed address at Google"(s) {
    await tap(s, { email_verified: false });
    await s.user("eve@example.com");
    await tap(s, { sub: "g-2", email: "eve@example.com", email_verified: false });
  },
  async "an address that has a user"(s) {
    await s.user();
    await tap(s, {});
    await s.sql("update {user} set {user.emailVerified} = true");
    await tap(s, {});
    await tap(s, {});
  },
  async "a page of another origin"(s) {
    await tap(s, {}, { more: { callbackURL: "https://evil.example/x" } });
    await tap(s, {}, { headers: { origin: "https://evil.example", cookie: "a=b" } });
  },
};
