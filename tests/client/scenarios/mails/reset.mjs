// A forgotten password: ask for the link, follow it, set a new one.
import { EMAILS, SIGN_IN, VALUES } from "../inputs.mjs";

const email = "ada@example.com";
const newPassword = "another password";
/** A reset of an unconfirmed address ends sessions and other accounts here (docs/DIFFERENCES.md). */
const confirm = (s) => s.sql('update "user" set "emailVerified" = true');

export default {
  async "the whole way"(s) {
    const { jar } = await s.user();
    await confirm(s);
    await s.post("/request-password-reset", { email: "ADA@example.com", redirectTo: `${s.origin}/reset?a=b` });
    const { path, token } = await s.mail(2);
    await s.get(path);
    await s.post("/reset-password", { newPassword: "short", token });
    await s.post("/reset-password", { newPassword: "x".repeat(129), token });
    await s.post(`/reset-password?token=${token}`, { newPassword });
    await s.post("/reset-password", { newPassword, token });
    await s.get(path);
    await s.get("/get-session", { jar });
    await s.post(SIGN_IN, { email, password: newPassword });
  },
  async "an unknown address is answered alike"(s) {
    await s.post("/request-password-reset", { email: "nobody@example.com", redirectTo: "/reset" });
  },
  async "addresses"(s) {
    for (const address of EMAILS.slice(0, 40)) await s.post("/request-password-reset", { email: address });
    for (const [label, value] of Object.entries(VALUES)) await s.post("/request-password-reset", { email: value, redirectTo: value }, { label });
  },
  async "where the link leads"(s) {
    await s.user();
    for (const redirectTo of [undefined, "", "/reset", "/a b?c=d e#f", "https://evil.example", "//evil.example", "/\\evil", "myapp://x"]) await s.post("/request-password-reset", { email, redirectTo });
  },
  async "the link"(s) {
    await s.user();
    await s.post("/request-password-reset", { email });
    const { token } = await s.mail(2);
    for (const [label, at] of Object.entries({ good: token, unknown: "unknown", "with a dot": "a.b", encoded: "%41", "encoded slash": "a%2Fb" }))
      for (const query of ["", "?callbackURL=", "?callbackURL=/reset", "?callbackURL=/reset%3Fa%3Db%26token%3Dold%26error%3Dx%23frag", `?callbackURL=${encodeURIComponent(s.origin)}/x%20y%3Fq%3D1%202`, "?callbackURL=https://evil.example", "?callbackURL=//evil.example", "?callbackURL=/a&callbackURL=/b", "?callbackURL=reset"])
        await s.get(`/reset-password/${at}${query}`, { label });
    await s.get("/reset-password/");
    await s.get(`/reset-password/${token}/more?callbackURL=/x`);
  },
  async "tokens and passwords of every type"(s) {
    for (const [label, value] of Object.entries(VALUES)) {
      await s.post("/reset-password", { newPassword: value, token: "unknown" }, { label: `newPassword ${label}` });
      await s.post("/reset-password", { newPassword, token: value }, { label: `token ${label}` });
    }
    await s.post("/reset-password?token=a&token=b", { newPassword });
    await s.post("/reset-password?token=", { newPassword });
    await s.request("POST", "/reset-password");
  },
  async "an expired token"(s) {
    await s.user();
    await s.post("/request-password-reset", { email });
    const { token } = await s.mail(2);
    await s.sql(`update verification set "expiresAt" = now() - interval '1 minute'`);
    await s.get(`/reset-password/${token}?callbackURL=/x`);
    await s.post("/reset-password", { newPassword, token });
    await s.sql("delete from verification");
  },
  async "either of two tokens works, and once"(s) {
    await s.user();
    await s.post("/request-password-reset", { email });
    await s.post("/request-password-reset", { email });
    const { token } = await s.mail(2);
    await s.mail(3);
    await s.post("/reset-password", { newPassword, token });
    await s.post("/reset-password", { newPassword, token });
    // The other one works no more here (docs/DIFFERENCES.md).
    await s.sql("delete from verification");
  },
  async "a user without a password gets one"(s) {
    await s.user();
    await s.sql("delete from account");
    await s.post("/request-password-reset", { email });
    const { token } = await s.mail(2);
    await s.post("/reset-password", { newPassword, token });
    await s.post(SIGN_IN, { email, password: newPassword });
  },
  async "an account that another system has named otherwise is not the one to sign in with"(s) {
    const { jar, password } = await s.user();
    await confirm(s);
    await s.sql(`update account set "accountId" = 'elsewhere'`);
    await s.post(SIGN_IN, { email, password });
    await s.post("/change-password", { currentPassword: password, newPassword }, { jar });
    await s.post("/verify-password", { password }, { jar });
    await s.post("/request-password-reset", { email });
    const { token } = await s.mail(2);
    await s.post("/reset-password", { newPassword, token });
    await s.post(SIGN_IN, { email, password });
    await s.post(SIGN_IN, { email, password: newPassword });
    await s.post("/change-password", { currentPassword: newPassword, newPassword: password }, { jar });
    await s.post(SIGN_IN, { email, password });
  },
  async "a user who is gone"(s) {
    await s.user();
    await s.post("/request-password-reset", { email });
    const { token } = await s.mail(2);
    await s.sql('delete from "user"');
    await s.post("/reset-password", { newPassword, token });
    await s.sql("delete from verification");
  },
};
