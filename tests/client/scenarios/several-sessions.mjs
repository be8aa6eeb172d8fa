// Several users in one browser, wherever their sessions are stored.
import { person, SIGN_IN, SIGN_UP } from "./inputs.mjs";

const LIST = "/multi-session/list-device-sessions", ACTIVE = "/multi-session/set-active", REVOKE = "/multi-session/revoke";
const SOMEONE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

/** Signs these users up in one browser; returns its jar and their tokens. */
const several = async (s, ...emails) => {
  const jar = s.jar(), tokens = [];
  for (const email of emails) tokens.push((await s.post(SIGN_UP, person(email), { jar, record: false })).json.token);
  return { jar, tokens };
};

export const scenarios = {
  async "two users sign up, are listed, and one signs out"(s) {
    const jar = s.jar();
    await s.get(LIST, { label: "no cookie" });
    await s.post(SIGN_UP, person(), { jar });
    await s.get(LIST, { jar });
    await s.post(SIGN_UP, person("eve@example.com"), { jar });
    await s.get(LIST, { jar });
    await s.get("/get-session", { jar });
    await s.post("/sign-out", {}, { jar });
    await s.get(LIST, { jar });
  },
  async "switching"(s) {
    const { jar, tokens: [ada, eve] } = await several(s, "ada@example.com", "eve@example.com");
    await s.post(ACTIVE, { sessionToken: ada }, { jar, label: "ada" });
    await s.get("/get-session", { jar });
    await s.post(ACTIVE, { sessionToken: eve.toUpperCase() }, { jar, label: "eve, in other letters" });
    await s.get("/get-session", { jar });
    await s.post(ACTIVE, { sessionToken: SOMEONE }, { jar, label: "unknown" });
    await s.post(ACTIVE, { sessionToken: ada }, { label: "without cookies" });
    await s.post(ACTIVE, {}, { jar, label: "no token" });
    await s.post(ACTIVE, { sessionToken: 1 }, { jar, label: "a number" });
  },
  async "a session that has ended elsewhere"(s) {
    const { jar, tokens: [ada] } = await several(s, "ada@example.com", "eve@example.com");
    const other = s.jar();
    await s.post(SIGN_IN, person(), { jar: other, record: false });
    await s.post("/revoke-other-sessions", {}, { jar: other });
    await s.get(LIST, { jar });
    await s.post(ACTIVE, { sessionToken: ada }, { jar });
    await s.get(LIST, { jar });
  },
  async "ending sessions of the browser"(s) {
    const { jar, tokens: [ada, eve] } = await several(s, "ada@example.com", "eve@example.com");
    await s.post(REVOKE, { sessionToken: SOMEONE }, { jar, label: "unknown" });
    await s.post(REVOKE, { sessionToken: ada }, { label: "signed out" });
    await s.post(REVOKE, { sessionToken: eve }, { jar, label: "the active one" });
    await s.get("/get-session", { jar });
    await s.post(REVOKE, { sessionToken: ada }, { jar, label: "the last one" });
    await s.get("/get-session", { jar });
    await s.get(LIST, { jar });
  },
  async "ending one that is not active"(s) {
    const { jar, tokens: [ada] } = await several(s, "ada@example.com", "eve@example.com");
    await s.post(REVOKE, { sessionToken: ada }, { jar });
    await s.get("/get-session", { jar });
    await s.get(LIST, { jar });
  },
  async "signing in again ends the session of before"(s) {
    const { jar } = await several(s, "ada@example.com", "eve@example.com");
    await s.post(SIGN_IN, person(), { jar });
    await s.get(LIST, { jar });
    await s.post(SIGN_IN, person("ada@example.com", { password: "another password" }), { jar, label: "wrong" });
    await s.get(LIST, { jar });
  },
  async "a browser that is to forget the session"(s) {
    const { jar } = await several(s, "ada@example.com");
    await s.post("/sign-out", {}, { jar, record: false });
    await s.post(SIGN_IN, person("ada@example.com", { rememberMe: false }), { jar });
    await s.get(LIST, { jar });
  },
  async "a new password"(s) {
    const { jar, tokens: [ada] } = await several(s, "ada@example.com", "eve@example.com");
    await s.post(ACTIVE, { sessionToken: ada }, { jar, record: false });
    const body = { currentPassword: person().password, newPassword: "another password", revokeOtherSessions: true };
    await s.post("/change-password", body, { jar });
    await s.get(LIST, { jar });
  },
  async "a forged cookie names no session"(s) {
    const { jar, tokens: [ada] } = await several(s, "ada@example.com", "eve@example.com");
    const name = `session_token_multi-${ada.toLowerCase()}`;
    const forged = { headers: { cookie: s.cookie(name, encodeURIComponent(`${ada}.AAAA`)) } };
    await s.get(LIST, { ...forged, label: "forged" });
    await s.post(ACTIVE, { sessionToken: ada }, { ...forged, label: "forged" });
    await s.post("/sign-out", {}, { ...forged, label: "forged" });
    await s.get(LIST, { jar });
  },
  async "cookies of sessions that do not exist count"(s) {
    const jar = s.jar();
    for (const letter of "abcdefg") jar.set(`${s.prefix}session_token_multi-${letter.repeat(32)}`, encodeURIComponent(s.signed(letter.repeat(32))));
    await s.post(SIGN_UP, person(), { jar });
    await s.get(LIST, { jar });
  },
};
