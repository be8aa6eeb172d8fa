// The session in a cookie, for each of its forms: what is written when, what is believed, and what replaces it.
import { expireIn, person, SIGN_IN, SIGN_UP } from "./inputs.mjs";

const SESSION_DATA = "session_data";
/** A jar with the cookies of another one, but for those named. */
function copy(s, jar, without = []) {
  const other = s.jar();
  for (const { name, value } of jar.list()) if (!without.some((suffix) => name.endsWith(suffix))) other.set(name, value);
  return other;
}

export default {
  async "signing up and in writes it, reading believes it"(s) {
    const jar = s.jar();
    await s.post(SIGN_UP, person(), { jar });
    await s.get("/get-session", { jar });
    await s.get("/get-session?disableCookieCache=true", { jar });
    await s.get("/get-session?disableRefresh=true", { jar });
    await s.get("/get-session?disableRefresh=true&disableCookieCache=1", { jar });
    await s.get("/get-session", { jar: copy(s, jar, [SESSION_DATA]), label: "without it" });
    await s.get("/get-session", { jar: copy(s, jar, ["session_token"]), label: "without the token" });
    const { email, password } = person();
    await s.post(SIGN_IN, { email, password }, { jar, label: "over an old one" });
  },
  async "a session that is not remembered"(s) {
    const { email, password } = await s.user();
    const jar = s.jar();
    await s.post(SIGN_IN, { email, password, rememberMe: false }, { jar });
    await s.get("/get-session", { jar });
    await s.get("/get-session", { jar: copy(s, jar, [SESSION_DATA]), label: "it is not written again" });
    await s.post("/update-user", { name: "Brief" }, { jar });
  },
  async "it lives on where its rows are gone, unless the database is asked"(s) {
    const { jar } = await s.user();
    await s.sql("delete from session");
    await s.get("/get-session", { jar });
    await s.post("/change-password", { currentPassword: "correct horse battery", newPassword: "another password" }, { jar: copy(s, jar), label: "sensitive" });
    await s.get("/get-session?disableCookieCache=true", { jar });
    await s.get("/get-session", { jar });
  },
  async "what is not believed is replaced"(s) {
    const { jar } = await s.user();
    const other = await s.user("eve@example.com");
    const { name, value } = jar.get(SESSION_DATA);
    const broken = { empty: "", "no cache": "x", "cut off": value.slice(0, -9), "of another session": other.jar.get(SESSION_DATA).value };
    for (const [label, instead] of Object.entries(broken)) {
      const forged = copy(s, jar, [SESSION_DATA]);
      forged.set(name, instead);
      await s.get("/get-session", { jar: forged, label });
    }
    const forged = copy(s, jar, [SESSION_DATA]);
    forged.set(`${name}.0`, value.slice(0, 100));
    forged.set(`${name}.1`, value.slice(100));
    await s.get("/get-session", { jar: forged, label: "in pieces" });
    forged.set(`${name}.1`, "x");
    await s.get("/get-session", { jar: forged, label: "in broken pieces" });
    await s.get("/get-session", { headers: { cookie: `${s.cookie("session_token", "forged.AAAA")}; ${name}=${value}` }, label: "beside a forged token" });
  },
  async "changes are written into it"(s) {
    const { jar } = await s.user();
    await s.post("/update-user", { name: "Ada L", image: "https://example.com/a.png" }, { jar });
    await s.get("/get-session", { jar });
    await s.post("/change-password", { currentPassword: "correct horse battery", newPassword: "another password", revokeOtherSessions: true }, { jar });
    await s.get("/get-session", { jar });
    await s.get("/list-sessions", { jar: copy(s, jar, [SESSION_DATA]) });
    await s.post("/revoke-other-sessions", {}, { jar: copy(s, jar, [SESSION_DATA]) });
    await s.post("/verify-password", { password: "another password" }, { jar });
    await s.post("/sign-out", {}, { jar });
    await s.get("/get-session", { jar });
  },
  async "its expiry moves with the session's"(s) {
    const { jar } = await s.user();
    await expireIn(s, 86_400);
    await s.get("/get-session", { jar, label: "believed" });
    await s.get("/get-session?disableCookieCache=true", { jar, label: "moves" });
    await expireIn(s, 86_400);
    await s.post("/get-session", undefined, { jar: copy(s, jar, [SESSION_DATA]), label: "by POST" });
  },
  async "one that is too large comes in pieces"(s) {
    const { jar } = await s.user();
    await s.post("/update-user", { image: `https://example.com/${"x".repeat(6_000)}` }, { jar });
    await s.get("/get-session", { jar });
    await s.get("/get-session?disableCookieCache=1", { jar });
    await s.post("/update-user", { image: "https://example.com/small" }, { jar });
    await s.get("/get-session", { jar });
    await s.post("/update-user", { image: `https://example.com/${"x".repeat(9_000)}` }, { jar });
    await s.post("/sign-out", {}, { jar });
  },
  async "names of all kinds survive the way"(s) {
    for (const name of ["é 😀 漢字", "\"quoted\" \\ /", "tab\tnew\nline\u0001", "2024-01-01T00:00:00", "</script>"]) {
      const jar = s.jar();
      await s.post(SIGN_UP, { ...person(), name, email: `user${Buffer.from(name).toString("hex").slice(0, 12)}@example.com` }, { jar });
      await s.get("/get-session", { jar });
    }
  },
};
