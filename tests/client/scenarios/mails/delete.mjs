// Users who delete themselves, without a mail to confirm it.
import { SIGN_IN, VALUES } from "../inputs.mjs";

const password = "correct horse battery";

export default {
  async "with a fresh session"(s) {
    const { jar } = await s.user();
    await s.user("eve@example.com");
    await s.post(SIGN_IN, { email: "ada@example.com", password }, { record: false });
    await s.post("/delete-user", {}, { jar });
    await s.get("/get-session", { jar });
  },
  async "with an old session"(s) {
    const { jar } = await s.user();
    await s.sql(`update session set "createdAt" = now() - interval '2 days'`);
    await s.post("/delete-user", {}, { jar });
    await s.post("/delete-user", { password: "wrong password" }, { jar });
    await s.post("/delete-user", { password: "x".repeat(129) }, { jar });
    await s.post("/delete-user", { password: "" }, { jar });
    await s.post("/delete-user", { token: "unknown" }, { jar });
    await s.post("/delete-user", { password }, { jar });
  },
  async "without a password to give"(s) {
    const { jar } = await s.user();
    await s.sql("update account set password = null");
    await s.post("/delete-user", { password }, { jar });
    await s.sql("delete from account");
    await s.post("/delete-user", { password }, { jar });
    await s.post("/delete-user", {}, { jar });
  },
  async "members of every type"(s) {
    const { jar } = await s.user();
    for (const field of ["password", "token", "callbackURL"])
      for (const [label, value] of Object.entries(VALUES)) if (!["missing"].includes(label)) await s.post("/delete-user", { token: "unknown", [field]: value }, { jar, label: `${field} ${label}` });
  },
  async "a link that was never mailed"(s) {
    const { jar } = await s.user();
    await s.get("/delete-user/callback?token=unknown", { jar });
    await s.get("/delete-user/callback?token=unknown");
    await s.get("/delete-user/callback?token=unknown&callbackURL=/x", { jar });
    await s.get("/delete-user/callback?token=unknown&callbackURL=https://evil.example", { jar });
    await s.get("/delete-user/callback", { jar });
  },
};
