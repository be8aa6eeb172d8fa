// Columns of one's own: sign-up, update, sessions.
import { person, SIGN_UP } from "../inputs.mjs";

const up = (s, extra, options) => s.post(SIGN_UP, person("ada@example.com", extra), options);
const news = { news: true };

export default {
  async "the least that must be there"(s) {
    await up(s, {});
    const jar = s.jar();
    await up(s, news, { jar });
    await s.get("/get-session", { jar });
    await s.get("/list-sessions", { jar });
  },
  async "everything"(s) {
    const jar = s.jar();
    await up(s, { ...news, zodiac: "leo", age: 36, kind: "zzz", born: "1815-12-10T00:00:00.000Z", secret: "s3", strict: "y", settings: { b: [1, { a: null }], a: "x" } }, { jar });
    await s.get("/get-session", { jar });
  },
  async "what may not be set"(s) {
    await up(s, { ...news, role: "admin" });
    await up(s, { ...news, role: "", plan: "paid" });
  },
  async "null is a value"(s) {
    await up(s, { ...news, zodiac: null, kind: null, born: null });
  },
  async "null where the column takes none"(s) {
    await up(s, { news: null });
    await up(s, { ...news, strict: null });
  },
  async "values that the column cannot take"(s) {
    for (const extra of [{ age: "many" }, { age: 1.5 }, { age: 3e9 }, { born: "yesterday, perhaps" }, { news: "perhaps" }]) await up(s, { ...news, ...extra });
  },
  async "values that the column can take"(s) {
    await up(s, { news: "true", age: "36", zodiac: 7 });
  },
  async "update"(s) {
    const jar = s.jar();
    await up(s, { ...news, zodiac: "leo" }, { jar });
    for (const body of [{ zodiac: "virgo" }, { age: 40, news: false }, { zodiac: null }, { role: "admin" }, { role: "" }, { plan: "paid" }, { plan: null, name: "B" }, { settings: [1] }, { secret: "x" }, { born: "2000-01-01T00:00:00.5Z" }]) await s.post("/update-user", body, { jar });
    await s.get("/get-session", { jar });
  },
  async "an update that the column cannot take"(s) {
    const jar = s.jar();
    await up(s, news, { jar });
    await s.post("/update-user", { age: "many" }, { jar });
    await s.post("/update-user", { news: null }, { jar });
  },
  async "the session's"(s) {
    const jar = s.jar();
    await up(s, { ...news, theme: "light" }, { jar });
    for (const body of [{ theme: "light" }, { theme: null, hidden: "h" }, { hidden: "i" }, { fixed: 1 }, { fixed: 0 }, { token: "x" }, {}]) await s.post("/update-session", body, { jar });
    await s.get("/get-session", { jar });
  },
};
