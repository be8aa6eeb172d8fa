// autoSignIn off: sign-up opens no session, and does not tell who has an account.
import { person, SIGN_IN, SIGN_UP } from "../inputs.mjs";

export default {
  async "a new address"(s) {
    const jar = s.jar();
    await s.post(SIGN_UP, person("Ada@Example.com", { image: "x" }), { jar });
    await s.get("/get-session", { jar });
  },
  async "an address that exists is answered like a new one, and nothing is written"(s) {
    const first = await s.post(SIGN_UP, person());
    const again = await s.post(SIGN_UP, person("ADA@example.com", { name: "Somebody Else", password: "another password", image: "/me.png" }));
    const bare = await s.post(SIGN_UP, person("ada@example.com", { rememberMe: false, callbackURL: "/x", id: "mine", emailVerified: true, role: "admin" }));
    // If identifiers are counted, they differ on purpose (docs/DIFFERENCES.md).
    s.note("made up afresh each time", new Set([first, again, bare].map((r) => r.json.user.id)).size, [again, bare].map((r) => s.ids === "serial" || /^[A-Za-z0-9]{32}$/.test(r.json.user.id)), again.json.user.createdAt === again.json.user.updatedAt);
  },
  async "an address whose user is verified"(s) {
    await s.post(SIGN_UP, person());
    await s.sql('update "user" set "emailVerified" = true, name = $1', ["Real name"]);
    await s.post(SIGN_UP, person());
  },
  async "what is refused is refused before the address is looked up"(s) {
    await s.post(SIGN_UP, person());
    await s.post(SIGN_UP, person("ada@example.com", { password: "short" }));
    await s.post(SIGN_UP, person("ada@example.com", { password: "x".repeat(129) }));
    await s.post(SIGN_UP, person("ada@example.com", { name: undefined }));
    await s.post(SIGN_UP, person("ada@example.com", { password: "" }));
    await s.post(SIGN_UP, person("ada@example.com", { callbackURL: "//evil.example" }));
  },
  async "cookies that were there stay as they are"(s) {
    const cookie = s.cookie("dont_remember", encodeURIComponent(s.signed("true")));
    await s.post(SIGN_UP, person(), { headers: { cookie } });
    await s.post(SIGN_UP, person(), { headers: { cookie }, label: "again" });
  },
  async "sign-in opens the session"(s) {
    await s.post(SIGN_UP, person());
    const jar = s.jar();
    await s.post(SIGN_IN, { email: person().email, password: person().password }, { jar });
    await s.get("/get-session", { jar });
  },
};
