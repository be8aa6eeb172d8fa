// Takes better-auth's client with organizationClient through organizations.
//
//   node organization.mjs --url http://localhost:3000
//
// The server runs with organizations, their teams and the roles that they make, and has the users ada@example.com, ben@example.com and eve@example.com, whose addresses are
// confirmed. Prints and exits as journey.mjs does.
import { parseArgs } from "node:util";
import { organizationClient } from "better-auth/client/plugins";
import { createAccessControl } from "better-auth/plugins/access";
import { defaultStatements } from "better-auth/plugins/organization/access";
import { browser, Checks } from "./browser.mjs";

const { values: args } = parseArgs({ options: { url: { type: "string", default: "http://localhost:3000" } } });
const checks = new Checks();
const password = "correct horse battery";
const refusal = ({ data, error }) => [data, error?.status, error?.code];
const person = async (email) => {
  const { client } = browser(args.url, { plugins: [organizationClient({ teams: { enabled: true }, ac: createAccessControl(defaultStatements), dynamicAccessControl: { enabled: true } })] });
  await client.signIn.email({ email, password });
  return client;
};

const [ada, ben, eve] = await Promise.all(["ada", "ben", "eve"].map((name) => person(`${name}@example.com`)));
const active = async (client) => (await client.getSession()).data.session.activeOrganizationId;
let club, invitation, member;

await checks.part("organizations", async () => {
  checks.equal("a slug is free", (await ada.organization.checkSlug({ slug: "club" })).data, { status: true });
  const { data } = await ada.organization.create({ name: "Club", slug: "club", logo: "https://example.com/c.png", metadata: { plan: "free" } });
  club = data.id;
  checks.equal("one is made", [data.name, data.slug, data.metadata, data.members.length, data.members[0].role], ["Club", "club", { plan: "free" }, 1, "owner"]);
  checks.equal("it is active", await active(ada), club);
  checks.equal("the slug is taken", refusal(await ada.organization.checkSlug({ slug: "club" })), [null, 400, "ORGANIZATION_SLUG_ALREADY_TAKEN"]);
  checks.equal("they are listed", (await ada.organization.list()).data.map(({ slug }) => slug), ["club"]);
  checks.equal("one is changed", (await ada.organization.update({ data: { name: "The club", metadata: { plan: "paid" } } })).data.metadata, { plan: "paid" });
  checks.equal("one is read", (await ada.organization.getOrganization({ query: { organizationSlug: "club" } })).data.name, "The club");
  checks.equal("none is active", (await ada.organization.setActive({ organizationId: null })).data, null);
  checks.equal("the session says so", await active(ada), null);
  checks.equal("one is active again", (await ada.organization.setActive({ organizationSlug: "club" })).data.id, club);
});

await checks.part("invitations", async () => {
  const { data } = await ada.organization.inviteMember({ email: "Ben@example.com", role: ["member", "admin"] });
  invitation = data.id;
  checks.equal("one is sent", [data.email, data.role, data.status, data.organizationId], ["ben@example.com", "member,admin", "pending", club]);
  checks.equal("and not twice", refusal(await ada.organization.inviteMember({ email: "ben@example.com", role: "member" })), [null, 400, "USER_IS_ALREADY_INVITED_TO_THIS_ORGANIZATION"]);
  checks.equal("but again", (await ada.organization.inviteMember({ email: "ben@example.com", role: "member", resend: true })).data.id, invitation);
  checks.equal("the recipient reads it", (await ben.organization.getInvitation({ query: { id: invitation } })).data.organizationName, "The club");
  checks.equal("a stranger does not", refusal(await eve.organization.getInvitation({ query: { id: invitation } })), [null, 403, "YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION"]);
  checks.equal("the recipient lists it", (await ben.organization.listUserInvitations()).data.map(({ id, organizationName }) => [id, organizationName]), [[invitation, "The club"]]);
  const accepted = await ben.organization.acceptInvitation({ invitationId: invitation });
  member = accepted.data.member.id;
  checks.equal("it is accepted", [accepted.data.invitation.status, accepted.data.member.role], ["accepted", "member,admin"]);
  checks.equal("the organization is active", await active(ben), club);
  const other = (await ben.organization.inviteMember({ email: "eve@example.com", role: "member" })).data.id;
  checks.equal("one is rejected", (await eve.organization.rejectInvitation({ invitationId: other })).data.invitation.status, "rejected");
  const third = (await ben.organization.inviteMember({ email: "eve@example.com", role: "member" })).data.id;
  checks.equal("one is canceled", (await ada.organization.cancelInvitation({ invitationId: third })).data.status, "canceled");
  checks.equal("all are listed", (await ada.organization.listInvitations()).data.map(({ status }) => status), ["accepted", "rejected", "canceled"]);
});

