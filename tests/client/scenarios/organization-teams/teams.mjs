// Teams within organizations.
import { club, join, path, people } from "../organizations.mjs";
import { VALUES } from "../inputs.mjs";

const POSTS = ["create-team", "update-team", "remove-team", "set-active-team", "add-team-member", "remove-team-member"];
const GETS = ["list-teams", "list-user-teams", "list-team-members"];
const BODY = { name: "X", teamId: "x", userId: "x", organizationId: "x", data: { name: "X" } };

/** A team, unrecorded. */
async function team(user, name, organizationId) {
  return (await user.post("create-team", { name, organizationId }, { record: false })).json.id;
}

export default {
  async "signed out"(s) {
    for (const name of POSTS) await s.post(path(name), BODY);
    for (const name of GETS) await s.get(path(name));
    await s.post(path("remove-team"), { teamId: "x" });
    await s.post(path("create-team"), { name: "x" });
  },
  async "what bodies may be"(s) {
    const { ada } = await people(s, "ada");
    await club(s, ada);
    for (const value of Object.values(VALUES)) {
      await ada.post("create-team", { name: "x", organizationId: value });
      await ada.post("remove-team", { teamId: value });
      await ada.post("update-team", { teamId: value, data: { name: "x" } });
      await ada.post("update-team", { teamId: "x", data: value });
      await ada.post("update-team", { teamId: "x", data: { name: value, organizationId: value } });
      await ada.post("set-active-team", { teamId: value });
      await ada.post("add-team-member", { teamId: value, userId: "x" });
      await ada.post("add-team-member", { teamId: "x", userId: value });
      await ada.post("remove-team-member", { teamId: value, userId: "x" });
      await ada.post("invite-member", { email: "x@example.com", role: "nothing", teamId: value });
    }
    for (const name of POSTS) await ada.post(name, {});
  },
  async "a first team"(s) {
    const { ada } = await people(s, "ada");
    await ada.get("list-user-teams");
    await ada.get("list-team-members");
    await ada.post("create", { name: "Club", slug: "club" });
    await ada.session();
    for (const query of ["list-teams", "list-user-teams", "list-team-members", "get-full-organization", "get-organization"]) await ada.get(query);
    await ada.post("create", { name: "Second", slug: "second", keepCurrentActiveOrganization: true });
    await ada.session();
    await ada.get("list-user-teams");
    await ada.post("set-active", { organizationSlug: "second" });
    await ada.session();
    await ada.post("set-active-team", {});
  },
  async "teams"(s) {
    const { ada, eve } = await people(s, "ada", "eve");
    const id = await club(s, ada);
    const { json: red } = await ada.post("create-team", { name: "Red" });
    await ada.post("create-team", { name: "Red" });
    const { json: empty } = await ada.post("create-team", { name: "", unknown: 1 });
    await ada.post("create-team", { name: "Over" });
    await eve.post("create-team", { name: "Over", organizationId: id });
    await eve.post("create-team", { name: "Over" });
    await ada.get("list-teams");
    await eve.get(`list-teams?organizationId=${id}`);
    await eve.get("list-teams");
    for (const data of [{ name: "Crimson" }, { name: "" }, {}, { name: "Crimson", organizationId: id }, { organizationId: "nothing" }, { name: "A", memberCount: 90, createdAt: "2020-01-01T00:00:00.000Z" }]) await ada.post("update-team", { teamId: red.id, data });
    await ada.post("update-team", { teamId: "nothing", data: { name: "x" } });
    await eve.post("update-team", { teamId: red.id, data: { name: "x", organizationId: id } });
    await eve.post("update-team", { teamId: red.id, data: { name: "x" } });
    await eve.post("remove-team", { teamId: red.id, organizationId: id });
    await eve.post("remove-team", { teamId: red.id });
    await ada.post("remove-team", { teamId: "nothing" });
    await ada.post("remove-team", { teamId: empty.id });
    await ada.post("remove-team", { teamId: red.id, organizationId: id });
  },
  async "the last team"(s) {
    const { ada } = await people(s, "ada");
    await club(s, ada);
    const { json } = await ada.get("list-teams");
    await ada.post("remove-team", { teamId: json[0].id });
    await ada.post("set-active-team", { teamId: null });
    await ada.session();
    await ada.post("set-active-team", { teamId: null });
    await ada.post("remove-team", { teamId: json[0].id });
    await ada.post("set-active-team", { teamId: json[0].id });
    await ada.post("set-active-team", { teamId: "nothing" });
    await ada.post("delete", { organizationId: json[0].organizationId });
  },
  async "members of teams"(s) {
    const { ada, ben, eve, zoe } = await people(s, "ada", "ben", "eve", "zoe");
    const id = await club(s, ada);
    for (const user of [ben, eve]) await join(ada, user, "member", id);
    const red = await team(ada, "Red", id);
    const add = (user, teamId, of, more) => user.post("add-team-member", { teamId, userId: of.user.id, ...more });
    await add(ada, red, ben);
    await add(ada, red, ben);
    await add(ada, red, zoe);
    await add(ada, "nothing", ben);
    await add(ben, red, ben);
    await add(zoe, red, ben, { organizationId: id });
    await add(zoe, red, ben);
    await add(ada, red, eve);
    await add(ada, red, ada);
    for (const query of [`list-team-members?teamId=${red}`, "list-team-members", "list-team-members?teamId=nothing", "list-user-teams", `list-user-teams?organizationId=${id}`, `list-user-teams?userId=${ben.user.id}`, `list-user-teams?userId=${zoe.user.id}`]) for (const user of [ada, ben]) await user.get(query);
    await zoe.get(`list-user-teams?organizationId=${id}`);
    await zoe.get(`list-user-teams?userId=${ben.user.id}&organizationId=${id}`);
    await zoe.get(`list-user-teams?userId=${ben.user.id}`);
    await ben.post("set-active-team", { teamId: red });
    await ben.session();
    await ben.post("set-active-team", {});
    await ben.get("list-team-members");
    await ada.post("set-active-team", { teamId: red });
    const remove = (user, teamId, of, more) => user.post("remove-team-member", { teamId, userId: of.user.id, ...more });
    await remove(ben, red, eve);
    await remove(zoe, red, eve, { organizationId: id });
    await remove(ada, red, zoe);
    await remove(ada, "nothing", eve);
    await remove(ada, red, eve);
    await remove(ada, red, eve);
    await add(ada, red, eve);
    await ada.post("remove-member", { memberIdOrEmail: "ben@example.com" });
    await ben.get("list-team-members");
    await ben.get("list-user-teams");
    await eve.post("leave", { organizationId: id });
    await eve.get("list-user-teams");
  },
  async "invitations to teams"(s) {
    const { ada, ben, eve, zoe } = await people(s, "ada", "ben", "eve", "zoe");
    const id = await club(s, ada);
    const [red, blue] = [await team(ada, "Red", id), await team(ada, "Blue", id)];
    const invite = (email, teamId) => ada.post("invite-member", { email, role: "member", teamId });
    for (const teamId of ["nothing", "a,b", ["nothing"], [red, "nothing"], [red, "a,b"], [""], null, 5]) await invite("ben@example.com", teamId);
    const { json: first } = await invite("ben@example.com", red);
    const { json: second } = await invite("eve@example.com", [red, blue]);
    const { json: third } = await invite("zoe@example.com", red);
    await invite("none@example.com", []);
    await ben.get(`get-invitation?id=${first.id}`);
    await ben.get("list-user-invitations");
    await ben.post("accept-invitation", { invitationId: first.id });
    await ben.session();
    await eve.post("accept-invitation", { invitationId: second.id });
    await eve.session();
    await zoe.post("accept-invitation", { invitationId: third.id });
    await zoe.session();
    await invite("other@example.com", red);
    await invite("other@example.com", blue);
    await ada.post("remove-team", { teamId: blue });
    await ada.get("list-invitations");
    await ada.post("remove-team", { teamId: red });
    await zoe.post("accept-invitation", { invitationId: third.id });
    await ada.get("list-invitations");
  },
};
