// Organizations as they are by default, for confirmed addresses.
import { club, join, path, people } from "../organizations.mjs";
import { VALUES } from "../inputs.mjs";

const POSTS = ["create", "check-slug", "update", "delete", "set-active", "invite-member", "cancel-invitation", "accept-invitation", "reject-invitation", "remove-member", "update-member-role", "leave", "has-permission"];
const GETS = ["list", "get-organization", "get-full-organization", "get-invitation?id=x", "list-invitations", "list-user-invitations", "list-members", "get-active-member", "get-active-member-role"];
const BODY = { name: "X", slug: "x", data: { name: "X" }, organizationId: "x", email: "x@example.com", role: "member", invitationId: "x", memberIdOrEmail: "x", memberId: "x", permissions: { member: ["create"] } };

export default {
  async "signed out"(s) {
    for (const name of POSTS) await s.post(path(name), BODY);
    for (const name of GETS) await s.get(path(name));
  },
  async "what bodies may be"(s) {
    const { ada } = await people(s, "ada");
    for (const value of Object.values(VALUES)) {
      await ada.post("create", { name: value, slug: "x", logo: value, metadata: value, keepCurrentActiveOrganization: value }, { label: "create" });
      await ada.post("check-slug", { slug: value });
      await ada.post("set-active", { organizationId: value });
      await ada.post("set-active", { organizationSlug: value });
      await ada.post("delete", { organizationId: value });
      await ada.post("leave", { organizationId: value });
      await ada.post("accept-invitation", { invitationId: value });
      await ada.post("reject-invitation", { invitationId: value });
      await ada.post("cancel-invitation", { invitationId: value });
      await ada.post("has-permission", { permissions: value });
      await ada.post("has-permission", { organizationId: value, permissions: { member: ["create"] } });
      await ada.post("update-member-role", { memberId: value, role: "member" });
      await ada.post("update-member-role", { memberId: "x", role: value });
      await ada.post("remove-member", { memberIdOrEmail: value });
      await ada.post("invite-member", { email: value, role: "member" });
      await ada.post("invite-member", { email: "x@example.com", role: value });
    }
  },
  async "an organization"(s) {
    const { ada } = await people(s, "ada");
    for (const name of ["list", "get-organization", "get-full-organization", "get-active-member", "list-members"]) await ada.get(name);
    await ada.post("set-active", {});
    await ada.post("set-active", { organizationId: null });
    await ada.post("check-slug", { slug: "club" });
    const { json } = await ada.post("create", { name: "Club", slug: "club", logo: "https://example.com/c.png", metadata: { a: [1, { b: null }] } });
    await ada.session();
    await ada.post("create", { name: "Club", slug: "club" });
    await ada.post("check-slug", { slug: "club" });
    await ada.post("check-slug", { slug: "Club" });
    await ada.post("create", { name: "Second", slug: "second", keepCurrentActiveOrganization: true });
    await ada.session();
    for (const name of ["list", "get-organization", "get-organization?organizationSlug=second", "get-organization?organizationSlug=nothing", "get-full-organization", "get-active-member", "get-active-member-role", "list-members", "list-invitations"]) await ada.get(name);
    for (const data of [{ name: "Else" }, { slug: "else" }, { slug: "second" }, { logo: null }, { metadata: {} }, { metadata: { c: 1 } }, { name: "" }, { name: "Else", slug: "else", unknown: 1 }]) await ada.post("update", { data, organizationId: json.id });
    await ada.post("set-active", { organizationSlug: "second" });
    await ada.session();
    await ada.post("update", { data: { name: "Active" } });
    await ada.post("set-active", { organizationId: json.id });
    await ada.post("set-active", {});
    await ada.post("set-active", { organizationSlug: "nothing" });
    await ada.post("delete", { organizationId: json.id });
    await ada.session();
    await ada.post("delete", { organizationId: json.id });
    await ada.get("list");
  },
  async "invitations"(s) {
    const { ada, ben, eve } = await people(s, "ada", "ben", "eve");
    const id = await club(s, ada);
    const invite = (body) => ada.post("invite-member", { email: "ben@example.com", role: "member", ...body });
    for (const body of [{ email: "no address" }, { role: "" }, { role: [] }, { role: " , " }, { role: "boss" }, { role: ["member", "boss", "chief"] }, { email: "ada@example.com" }, { organizationId: "nothing" }]) await invite(body);
    const { json } = await invite({ email: "BEN@example.com", role: ["member", " admin "] });
    await invite({});
    await invite({ resend: true, role: "owner" });
    await invite({ email: "new@example.com", resend: true, role: "owner" });
    await ben.get(`get-invitation?id=${json.id}`);
    await eve.get(`get-invitation?id=${json.id}`);
    await ben.get("list-user-invitations");
    await ben.get("list-user-invitations?email=eve@example.com");
    await ben.get(`list-invitations?organizationId=${id}`);
    await eve.post("accept-invitation", { invitationId: json.id });
    await eve.post("reject-invitation", { invitationId: json.id });
    await ben.post("accept-invitation", { invitationId: json.id });
    await ben.session();
    await ben.post("accept-invitation", { invitationId: json.id });
    await ben.post("reject-invitation", { invitationId: json.id });
    await ben.get("list-invitations");
    await ben.get("get-full-organization");
    await ada.get("list-invitations");
    const { json: second } = await ben.post("invite-member", { email: "eve@example.com", role: "member" });
    await eve.post("reject-invitation", { invitationId: second.id });
    const { json: third } = await ben.post("invite-member", { email: "eve@example.com", role: "member" });
    await ada.post("cancel-invitation", { invitationId: third.id });
    await eve.post("accept-invitation", { invitationId: third.id });
    await eve.get(`get-invitation?id=${third.id}`);
    await s.sql("update {invitation} set {invitation.expiresAt} = now() - interval '1 minute' where {invitation.status} = 'pending'");
    await ada.get("list-invitations");
    await ada.get("get-full-organization");
  },
  async "unconfirmed addresses"(s) {
    const { ada } = await people(s, "ada");
    await club(s, ada);
    const eve = await s.user("eve@example.com");
    const { json } = await ada.post("invite-member", { email: "eve@example.com", role: "member" });
    for (const name of ["accept-invitation", "reject-invitation"]) await s.post(path(name), { invitationId: json.id }, { jar: eve.jar });
    await s.get(path(`get-invitation?id=${json.id}`), { jar: eve.jar });
    await s.get(path("list-user-invitations"), { jar: eve.jar });
  },
  async "members"(s) {
    const { ada, ben, eve } = await people(s, "ada", "ben", "eve");
    const id = await club(s, ada);
    const [first, second] = [await join(ada, ben, "admin", id), await join(ada, eve, "member", id)];
    for (const query of ["", "?limit=1", "?limit=1&offset=1", "?sortBy=createdAt&sortDirection=desc", "?filterField=role&filterValue=admin", "?filterField=role&filterOperator=ne&filterValue=owner", "?filterField=role&filterOperator=starts_with&filterValue=mem", "?filterField=role&filterOperator=in&filterValue=admin&filterValue=owner", "?sortDirection=up", "?filterOperator=near", "?organizationSlug=club", "?organizationSlug=nothing", "?organizationId=nothing"]) await ben.get(`list-members${query}`);
    await ben.get("get-active-member");
    await ben.get(`get-active-member-role?userId=${eve.user.id}`);
    await ben.get("get-active-member-role?organizationSlug=nothing");
    for (const [memberId, role] of [[second.id, "admin"], [second.id, "owner"], [second.id, ["member", "admin"]], [second.id, ""], [second.id, ","], ["nothing", "member"], [first.id, "member"]]) await ben.post("update-member-role", { memberId, role });
    await ben.post("update-member-role", { memberId: first.id, role: "admin" });
    await ada.post("update-member-role", { memberId: first.id, role: "admin, member" });
    for (const permissions of [{ member: ["create"] }, { organization: ["delete"] }, { organization: ["update"], member: ["delete"] }, {}, { member: [] }, { nothing: ["x"] }]) for (const user of [ada, ben, eve]) await user.post("has-permission", { permissions });
    await ben.post("has-permission", { permission: { member: ["create"] } });
    await eve.post("remove-member", { memberIdOrEmail: first.id });
    await ben.post("remove-member", { memberIdOrEmail: "ada@example.com" });
    await ben.post("remove-member", { memberIdOrEmail: "nothing" });
    await ben.post("remove-member", { memberIdOrEmail: "EVE@example.com" });
    await eve.session();
    await eve.get("list-members");
    await ada.post("leave", { organizationId: id });
    await ada.post("leave", { organizationId: "nothing" });
    await ada.post("update-member-role", { memberId: first.id, role: "owner" });
    await ada.post("leave", { organizationId: id });
    await ada.session();
    await ben.post("remove-member", { memberIdOrEmail: first.id });
  },
};
