// Requests of users if no mail can be sent.
export default {
  async "an unconfirmed address changes at once"(s) {
    const { jar } = await s.user("ada@example.com", { rememberMe: false });
    await s.post("/change-email", { newEmail: "New@example.com" }, { jar });
    await s.get("/get-session", { jar });
  },
  async "a taken one does not"(s) {
    await s.user("eve@example.com");
    const { jar } = await s.user();
    await s.post("/change-email", { newEmail: "eve@example.com" }, { jar });
  },
  async "a confirmed address cannot change"(s) {
    const { jar } = await s.user();
    await s.sql('update "user" set "emailVerified" = true');
    await s.post("/change-email", { newEmail: "new@example.com" }, { jar });
  },
  async "freshness is off"(s) {
    const { jar } = await s.user();
    await s.sql(`update session set "createdAt" = now() - interval '90 days'`);
    await s.get("/list-sessions", { jar });
    await s.post("/delete-user", {}, { jar });
  },
  async "the last account can go"(s) {
    const { jar } = await s.user();
    const { json } = await s.get("/list-accounts", { jar });
    await s.post("/unlink-account", { accountId: json[0].id }, { jar });
    await s.post("/unlink-account", { accountId: json[0].id }, { jar });
  },
};
