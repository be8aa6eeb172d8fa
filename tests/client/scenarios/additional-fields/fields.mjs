// Additional columns: sign-up, update, sessions.
import { person, SIGN_UP } from "../inputs.mjs";

const up = (s, extra, options) => s.post(SIGN_UP, person("ada@example.com", extra), options);
const news = { news: true };
/** Signs a user up with each, and notes the value in the column after that. */
const each = async (s, column, values) => {
  for (const [at, value] of values.entries()) await s.post(SIGN_UP, person(`p${at}@example.com`, { ...news, [column]: value }));
  s.note(column, ...(await s.sql(`select email, "${column}"::text from "user" order by email`)));
};

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
  async "null where there is a default to take its place"(s) {
    const jar = s.jar();
    await up(s, { ...news, tier: null }, { jar });
    await s.post("/update-user", { tier: null }, { jar });
  },
  async "dates"(s) {
    await each(s, "born", ["1990-05-01", "1990-05", "1990", "2000-01-01T10:00", "2000-01-01T10:00:30", "2000-01-01 10:00:30", "2000-01-01T00:00:00.1239Z", "2000-01-01T00:00:00+02:00", "2000-01-01T00:00:00-0230", "", "now", "today", "yesterday", "infinity", "epoch", "allballs", "2000-13-01", true]);
  },
  async "a date that changes"(s) {
    const jar = s.jar();
    await up(s, news, { jar });
    for (const born of ["1990-05-01", "now", "infinity", "2000-01-01T10:00", null]) await s.post("/update-user", { born }, { jar });
    s.note("born", ...(await s.sql('select born::text from "user"')));
  },
  async "texts for JSON are JSON"(s) {
    await each(s, "settings", ['{"a":1}', "hello", '"hello"', "[1]", "null", "", "5", 5, true, { a: 1.5 }]);
  },
  async "texts for lists are JSON"(s) {
    await each(s, "tags", [["a"], '["b"]', "hello", 5, []]);
  },
  async "JSON that changes"(s) {
    const jar = s.jar();
    await up(s, news, { jar });
    for (const body of [{ settings: '{"a":1}' }, { settings: "hello" }, { tags: '["b"]' }, { tags: "hello" }, { settings: null, tags: null }]) await s.post("/update-user", body, { jar });
  },
  async "numbers as they may be written"(s) {
    for (const [at, number] of ["36.0", "1e2", "-0.0", "1.5", '"36.0"', "3.6e1"].entries()) await s.request("POST", SIGN_UP, { body: `{"name":"A","email":"p${at}@example.com","password":"correct horse battery","news":true,"age":${number},"zodiac":${number},"settings":{"a":${number}}}`, headers: { "content-type": "application/json" }, label: number });
    s.note("zodiac", ...(await s.sql('select email, zodiac, settings::text from "user" order by email')));
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
  "accounts have the defaults of theirs, whatever a client says": async (server) => {
    const { jar } = await server.user("ada@example.com", { news: true, tenant: "mine", kept: "mine" });
    await server.get("/list-accounts", { jar });
    await server.sql(`update account set tenant = 'other', since_year = 1999`);
    await server.get("/list-accounts", { jar });
  },
};
