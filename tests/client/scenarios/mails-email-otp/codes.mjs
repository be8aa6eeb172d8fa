// Codes by mail with the defaults.
import { BODIES, EMAILS, VALUES } from "../inputs.mjs";
import { ask, changes, code, confirm, email, other, signIn, ways } from "../email-codes.mjs";

const EVIL = "https://evil.example";
const TYPES = ["email-verification", "sign-in", "forget-password", "change-email"];

export default {
  ...ways,
  async "change of address is off"(s) {
    const { jar } = await s.user();
    await s.post("/email-otp/request-email-change", { newEmail: "new@example.com" }, { jar });
    await s.post("/email-otp/change-email", { newEmail: "new@example.com", otp: "000000" }, { jar });
    await s.post("/email-otp/change-email", { newEmail: "new@example.com", otp: "000000" });
  },
  async "an unknown address is answered alike"(s) {
    for (const type of TYPES) if (type !== "sign-in") await ask(s, type, "nobody@example.com");
    for (const path of ["/email-otp/request-password-reset", "/forget-password/email-otp"]) await s.post(path, { email: "nobody@example.com" });
    for (const type of TYPES) await s.post("/email-otp/check-verification-otp", { email: "nobody@example.com", type, otp: "000000" });
    await s.post("/email-otp/verify-email", { email: "nobody@example.com", otp: "000000" });
    await s.post("/email-otp/reset-password", { email: "nobody@example.com", otp: "000000", password: "another password" });
    await signIn(s, "000000", { email: "nobody@example.com" });
    await s.post("/forget-password/email-otp", { email: 1 });
  },
  async "every type for a user who is confirmed"(s) {
    await s.user();
    await confirm(s);
    for (const type of TYPES) await ask(s, type);
    await s.post("/email-otp/request-password-reset", { email });
    await s.post("/forget-password/email-otp", { email });
    await s.mail(5);
  },
  async "what is asked for, of every type"(s) {
    const paths = { "/email-otp/send-verification-otp": ["email", "type"], "/email-otp/check-verification-otp": ["email", "type", "otp"], "/email-otp/verify-email": ["email", "otp"], "/sign-in/email-otp": ["email", "otp", "name", "image"], "/email-otp/request-password-reset": ["email"], "/forget-password/email-otp": ["email"], "/email-otp/reset-password": ["email", "otp", "password"] };
    const good = { email: "nobody@example.com", type: "change-email", otp: "000000", name: "Ada", image: "x", password: "another password" };
    for (const [path, members] of Object.entries(paths)) {
      for (const member of members)
        for (const [label, value] of Object.entries(VALUES)) await s.post(path, { ...good, [member]: value }, { label: `${member} ${label}` });
      for (const [label, body] of Object.entries(BODIES)) await s.request("POST", path, { body, headers: { "content-type": "application/json" }, label });
      await s.request("POST", path);
      await s.request("GET", path);
    }
  },
  async addresses(s) {
    for (const address of EMAILS) {
      await ask(s, "email-verification", address, { label: JSON.stringify(address) });
      if (!address.includes("\u0000")) await signIn(s, "000000", { email: address }, { label: JSON.stringify(address) });
    }
  },
  async "the newest code counts"(s) {
    await ask(s, "sign-in");
    const first = await code(s, 1);
    await ask(s, "sign-in");
    const second = await code(s, 2);
    await signIn(s, first === second ? other(first) : first);
    await signIn(s, second);
  },
  async "an expired code"(s) {
    await ask(s, "sign-in");
    const otp = await code(s, 1);
    await s.sql("update {verification} set {verification.expiresAt} = now() - interval '1 minute'");
    await signIn(s, otp);
    await signIn(s, otp);
  },
  async "a code of one type is none of another"(s) {
    await s.user();
    await confirm(s);
    await ask(s, "email-verification");
    const otp = await code(s, 1);
    await signIn(s, otp);
    await s.post("/email-otp/reset-password", { email, otp, password: "another password" });
    await s.post("/email-otp/check-verification-otp", { email, type: "forget-password", otp });
  },
  async "the user is gone"(s) {
    await s.user();
    await ask(s, "email-verification");
    await s.post("/email-otp/request-password-reset", { email });
    await s.mail(2);
    await s.sql("delete from {session}; delete from {account}; delete from {user}");
    await s.post("/email-otp/check-verification-otp", { email, type: "email-verification", otp: await s.code("email-verification-otp") });
    await s.post("/email-otp/verify-email", { email, otp: await s.code("email-verification-otp") });
    await s.post("/email-otp/reset-password", { email, otp: await s.code("forget-password-otp"), password: "another password" });
    await s.sql("delete from {verification}");
  },
  async "a user without a password gets one"(s) {
    await ask(s, "sign-in");
    await signIn(s, await code(s, 1));
    await s.post("/email-otp/request-password-reset", { email });
    await s.post("/email-otp/reset-password", { email, otp: await code(s, 2), password: "another password" });
    await s.post("/sign-in/email", { email, password: "another password" });
  },
  async "a browser that was told to forget stays told"(s) {
    const { jar } = await s.user();
    await confirm(s);
    await s.post("/sign-in/email", { email, password: "correct horse battery", rememberMe: false }, { jar });
    await ask(s, "sign-in");
    await signIn(s, await code(s, 1), {}, { jar });
  },
  async "who may ask"(s) {
    for (const headers of [{ origin: EVIL }, { origin: null }, { origin: EVIL, cookie: "a=b" }, { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }])
      await ask(s, "change-email", email, { headers, label: JSON.stringify(headers) });
  },
};
