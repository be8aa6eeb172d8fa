// Roles that the members of an organization make. Resources are in the order of their names, as gatepost answers them.
import { club, join, path, people } from "../organizations.mjs";
import { VALUES } from "../inputs.mjs";

const POSTS = ["create-role", "update-role", "delete-role"];
const BODY = { role: "x", permission: { project: ["read"] }, roleName: "x", organizationId: "x", data: {} };

export default {
  async "signed out"(s) {
    for (const name of POSTS) await s.post(path(name), BODY);
    for (const name of ["list-roles", "get-role?roleName=x"]) await s.get(path(name));
  },
  async "what bodies may be"(s) {
    const { ada } = await people(s, "ada");
    await club(s, ada);
    for (const value of Object.values(VALUES)) {
      await ada.post("create-role", { role: "admin", permission: value });
      await ada.post("create-role", { role: "admin", permission: { project: value } });
      await ada.post("create-role", { role: "admin", permission: { project: [value] }, additionalFields: value });
      if (typeof value !== "string") await ada.post("create-role", { role: value, permission: {} });
      await ada.post("update-role", { roleName: value, data: {} });
      await ada.post("update-role", { roleId: value, data: {} });
      await ada.post("update-role", { roleName: "x", data: value });
      await ada.post("update-role", { roleName: "x", data: { permission: value, roleName: value } });
      await ada.post("delete-role", { roleName: value });
      await ada.post("delete-role", { roleId: value, organizationId: value });
    }
    for (const name of POSTS) await ada.post(name, {});
    for (const query of ["get-role", "get-role?roleName=", "get-role?roleId=", "get-role?roleName=&roleId=x", "list-roles?organizationId=", "get-role?organizationId=&roleName=x"]) await ada.get(query);
  },
  async "roles"(s) {
    const { ada, ben, eve, zoe } = await people(s, "ada", "ben", "eve", "zoe");
    const create = (user, role, permission, more) => user.post("create-role", { role, permission, ...more });
    await create(ada, "first", {});
    await ada.get("list-roles");
    const id = await club(s, ada);
    await join(ada, ben, "admin", id);
    const row = await join(ada, eve, "member", id);
    await ada.get("list-roles");
    const { json } = await create(ada, "Editor", { member: ["update"], project: ["create", "read"] });
    await create(ada, "EDITOR", { project: ["read"] });
    await create(ada, "Admin", { project: ["read"] });
    await create(ada, "z", { zoo: ["read"] });
    await create(ben, "z", { organization: ["update", "delete"], project: ["read", "share"] });
    await create(ada, "z", { project: ["fly"] });
    await create(eve, "z", { project: ["read"] });
    await create(zoe, "z", { project: ["read"] }, { organizationId: id });
    await create(zoe, "admin", { project: ["read"] }, { organizationId: id });
    await create(zoe, "z", { project: ["read"] });
    await create(ben, "empty", {});
    await create(ada, "third", { ac: [], project: ["read"] }, { additionalFields: { unknown: 1 } });
    await create(ada, "fourth", { project: ["read"] });
    for (const user of [ada, ben, eve]) await user.get("list-roles");
    await zoe.get(`list-roles?organizationId=${id}`);
    for (const query of ["roleName=editor", "roleName=Editor", `roleId=${json.roleData.id}`, "roleName=admin", "roleName=nothing", "roleId=nothing", `roleName=nothing&roleId=${json.roleData.id}`]) await eve.get(`get-role?${query}`);
    await zoe.get(`get-role?roleName=editor&organizationId=${id}`);

    await ada.post("update-member-role", { memberId: row.id, role: "editor" });
    for (const permissions of [{ project: ["create"], member: ["update"] }, { ac: ["read"] }, { project: ["share"] }]) await eve.post("has-permission", { permissions });
    await eve.get("list-roles");
    await eve.get("get-role?roleName=editor");
    await ada.post("invite-member", { email: "new@example.com", role: ["editor", "nothing"] });
    await ada.post("invite-member", { email: "new@example.com", role: ["editor", "member"] });

    const update = (user, data, more = { roleName: "editor" }) => user.post("update-role", { data, ...more });
    await update(ben, { permission: { project: ["share"] } });
    await update(ada, { permission: { zoo: ["read"] } });
    await update(eve, { permission: { project: ["read"] } });
    await update(zoe, { permission: { project: ["read"] } }, { roleName: "editor", organizationId: id });
    await update(zoe, {});
    await update(ada, {}, { roleName: "admin" });
    await update(ada, {}, { roleName: "nothing" });
    await update(ada, { permission: { project: ["read", "share"] } });
    await eve.post("has-permission", { permissions: { project: ["share"] } });
    await update(ada, {});
    for (const roleName of ["editor", "Empty", "owner", "Writer"]) await update(ada, { roleName }, { roleId: json.roleData.id });
    await ada.get("list-roles");
    await eve.post("has-permission", { permissions: { project: ["read"] } });
    await ada.post("update-member-role", { memberId: row.id, role: ["member", "writer"] });

    const remove = (user, body) => user.post("delete-role", body);
    await remove(ada, { roleName: "writer" });
    await remove(ada, { roleId: json.roleData.id });
    await remove(ada, { roleName: "admin" });
    await remove(ada, { roleName: "nothing" });
    await remove(eve, { roleName: "empty" });
    await remove(zoe, { roleName: "empty", organizationId: id });
    await remove(zoe, { roleName: "empty" });
    await remove(ben, { roleName: "empty" });
    await remove(ben, { roleName: "empty" });
    await ada.get("list-roles");
    await ada.get("get-full-organization");
  },
};
