// Steps that more than one configuration with administration takes.
import { by } from "./usernames.mjs";
import { person, SIGN_IN, VALUES } from "./inputs.mjs";

export const path = (name) => `/admin/${name}`;

/** Signs up a user and gives a role by SQL. Where sessions are apart from the tables, the user signs in again. */
export async function as(s, role, email = `${role}@example.com`) {
  const user = await s.user(email);
  await s.sql("update {user} set role = $1 where id::text = $2", [role, String(user.user.id)]);
  const jar = s.jar();
  await s.post(SIGN_IN, { email, password: user.password }, { jar, record: false });
  return { ...user, jar, id: user.user.id };
}

/** An administrator and a user. */
export async function people(s) {
  const root = await as(s, "admin", "root@example.com");
  const eve = await as(s, "user", "eve@example.com");
  return { root, eve };
}

/** The requests of each endpoint, for a user `id`. */
export const requests = (id, token = "nothing") => [
  ["set-role", { userId: id, role: "user" }],
  ["create-user", { email: "new@example.com", name: "New" }],
  ["update-user", { userId: id, data: { name: "Else" } }],
  ["list-user-sessions", { userId: id }],
  ["ban-user", { userId: id }],
  ["unban-user", { userId: id }],
  ["impersonate-user", { userId: id }],
  ["revoke-user-session", { sessionToken: token }],
  ["revoke-user-sessions", { userId: id }],
  ["set-user-password", { userId: id, newPassword: "another password" }],
  ["remove-user", { userId: id }],
  ["stop-impersonating", {}],
  ["has-permission", { permissions: { user: ["list"] } }],
];

/** Each endpoint, asked in this session. */
export async function everything(s, jar, id) {
  await s.get(path(`get-user?id=${id}`), { jar });
  await s.get(path("list-users?sortBy=email"), { jar });
  for (const [name, body] of requests(id)) await s.post(path(name), body, { jar });
}

export const signIn = (s, user, options) => s.post(SIGN_IN, { email: user.email, password: user.password }, options);

export const ways = {
  async "signed out"(s) {
    const { eve } = await people(s);
    await everything(s, undefined, eve.id);
  },
  async "a user"(s) {
    const { root, eve } = await people(s);
    await everything(s, eve.jar, root.id);
  },
  async "an administrator"(s) {
    const { root, eve } = await people(s);
    await s.get(path(`get-user?id=${eve.id}`), { jar: root.jar });
    await s.get(path("list-users?sortBy=email"), { jar: root.jar });
    for (const [name, body] of requests(eve.id).filter(([name]) => !["impersonate-user", "set-user-password"].includes(name))) await s.post(path(name), body, { jar: root.jar });
  },
  async "bans"(s) {
    const { root, eve } = await people(s);
    await s.post(path("ban-user"), { userId: eve.id, banReason: "spam", banExpiresIn: 3600 }, { jar: root.jar });
    await s.get("/get-session", { jar: eve.jar });
    await signIn(s, eve);
    await s.post(SIGN_IN, { email: eve.email, password: "a wrong password" });
    await s.post(path("impersonate-user"), { userId: eve.id }, { jar: root.jar });
    await s.post(path("unban-user"), { userId: eve.id }, { jar: root.jar });
    await signIn(s, eve);
    for (const body of [{}, { banReason: "" }, { banExpiresIn: 0 }, { banExpiresIn: -60 }, { banExpiresIn: 90.5 }, { banReason: null }, { banExpiresIn: "1" }]) await s.post(path("ban-user"), { userId: eve.id, ...body }, { jar: root.jar });
    await s.post(path("ban-user"), { userId: root.id }, { jar: root.jar });
    await s.post(path("ban-user"), { userId: s.id("nothing") }, { jar: root.jar });
  },
  async "a ban that is over"(s) {
    const { root, eve } = await people(s);
    await s.post(path("ban-user"), { userId: eve.id, banExpiresIn: 3600 }, { jar: root.jar, record: false });
    await s.sql(`update {user} set "banExpires" = now() - interval '1 hour' where email = 'eve@example.com'`);
    const jar = s.jar();
    await signIn(s, eve, { jar });
    await s.get("/get-session", { jar });
    await signIn(s, eve);
  },
  async "impersonation"(s) {
    const { root, eve } = await people(s);
    await s.post(path("impersonate-user"), { userId: eve.id }, { jar: root.jar });
    await s.get("/get-session", { jar: root.jar });
    await s.get(path(`get-user?id=${root.id}`), { jar: root.jar });
    await s.post(path("stop-impersonating"), {}, { jar: root.jar });
    await s.get("/get-session", { jar: root.jar });
    await s.post(path("stop-impersonating"), {}, { jar: root.jar });
    await s.post(path("impersonate-user"), { userId: root.id }, { jar: root.jar });
  },
};
