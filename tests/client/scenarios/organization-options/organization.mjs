// Organizations with options and roles of their own, beside cached sessions.
import { club, join, path, people } from "../organizations.mjs";

export default {
  async "limits"(s) {
    const { ada, ben, eve } = await people(s, "ada", "ben", "eve");
    const id = await club(s, ada);
    await ada.post("create", { name: "Second", slug: "second" });
    await ada.session();
    await ada.post("create", { name: "Third", slug: "third" });
    await ada.post("delete", { organizationId: id });
    const invite = (email) => ada.post("invite-member", { email, role: "member", organizationId: id });
    const { json: first } = await invite("ben@example.com");
    await invite("ben@example.com");
    await invite("eve@example.com");
    await invite("third@example.com");
    await ben.post("accept-invitation", { invitationId: first.id });
    const { json: list } = await ada.get(`list-invitations?organizationId=${id}`);
    const of = (email) => list.find((one) => one.email === email && one.status === "pending").id;
    await ben.post("accept-invitation", { invitationId: of("ben@example.com") });
    await ben.session();
    await eve.post("accept-invitation", { invitationId: of("eve@example.com") });
    await ada.get(`list-members?organizationId=${id}`);
  },
  async "unconfirmed addresses"(s) {
    const { ada } = await people(s, "ada");
    const id = await club(s, ada);
    const eve = await s.user("eve@example.com");
    const { json } = await ada.post("invite-member", { email: "eve@example.com", role: "editor", organizationId: id });
    await s.get(path(`get-invitation?id=${json.id}`), { jar: eve.jar });
    await s.get(path("list-user-invitations"), { jar: eve.jar });
    await s.post(path("accept-invitation"), { invitationId: json.id }, { jar: eve.jar });
    await s.post(path("leave"), { organizationId: id }, { jar: eve.jar });
  },
  async "roles"(s) {
    const { ada, ben } = await people(s, "ada", "ben");
    const id = await club(s, ada);
    const row = await join(ada, ben, "member", id);
    for (const permissions of [{ project: ["create"] }, { project: ["create", "share"] }, { invitation: ["create"] }, { member: ["delete"] }]) for (const user of [ada, ben]) await user.post("has-permission", { permissions, organizationId: id });
    await ben.get(`list-invitations?organizationId=${id}`);
    await ada.post("update-member-role", { memberId: row.id, role: "editor", organizationId: id });
    await ben.get(`list-invitations?organizationId=${id}`);
    await ada.post("leave", { organizationId: id });
    for (const role of ["owner", "admin", "chief", "boss"]) await ada.post("invite-member", { email: `${role}@example.com`, role, organizationId: id });
  },
};
