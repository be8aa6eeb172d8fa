// Prints the answers of better-auth's access control: for each role, every request of one action, of two actions on one resource, and of
// one action on each of two resources, with each connector, and requests that no role permits.
//
//   node access.mjs '{"users":{"editor":{"project":["create"]}},"members":{}}'
//
// The roles are better-auth's own and those of the argument. Prints a line of JSON for each answer.
import { createAccessControl } from "better-auth/plugins/access";
import * as admin from "better-auth/plugins/admin/access";
import * as organization from "better-auth/plugins/organization/access";

const given = JSON.parse(process.argv[2] ?? "{}");
for (const [kind, own] of [["users", admin], ["members", organization]]) {
  const listed = given[kind] ?? {};
  const statements = { ...own.defaultStatements };
  for (const role of Object.values(listed)) for (const [resource, actions] of Object.entries(role)) statements[resource] = [...new Set([...(statements[resource] ?? []), ...actions])];
  const ac = createAccessControl(statements);
  const roles = { ...own.defaultRoles, ...Object.fromEntries(Object.entries(listed).map(([name, role]) => [name, ac.newRole(role)])) };
  const pairs = Object.entries(statements).flatMap(([resource, actions]) => [...actions, "fly"].map((action) => [resource, action]));
  pairs.push(["nothing", "create"]);
  const requests = [{}, ...Object.keys(statements).map((resource) => ({ [resource]: [] })), { nothing: [] }];
  for (const [resource, action] of pairs) {
    requests.push({ [resource]: [action] }, { [resource]: [action, action] });
    for (const [other, second] of pairs) {
      if (other !== resource) requests.push({ [resource]: [action], [other]: [second] });
      else for (const connector of ["AND", "OR"]) requests.push({ [resource]: { actions: [action, second], connector } });
    }
  }
  for (const [name, role] of Object.entries(roles))
    for (const request of requests)
      for (const connector of ["AND", "OR"]) {
        const { success, error = null } = role.authorize(request, connector);
        console.log(JSON.stringify({ kind, role: name, request: Object.entries(request), connector, success, error }));
      }
}
