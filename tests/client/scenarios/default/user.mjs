// The signed-in user: update, accounts, passwords; and what is off by default.
import { expireIn, DAY, SIGN_IN, VALUES, WEEK } from "../inputs.mjs";

const password = "correct horse battery";

export default {
  async "update name and picture"(s) {
    const { jar } = await s.user();
    for (const body of [{ name: "Ada L" }, { name: "" }, { image: "https://x.example/a.png" }, { image: null }, { name: "B", image: "" }, { name: "x", emailVerified: true, id: "y", createdAt: "z", unknown: 1 }]) {
      await s.post("/update-user", body, { jar });
      await s.get("/get-session", { jar });
    }
  },
  async "nothing to update"(s) {
    const { jar } = await s.user();
    for (const body of [{}, { unknown: 1 }, { emailVerified: true }, { id: "x" }, { email: "" }, { email: null }, { email: 0 }]) await s.post("/update-user", body, { jar });
  },
  async "the address is not updated here"(s) {
    const { jar } = await s.user();
    for (const email of ["b@example.com", 7, true, {}]) await s.post("/update-user", { email, name: "B" }, { jar });
  },
  async "cookies when the user is not to be remembered"(s) {
    const { jar } = await s.user("ada@example.com", { rememberMe: false });
    await s.post("/update-user", { name: "B" }, { jar });
  },
  async "an update when the expiry is due"(s) {
    const { jar } = await s.user();
    await expireIn(s, WEEK - DAY - 60);
    await s.post("/update-user", { name: "B" }, { jar });
  },
  async "accounts"(s) {
    const { jar } = await s.user();
    await s.get("/list-accounts", { jar });
    await s.sql(`insert into account (id, "accountId", "providerId", "userId", scope, "accessToken", "createdAt", "updatedAt") select '${s.id("second")}', 'g1', 'github', id, ' read:user, ,user:email', 'secret', now(), now() from "user"`);
    await s.sql(`update account set "createdAt" = date_trunc('minute', now()), "updatedAt" = date_trunc('minute', now()) where id = '${s.id("second")}'`);
    const listed = await s.get("/list-accounts", { jar, record: false });
    s.note("listed", ...listed.json.map(({ accountId, providerId, scopes, ...rest }) => [providerId, scopes, Object.keys(rest)]));
    await s.post("/unlink-account", { accountId: "unknown" }, { jar });
    await s.post("/unlink-account", { accountId: "g1" }, { jar });
    await s.post("/unlink-account", { accountId: s.id("second") }, { jar });
    await s.post("/unlink-account", { accountId: listed.json.find((a) => a.providerId === "credential").id }, { jar });
    await s.post("/unlink-account", { accountId: "unknown" }, { jar });
  },
  async "somebody else's account"(s) {
    await s.user("eve@example.com");
    const { jar } = await s.user();
    const [{ id }] = await s.sql(`select a.id from account a join "user" u on u.id = a."userId" where u.email = 'eve@example.com'`);
    await s.sql(`insert into account (id, "accountId", "providerId", "userId", "createdAt", "updatedAt") select '${s.id("second")}', 'g1', 'github', id, "createdAt" + interval '2 minutes', "updatedAt" from "user" where email = 'ada@example.com'`);
    await s.post("/unlink-account", { accountId: id }, { jar });
  },
  async "account identifiers of every type"(s) {
    const { jar } = await s.user();
    for (const [label, accountId] of Object.entries(VALUES)) await s.post("/unlink-account", { accountId, providerId: "x" }, { jar, label });
  },
  async "verify the password"(s) {
    const { jar } = await s.user();
    for (const text of [password, "wrong password", "", "x".repeat(129)]) await s.post("/verify-password", { password: text }, { jar });
    for (const [label, value] of Object.entries(VALUES)) await s.post("/verify-password", { password: value }, { jar, label });
    await s.sql("update account set password = null");
    await s.post("/verify-password", { password }, { jar });
  },
  async "change the password"(s) {
    const { jar } = await s.user();
    const other = s.jar();
    await s.post(SIGN_IN, { email: "ada@example.com", password }, { jar: other, record: false });
    await s.post("/change-password", { currentPassword: "wrong password", newPassword: "another password" }, { jar });
    await s.post("/change-password", { currentPassword: password, newPassword: "short" }, { jar });
    await s.post("/change-password", { currentPassword: password, newPassword: "x".repeat(129) }, { jar });
    await s.post("/change-password", { currentPassword: "x".repeat(129), newPassword: "another password" }, { jar });
    await s.post("/change-password", { currentPassword: password, newPassword: "another password" }, { jar });
    await s.get("/get-session", { jar: other });
    await s.post(SIGN_IN, { email: "ada@example.com", password: "another password" });
    await s.post(SIGN_IN, { email: "ada@example.com", password });
  },
  async "change the password and end all other sessions"(s) {
    const { jar } = await s.user();
    const before = jar.header("/");
    await s.post("/change-password", { currentPassword: password, newPassword: "another password", revokeOtherSessions: true }, { jar });
    await s.get("/get-session", { jar });
    await s.get("/get-session", { headers: { cookie: before } });
  },
  async "the same when the user is not to be remembered"(s) {
    const { jar } = await s.user("ada@example.com", { rememberMe: false });
    await s.post("/change-password", { currentPassword: password, newPassword: "another password", revokeOtherSessions: true }, { jar });
  },
  async "passwords of every type"(s) {
    const { jar } = await s.user();
    for (const field of ["newPassword", "currentPassword", "revokeOtherSessions"])
      for (const [label, value] of Object.entries(VALUES)) await s.post("/change-password", { newPassword: "short", currentPassword: password, [field]: value }, { jar, label: `${field} ${label}` });
  },
  async "a user without a password"(s) {
    const { jar } = await s.user();
    await s.sql("update account set password = null");
    await s.post("/change-password", { currentPassword: password, newPassword: "another password" }, { jar });
    await s.sql("delete from account");
    await s.post("/change-password", { currentPassword: password, newPassword: "another password" }, { jar });
    await s.get("/list-accounts", { jar });
  },
  async "what is off by default"(s) {
    const { jar } = await s.user();
    await s.post("/delete-user", {}, { jar });
    await s.post("/delete-user", { password: "wrong" }, { jar });
    await s.get("/delete-user/callback?token=x", { jar });
    await s.get("/delete-user/callback?token=x");
    await s.get("/delete-user/callback", { jar });
    await s.post("/change-email", { newEmail: "b@example.com" }, { jar });
    await s.post("/set-password", { newPassword: "another password" }, { jar });
    await s.post("/forget-password", { email: "ada@example.com" });
  },
  async "mails that do not exist"(s) {
    const { jar } = await s.user();
    for (const options of [{}, { jar }]) {
      await s.post("/request-password-reset", { email: "ada@example.com" }, options);
      await s.post("/send-verification-email", { email: "ada@example.com" }, options);
    }
  },
};
