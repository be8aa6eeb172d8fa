// Takes better-auth's client with adminClient through administration.
//
//   node admin.mjs --url http://localhost:3000
//
// The server runs with administration, and has the users root@example.com, an administrator, and eve@example.com. Prints and exits
// as journey.mjs does.
import { parseArgs } from "node:util";
import { adminClient } from "better-auth/client/plugins";
import { browser, Checks } from "./browser.mjs";

const { values: args } = parseArgs({ options: { url: { type: "string", default: "http://localhost:3000" } } });
const checks = new Checks();
const { client } = browser(args.url, { plugins: [adminClient()] });
const password = "correct horse battery";
const refusal = ({ data, error }) => [data, error?.status, error?.code];

await client.signIn.email({ email: "root@example.com", password });
let eve;
await checks.part("users", async () => {
  const { data } = await client.admin.listUsers({ query: { searchValue: "eve", searchOperator: "starts_with", sortBy: "email", limit: 5 } });
  checks.equal("one is found", [data.total, data.limit, data.users[0].email, data.users[0].role], [1, 5, "eve@example.com", "user"]);
  eve = data.users[0];
  checks.equal("several values of a filter", (await client.admin.listUsers({ query: { filterField: "email", filterOperator: "in", filterValue: ["eve@example.com", "root@example.com"] } })).data.total, 2);
  checks.equal("one is read", (await client.admin.getUser({ query: { id: eve.id } })).data.email, "eve@example.com");
  const made = await client.admin.createUser({ email: "new@example.com", name: "New", password, role: "user", data: { image: "https://example.com/n.png" } });
  checks.equal("one is created", [made.error, made.data.user.role, made.data.user.image], [null, "user", "https://example.com/n.png"]);
  checks.equal("one is changed", (await client.admin.updateUser({ userId: made.data.user.id, data: { name: "Newer" } })).data.name, "Newer");
  checks.equal("a role is given", (await client.admin.setRole({ userId: made.data.user.id, role: ["user", "admin"] })).data.user.role, "user,admin");
  checks.equal("a password is set", (await client.admin.setUserPassword({ userId: made.data.user.id, newPassword: "another password" })).data, { status: true });
  checks.equal("one is removed", (await client.admin.removeUser({ userId: made.data.user.id })).data, { success: true });
  checks.equal("and is gone", refusal(await client.admin.getUser({ query: { id: made.data.user.id } })), [null, 404, "USER_NOT_FOUND"]);
});

await checks.part("permissions", async () => {
  checks.equal("the server says so", (await client.admin.hasPermission({ permissions: { user: ["ban"] } })).data.success, true);
  checks.equal("and no", (await client.admin.hasPermission({ permissions: { user: ["impersonate-admins"] } })).data.success, false);
  checks.equal("the client says so by itself", client.admin.checkRolePermission({ permissions: { user: ["ban"] }, role: "admin" }), true);
});

await checks.part("impersonation", async () => {
  const begun = await client.admin.impersonateUser({ userId: eve.id });
  checks.equal("it begins", [begun.error, begun.data.user.email], [null, "eve@example.com"]);
  checks.equal("the session is the user's", (await client.getSession()).data.user.email, "eve@example.com");
  checks.equal("who may do less", refusal(await client.admin.listUsers({ query: {} })), [null, 403, "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS"]);
  checks.equal("it ends", (await client.admin.stopImpersonating()).data.user.email, "root@example.com");
  checks.equal("the session is the administrator's", (await client.getSession()).data.user.email, "root@example.com");
});

await checks.part("bans and sessions", async () => {
  const other = browser(args.url).client;
  await other.signIn.email({ email: "eve@example.com", password });
  const { data } = await client.admin.listUserSessions({ userId: eve.id });
  checks.equal("sessions are listed", data.sessions.length > 0, true);
  checks.equal("one ends", (await client.admin.revokeUserSession({ sessionToken: data.sessions[0].token })).data, { success: true });
  checks.equal("all end", (await client.admin.revokeUserSessions({ userId: eve.id })).data, { success: true });
  checks.equal("nobody is left", (await other.getSession()).data, null);
  checks.equal("banned", (await client.admin.banUser({ userId: eve.id, banReason: "spam", banExpiresIn: 60 })).data.user.banReason, "spam");
  checks.equal("refused", refusal(await other.signIn.email({ email: "eve@example.com", password })), [null, 403, "BANNED_USER"]);
  checks.equal("lifted", (await client.admin.unbanUser({ userId: eve.id })).data.user.banned, false);
  checks.equal("welcome", (await other.signIn.email({ email: "eve@example.com", password })).error, null);
});
checks.finish();
