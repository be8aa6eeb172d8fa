// Administration with roles of the application.
import { as, everything, path, people } from "../administration.mjs";

export default {
  async "a role with some permissions"(s) {
    const support = await as(s, "support"), eve = await as(s, "user", "eve@example.com");
    await everything(s, support.jar, eve.id);
  },
  async "several roles"(s) {
    const { root, eve } = await people(s);
    await s.post(path("set-role"), { userId: eve.id, role: ["editor", "support"] }, { jar: root.jar });
    for (const permissions of [{ project: ["create"] }, { user: ["list"] }, { project: ["create"], user: ["list"] }, { project: ["update"] }]) await s.post(path("has-permission"), { permissions }, { jar: eve.jar });
  },
  async "roles that do not exist"(s) {
    const { root, eve } = await people(s);
    for (const role of ["nothing", ["user", "nothing"], "user,admin", "", []]) {
      await s.post(path("set-role"), { userId: eve.id, role }, { jar: root.jar });
      await s.post(path("update-user"), { userId: eve.id, data: { role } }, { jar: root.jar });
      await s.post(path("create-user"), { email: "new@example.com", name: "New", role }, { jar: root.jar });
    }
  },
  async "some fields need a permission of their own"(s) {
    const support = await as(s, "support"), eve = await as(s, "user", "eve@example.com");
    for (const data of [{ name: "E" }, { role: "user" }, { email: "e@example.com" }, { emailVerified: true }, { phoneNumber: "1" }, { banned: false }, { banReason: "x" }]) await s.post(path("update-user"), { userId: eve.id, data }, { jar: support.jar });
  },
};
