// Secrets under a hash; what was stored before hashes were is still found.
const email = "ada@example.com";
const newPassword = "another password";
/** A reset of an unconfirmed address ends sessions here (docs/DIFFERENCES.md). */
const confirm = (s) => s.sql('update {user} set {user.emailVerified} = true');

export default {
  async "a forgotten password"(s) {
    await s.user();
    await confirm(s);
    await s.post("/request-password-reset", { email, redirectTo: "/reset" });
    const { path, token } = await s.mail(1);
    await s.get(path);
    await s.rows();
    await s.post("/reset-password", { newPassword, token });
    await s.post("/reset-password", { newPassword, token });
  },
  async "a secret from before"(s) {
    const { user } = await s.user();
    await confirm(s);
    const token = "A".repeat(24);
    const row = { identifier: `reset-password:${token}`, value: user.id, expiresAt: new Date(Date.now() + 60_000).toISOString(), createdAt: new Date().toISOString(), updatedAt: new Date().toISOString() };
    await s.store("set", `verification:reset-password:${token}`, JSON.stringify(row), "EX", 60);
    await s.post("/reset-password", { newPassword, token });
    await s.post("/reset-password", { newPassword, token });
  },
};
