// Confirming and changing an address: the mails, their links, and what each link does.
import { EMAILS, expireIn, VALUES } from "../inputs.mjs";

const email = "ada@example.com";
const asked = (s, token, callback) => s.get(`/verify-email?token=${token}${callback === undefined ? "" : `&callbackURL=${encodeURIComponent(callback)}`}`);

export default {
  async "sign-up mails the link, which confirms once"(s) {
    const { jar } = await s.user(email, { callbackURL: "/welcome" });
    const { path, token } = await s.mail();
    await s.get(path);
    await s.get(path);
    await asked(s, token);
    await s.get("/get-session", { jar });
  },
  async "links that are none"(s) {
    await s.user();
    const { token } = await s.mail();
    const [header, claims, signature] = token.split(".");
    const none = Buffer.from('{"alg":"none"}').toString("base64url");
    const broken = { empty: "", word: "bad", "no signature": `${header}.${claims}.`, "two parts": `${header}.${claims}`, "alg none": `${none}.${claims}.`, "other signature": `${header}.${claims}.${signature.slice(0, -2)}AA`, spliced: `${header}.${Buffer.from('{"email":"eve@example.com"}').toString("base64url")}.${signature}` };
    for (const [label, value] of Object.entries(broken)) {
      await s.get(`/verify-email?token=${value}`, { as: "/verify-email", label });
      for (const callback of ["/x", "/x?y=1", "/x?y=1#z", "/x#z"]) await s.get(`/verify-email?token=${value}&callbackURL=${encodeURIComponent(callback)}`, { as: `/verify-email?callbackURL=${callback}`, label });
    }
    await s.get("/verify-email");
    await s.get("/verify-email?token=a&token=b");
    await s.get("/verify-email?token=a&callbackURL=/a&callbackURL=/b");
    await s.get("/verify-email?token=a&callbackURL=https://evil.example");
    await s.get(`/verify-email?token=${token}&callbackURL=//evil.example`);
    await s.get(`/verify-email?token=${token}&callbackURL=`);
  },
  async "the user is gone"(s) {
    await s.user();
    const { token } = await s.mail();
    await s.sql('delete from "user"');
    await asked(s, token);
    await asked(s, token, "/x");
  },
  async "ask for the mail again"(s) {
    const { jar } = await s.user();
    await s.post("/send-verification-email", { email });
    await s.post("/send-verification-email", { email: "ADA@example.com", callbackURL: "/x?y=z" }, { jar });
    await s.post("/send-verification-email", { email: "eve@example.com" }, { jar });
    await s.post("/send-verification-email", { email: "nobody@example.com" });
    await s.post("/send-verification-email", { email, callbackURL: "https://evil.example" }, { jar });
    await s.sql('update "user" set "emailVerified" = true');
    await s.post("/send-verification-email", { email });
    await s.post("/send-verification-email", { email }, { jar });
    await expireIn(s, -60);
    await s.post("/send-verification-email", { email }, { jar });
  },
  async "what is asked for, of every type"(s) {
    for (const address of EMAILS.slice(17, 30)) await s.post("/send-verification-email", { email: address });
    for (const [label, value] of Object.entries(VALUES)) await s.post("/send-verification-email", { email: value, callbackURL: value }, { label });
    await s.request("POST", "/send-verification-email");
  },
  async "change an address that is not confirmed"(s) {
    const { jar } = await s.user();
    await s.post("/change-email", { newEmail: "NEW@example.com", callbackURL: "/c" }, { jar });
    const { path, token } = await s.mail(2);
    await s.get(path, { jar });
    await asked(s, token);
    await s.get("/get-session", { jar });
  },
  async "change an address that is confirmed"(s) {
    const { jar } = await s.user();
    await s.sql('update "user" set "emailVerified" = true');
    await s.post("/change-email", { newEmail: "new@example.com" }, { jar });
    const { token } = await s.mail(2);
    await asked(s, token);
    await s.get("/get-session", { jar });
  },
  async "addresses that cannot be had"(s) {
    await s.user("eve@example.com");
    const { jar } = await s.user();
    await s.post("/change-email", { newEmail: "ADA@example.com" }, { jar });
    await s.post("/change-email", { newEmail: "EVE@example.com" }, { jar });
    for (const [label, value] of Object.entries(VALUES)) await s.post("/change-email", { newEmail: value }, { jar, label });
    await s.post("/change-email", { newEmail: "no address" }, { jar });
    await s.post("/change-email", { newEmail: "b@example.com", callbackURL: "https://evil.example" }, { jar });
  },
  async "another user follows"(s) {
    const { jar } = await s.user();
    await s.post("/change-email", { newEmail: "new@example.com" }, { jar });
    const { token } = await s.mail(2);
    const eve = await s.user("eve@example.com");
    await s.get(`/verify-email?token=${token}`, { jar: eve.jar });
    await s.get(`/verify-email?token=${token}&callbackURL=/x`, { jar: eve.jar });
  },
};