await checks.part("members", async () => {
  const { data } = await ada.organization.listMembers({ query: { sortBy: "createdAt", sortDirection: "desc", limit: 1 } });
  checks.equal("they are listed", [data.total, data.members.length, data.members[0].user.email], [2, 1, "ben@example.com"]);
  checks.equal("and filtered", (await ada.organization.listMembers({ query: { filterField: "role", filterOperator: "contains", filterValue: "admin" } })).data.total, 1);
  checks.equal("the whole organization", (await ben.organization.getFullOrganization()).data.members.map(({ user }) => user.email), ["ada@example.com", "ben@example.com"]);
  checks.equal("one's own membership", (await ben.organization.getActiveMember()).data.role, "member,admin");
  checks.equal("one's own role", (await ben.organization.getActiveMemberRole()).data, { role: "member,admin" });
  checks.equal("the server permits", (await ben.organization.hasPermission({ permissions: { member: ["create"] } })).data, { error: null, success: true });
  checks.equal("and does not", (await ben.organization.hasPermission({ permissions: { organization: ["delete"] } })).data.success, false);
  checks.equal("the client says so by itself", ben.organization.checkRolePermission({ permissions: { organization: ["delete"] }, role: "owner" }), true);
  checks.equal("no one takes the owner's role", refusal(await ben.organization.updateMemberRole({ memberId: member, role: "owner" })), [null, 403, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER"]);
  checks.equal("a role is given", (await ada.organization.updateMemberRole({ memberId: member, role: "owner" })).data.role, "owner");
  checks.equal("an owner leaves", (await ada.organization.leave({ organizationId: club })).data.user.email, "ada@example.com");
  checks.equal("and has no active organization", await active(ada), null);
  checks.equal("the last one stays", refusal(await ben.organization.leave({ organizationId: club })), [null, 400, "YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER"]);
  const { data: again } = await ben.organization.inviteMember({ email: "ada@example.com", role: "member" });
  await ada.organization.acceptInvitation({ invitationId: again.id });
  checks.equal("one is removed", (await ben.organization.removeMember({ memberIdOrEmail: "ada@example.com" })).data.member.user.email, "ada@example.com");
  checks.equal("an organization is deleted", (await ben.organization.delete({ organizationId: club })).data.id, club);
  checks.equal("and is gone", (await ben.organization.list()).data, []);
});

await checks.part("teams", async () => {
  const { data: made } = await ada.organization.create({ name: "Crew", slug: "crew" });
  club = made.id;
  const session = async (client) => (await client.getSession()).data.session;
  const first = (await ada.organization.listTeams()).data;
  checks.equal("there is a first one", first.map(({ name, organizationId }) => [name, organizationId]), [["Crew", club]]);
  checks.equal("it is active", (await session(ada)).activeTeamId, first[0].id);
  const { data: red } = await ada.organization.createTeam({ name: "Red" });
  checks.equal("one is made", [red.name, red.organizationId], ["Red", club]);
  checks.equal("one is changed", (await ada.organization.updateTeam({ teamId: red.id, data: { name: "Crimson" } })).data.name, "Crimson");
  const { data: invited } = await ada.organization.inviteMember({ email: "ben@example.com", role: "member", teamId: red.id });
  checks.equal("an invitation names it", invited.teamId, red.id);
  await ben.organization.acceptInvitation({ invitationId: invited.id });
  const { activeOrganizationId, activeTeamId, userId } = await session(ben);
  checks.equal("the only team is active", [activeOrganizationId, activeTeamId], [club, red.id]);
  checks.equal("members are listed", (await ben.organization.listTeamMembers()).data.map((one) => [one.teamId, one.userId]), [[red.id, userId]]);
  checks.equal("the user's own are listed", (await ben.organization.listUserTeams()).data.map(({ name }) => name), ["Crimson"]);
  const added = await ada.organization.addTeamMember({ teamId: first[0].id, userId });
  checks.equal("a member is added", [added.data.teamId, added.data.userId], [first[0].id, userId]);
  checks.equal("a member adds none", refusal(await ben.organization.addTeamMember({ teamId: red.id, userId })), [null, 403, "YOU_ARE_NOT_ALLOWED_TO_CREATE_A_NEW_TEAM_MEMBER"]);
  checks.equal("another one is active", (await ben.organization.setActiveTeam({ teamId: first[0].id })).data.name, "Crew");
  checks.equal("none is active", (await ben.organization.setActiveTeam({ teamId: null })).data, null);
  checks.equal("a member is removed", (await ada.organization.removeTeamMember({ teamId: first[0].id, userId })).data, { message: "Team member removed successfully." });
  checks.equal("the whole organization", (await ada.organization.getFullOrganization()).data.teams.map(({ name }) => name), ["Crew", "Crimson"]);
  checks.equal("the active one is not removed", refusal(await ada.organization.removeTeam({ teamId: first[0].id })), [null, 403, "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_TEAM"]);
  checks.equal("another one is", (await ada.organization.removeTeam({ teamId: red.id })).data, { message: "Team removed successfully." });
  checks.equal("a stranger lists none", refusal(await eve.organization.listTeams({ query: { organizationId: club } })), [null, 403, "YOU_ARE_NOT_ALLOWED_TO_ACCESS_THIS_ORGANIZATION"]);
});

await checks.part("roles of the organization", async () => {
  const permission = { ac: ["read"], invitation: ["create"] };
  const made = await ada.organization.createRole({ role: "Recruiter", permission });
  checks.equal("one is made", [made.data.success, made.data.roleData.role, made.data.statements], [true, "recruiter", permission]);
  const roleId = made.data.roleData.id;
  checks.equal("they are listed", (await ben.organization.listRoles()).data.map(({ role, permission }) => [role, permission]), [["recruiter", permission]]);
  checks.equal("one is read", (await ben.organization.getRole({ query: { roleName: "recruiter" } })).data.id, roleId);
  const { data } = await ada.organization.listMembers({ query: { filterField: "role", filterValue: "member" } });
  checks.equal("one is given", (await ada.organization.updateMemberRole({ memberId: data.members[0].id, role: "recruiter" })).data.role, "recruiter");
  checks.equal("it counts", (await ben.organization.hasPermission({ permissions: { invitation: ["create"] } })).data.success, true);
  checks.equal("a member gives no more than the member has", (await ben.organization.createRole({ role: "x", permission: { ac: ["create"] } })).error.code, "YOU_ARE_NOT_ALLOWED_TO_CREATE_A_ROLE");
  const missing = (await ada.organization.createRole({ role: "x", permission: { ac: ["fly"] } })).error;
  checks.equal("nor does an owner", [missing.status, missing.missingPermissions], [403, ["ac:fly"]]);
  checks.equal("one that is held stays", refusal(await ada.organization.deleteRole({ roleId })), [null, 400, "ROLE_IS_ASSIGNED_TO_MEMBERS"]);
  checks.equal("one is changed", (await ada.organization.updateRole({ roleId, data: { permission: { ac: ["read"] } } })).data.roleData.permission, { ac: ["read"] });
  checks.equal("it counts at once", (await ben.organization.hasPermission({ permissions: { invitation: ["create"] } })).data.success, false);
  await ada.organization.removeMember({ memberIdOrEmail: "ben@example.com" });
  checks.equal("one is deleted", (await ada.organization.deleteRole({ roleName: "recruiter" })).data, { success: true });
});

checks.finish();
