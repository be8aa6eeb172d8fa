// Administration with other values of every option, and with cached sessions.
import { as, path, people, signIn, ways } from "../administration.mjs";

export default {
  impersonation: ways.impersonation,
  bans: ways.bans,
  "a ban that is over": ways["a ban that is over"],
  async "new users"(s) {
    const { root } = await people(s);
    await s.post(path("create-user"), { email: "new@example.com", name: "New" }, { jar: root.jar });
    await s.user("other@example.com");
    await s.sql("update {user} set role = null where email = 'other@example.com'");
    await s.post(path("has-permission"), { permissions: { user: ["list"] } }, { jar: (await signIn(s, root, { jar: s.jar() }), root.jar) });
  },
  async "administrators"(s) {
    const { root } = await people(s);
    const other = await as(s, "admin", "other@example.com");
    await s.post(path("impersonate-user"), { userId: other.id }, { jar: root.jar });
    await s.get("/get-session", { jar: root.jar });
    await s.post(path("stop-impersonating"), {}, { jar: root.jar });
  },
};
