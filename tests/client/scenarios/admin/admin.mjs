// Administration as it is by default.
import { as, everything, path, people, requests, signIn, ways } from "../administration.mjs";
import { EMAILS, person, SIGN_IN, SIGN_UP, VALUES } from "../inputs.mjs";

const rooted = async (s) => { const { root, eve } = await people(s); return { ...root, eve, post: (name, body, options) => s.post(path(name), body, { jar: root.jar, ...options }), get: (query) => s.get(path(query), { jar: root.jar }) }; };
const list = (query) => `list-users?${new URLSearchParams(query)}`;

export default {
  ...ways,
  async "what its bodies may be"(s) {
    const root = await rooted(s);
    for (const value of Object.values(VALUES)) {
      for (const name of ["set-role", "update-user", "list-user-sessions", "unban-user", "ban-user", "impersonate-user", "revoke-user-sessions", "remove-user"]) {
        await root.post(name, { userId: value, role: "user", data: {} }, { label: name });
      }
      await root.post("set-role", { userId: s.id("x"), role: value });
      await root.post("update-user", { userId: s.id("x"), data: value });
      await root.post("ban-user", { userId: s.id("x"), banReason: value, banExpiresIn: value });
      await root.post("revoke-user-session", { sessionToken: value });
      await root.post("create-user", { email: value, name: value, password: value, role: value, data: value });
      await root.post("set-user-password", { newPassword: value, userId: value });
      await root.post("has-permission", { permissions: value, userId: value, role: value });
      await root.post("has-permission", { permission: value });
      await root.post("has-permission", { permissions: { user: value } });
    }
    for (const body of ["null", "[]", '"x"', "{", ""]) for (const [name] of requests("x")) await s.request("POST", path(name), { jar: root.jar, body, headers: { "content-type": "application/json" } });
    for (const query of ["", "?id=", "?id=a&id=b"]) await root.get(`get-user${query}`);
  },
  async "permissions"(s) {
    const root = await rooted(s);
    for (const body of [
      { permissions: {} }, { permissions: { user: [] } }, { permissions: { user: ["list", "ban"] } }, { permissions: { user: ["fly"] } }, { permissions: { user: ["impersonate-admins"] } },
      { permissions: { nothing: ["list"] } }, { permissions: { user: ["list"], session: ["list"] } }, { permissions: { user: ["list"], nothing: ["x"] } },
      { permission: { user: ["list"] } }, { permission: { user: ["list"] }, permissions: { user: ["list"] } }, { permissions: { user: ["list"] }, role: "user" }, { permissions: { user: ["list"] }, userId: root.eve.id },
    ]) {
      await root.post("has-permission", body);
      await s.post(path("has-permission"), body, { jar: root.eve.jar });
    }
  },
  async "roles"(s) {
    const root = await rooted(s);
    for (const role of ["admin", ["user", "admin"], ["user"], [], "", "anything", "user, admin", "Admin"]) {
      await root.post("set-role", { userId: root.eve.id, role });
      await s.get(path(`get-user?id=${root.eve.id}`), { jar: root.eve.jar });
    }
    await root.post("set-role", { userId: s.id("nothing"), role: "user" });
    await root.post("set-role", { userId: root.id, role: "user" });
    await root.get(`get-user?id=${root.id}`);
  },
  async "new users"(s) {
    const root = await rooted(s);
    const made = async (body) => { const { json } = await root.post("create-user", body); return json; };
    await made({ email: "A@Example.com", name: "A", password: "ab" });
    await signIn(s, { email: "a@example.com", password: "ab" });
    await made({ email: "a@example.com", name: "B" });
    await made({ email: "b@example.com", name: "B", role: "admin" });
    await made({ email: "c@example.com", name: "C", role: ["user", "admin"], password: "" });
    await made({ email: "d@example.com", name: "D", data: { role: "admin", image: "https://example.com/d.png", emailVerified: true, banned: true, banReason: "x", banExpires: "2999-01-01T00:00:00.000Z", nothing: 1 } });
    await signIn(s, { email: "d@example.com", password: "x" });
    for (const role of [null, 5, ["user", 5], {}]) await made({ email: "e@example.com", name: "E", data: { role } });
    await made({ email: "e@example.com", name: "E", password: "x".repeat(129) });
    for (const email of EMAILS.filter((email) => !email.includes("\u0000"))) await made({ email, name: "F" });
  },
  async "changed users"(s) {
    const root = await rooted(s);
    const changed = (data, userId = root.eve.id) => root.post("update-user", { userId, data });
    for (const data of [
      {}, { password: "another password" }, { id: "x" }, { name: "Eve the second" }, { image: "https://example.com/e.png" }, { image: null }, { nothing: 1 }, { role: "admin" }, { role: ["user", "admin"] }, { role: null }, { role: 5 },
      { email: "EVE2@example.com" }, { email: "root@example.com" }, { email: "no address" }, { emailVerified: true }, { emailVerified: false, name: "E" }, { createdAt: "2020-01-02T03:04:05.678Z" }, { updatedAt: "2020-01-02T03:04:05.678Z" },
      { banned: true }, { banned: false, banReason: null }, { banReason: "x", banExpires: "2999-01-01T00:00:00.000Z" }, { phoneNumber: "1" }, { role: "user", email: "eve@example.com", name: "Eve" },
    ]) await changed(data);
    await changed({ banned: true }, root.id);
    await changed({ name: "Root" }, root.id);
    await changed({ name: "Nobody" }, s.id("nothing"));
    await s.get("/get-session", { jar: root.eve.jar });
  },
  async "their passwords"(s) {
    const root = await rooted(s);
    const { json } = await root.post("create-user", { email: "bare@example.com", name: "Bare" }, { record: false });
    for (const userId of [root.eve.id, json.user.id, s.id("nothing")]) {
      await root.post("set-user-password", { userId, newPassword: "another password" });
      await root.post("set-user-password", { userId, newPassword: "short" });
      await root.post("set-user-password", { userId, newPassword: "x".repeat(129) });
    }
    for (const email of ["eve@example.com", "bare@example.com"]) for (const password of ["another password", "correct horse battery"]) await s.post(SIGN_IN, { email, password });
    // Told in docs/DIFFERENCES.md: here a new password ends the sessions of before.
    await s.sql("delete from {session}");
  },
  async "sessions that a user does not see"(s) {
    const root = await rooted(s);
    await root.post("impersonate-user", { userId: root.eve.id }, { record: false });
    await s.get("/list-sessions", { jar: root.eve.jar });
  },
  async "their sessions"(s) {
    const root = await rooted(s);
    const jar = s.jar();
    await signIn(s, root.eve, { jar });
    const { json } = await root.post("list-user-sessions", { userId: root.eve.id }, { record: false });
    s.note("sessions", json.sessions.length, json.sessions.every(({ token }) => token.length === 32), Object.keys(json.sessions[0]));
    await root.post("list-user-sessions", { userId: root.id });
    await root.post("revoke-user-session", { sessionToken: json.sessions.find(({ token }) => jar.get("session_token").value.startsWith(token)).token });
    await s.get("/get-session", { jar });
    await s.get("/get-session", { jar: root.eve.jar });
    await root.post("revoke-user-sessions", { userId: root.eve.id });
    await s.get("/get-session", { jar: root.eve.jar });
    await root.post("list-user-sessions", { userId: root.eve.id });
    for (const name of ["list-user-sessions", "revoke-user-sessions"]) await root.post(name, { userId: s.id("nothing") });
  },
  async "removing"(s) {
    const root = await rooted(s);
    await root.post("remove-user", { userId: root.id });
    await root.post("remove-user", { userId: s.id("nothing") });
    await root.post("remove-user", { userId: root.eve.id });
    await s.get("/get-session", { jar: root.eve.jar });
  },
  async "lists"(s) {
    const root = await rooted(s);
    for (const [at, name] of ["Ann", "Bob", "ann", "Carl_X", "D%E"].entries()) await root.post("create-user", { email: `p${at}@example.com`, name, data: { emailVerified: at % 2 === 0 } }, { record: false });
    const sorted = { sortBy: "email" };
    for (const query of [
      sorted, { ...sorted, sortDirection: "desc" }, { sortBy: "createdAt" }, { sortBy: "createdAt", sortDirection: "desc", limit: "2" }, { ...sorted, limit: "2", offset: "3" }, { ...sorted, offset: "99" }, { ...sorted, limit: "0", offset: "0" }, { ...sorted, limit: "x", offset: "" },
      { ...sorted, limit: " 2 " }, { ...sorted, limit: "1e0" }, { ...sorted, searchValue: "" }, { ...sorted, searchValue: "p1" }, { ...sorted, searchValue: "EXAMPLE" }, { ...sorted, searchValue: "p", searchOperator: "starts_with" }, { ...sorted, searchValue: ".com", searchOperator: "ends_with" },
      { ...sorted, searchField: "name", searchValue: "nn" }, { ...sorted, searchField: "name", searchValue: "Ann", filterField: "email", filterValue: "p0@example.com" },
      { ...sorted, filterField: "role", filterValue: "admin" }, { ...sorted, filterField: "role", filterValue: "admin", filterOperator: "ne" }, { ...sorted, filterField: "banned", filterValue: "false" }, { ...sorted, filterField: "banned", filterValue: "true" }, { ...sorted, filterField: "emailVerified", filterValue: "true" },
      { ...sorted, filterValue: "root@example.com" }, { ...sorted, filterValue: "" }, { ...sorted, filterField: "name", filterValue: "B", filterOperator: "gt" }, { ...sorted, filterField: "name", filterValue: "Bob", filterOperator: "lte" }, { ...sorted, filterField: "name", filterValue: "b", filterOperator: "contains" },
      { ...sorted, filterField: "createdAt", filterValue: "2020-01-01T00:00:00.000Z", filterOperator: "gte" }, { ...sorted, filterField: "createdAt", filterValue: "2020-01-01", filterOperator: "lt" }, { ...sorted, filterField: "banExpires", filterValue: "2999-01-01T00:00:00.000Z", filterOperator: "lt" },
    ]) await root.get(list(query));
    const twice = (key, ...values) => values.map((value) => `${key}=${encodeURIComponent(value)}`).join("&");
    await root.get(`list-users?sortBy=email&filterOperator=in&${twice("filterValue", "p0@example.com", "p1@example.com", "x")}`);
    await root.get(`list-users?sortBy=email&filterOperator=not_in&${twice("filterValue", "p0@example.com", "p1@example.com")}`);
    await root.get(`list-users?sortBy=email&filterField=name&filterOperator=not_in&filterValue=Bob`);
    await root.get(`list-users?filterField=id&filterValue=${root.eve.id}`);
    for (const query of [{ sortDirection: "up" }, { searchField: "role", searchValue: "x" }, { searchOperator: "eq" }, { filterOperator: "like" }]) await root.get(list(query));
    for (const key of ["searchValue", "searchField", "limit", "sortBy", "sortDirection", "filterField", "filterOperator"]) await root.get(`list-users?${twice(key, "1", "2")}`);
  },
  async "what clients may not set"(s) {
    const fields = { role: "admin", banned: true, banReason: "x", banExpires: "2999-01-01T00:00:00.000Z" };
    const { jar } = await s.user();
    for (const [name, value] of Object.entries(fields)) for (const given of [value, null, "", false]) {
      await s.post(SIGN_UP, person(`${name}${given}@example.com`.toLowerCase().replaceAll(/[:]/g, ""), { [name]: given }));
      await s.post("/update-user", { [name]: given }, { jar });
      await s.post("/update-user", { name: "Ada", [name]: given }, { jar });
    }
    await s.post("/update-session", { impersonatedBy: "x" }, { jar });
    await s.get("/get-session", { jar });
  },
  async "an impersonation without its way back"(s) {
    const root = await rooted(s);
    await root.post("impersonate-user", { userId: root.eve.id }, { record: false });
    const kept = root.jar.get("admin_session");
    root.jar.delete("admin_session");
    await root.post("stop-impersonating", {});
    root.jar.set(kept.name, "forged");
    await root.post("stop-impersonating", {});
    root.jar.set(kept.name, kept.value);
    await s.sql(`delete from {session} where {session.userId}::text = $1`, [String(root.id)]);
    await root.post("stop-impersonating", {});
  },
  async "an administrator who is not remembered"(s) {
    const { root, eve } = await people(s);
    const jar = s.jar();
    await s.post(SIGN_IN, { email: root.email, password: root.password, rememberMe: false }, { jar });
    await s.post(path("impersonate-user"), { userId: eve.id }, { jar });
    await s.post(path("stop-impersonating"), {}, { jar });
    await s.get("/get-session", { jar });
  },
  async "administrators"(s) {
    const { root } = await people(s);
    const other = await as(s, "admin", "other@example.com");
    await s.post(path("impersonate-user"), { userId: other.id }, { jar: root.jar });
    await s.post(path("impersonate-user"), { userId: s.id("nothing") }, { jar: root.jar });
    for (const name of ["ban-user", "unban-user", "revoke-user-sessions", "remove-user"]) await s.post(path(name), { userId: other.id }, { jar: root.jar });
  },
};
