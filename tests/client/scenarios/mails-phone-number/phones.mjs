// Phone numbers with the defaults; new users sign up.
import { BODIES, VALUES } from "../inputs.mjs";
import { ask, askReset, code, email, known, number, other, password, reset, signIn, verify, ways } from "../phones.mjs";

export default {
  ...ways,
  async "another number takes the place of the first"(s) {
    const { jar } = await known(s);
    await ask(s, "+41790000002", { jar });
    await verify(s, await code(s, 2), { phoneNumber: "+41790000002", updatePhoneNumber: true }, { jar });
    await s.get("/get-session", { jar });
    await signIn(s);
    await signIn(s, { phoneNumber: "+41790000002" });
  },
  async "a number that a user has"(s) {
    const { jar } = await known(s);
    await ask(s);
    await verify(s, await code(s, 2), { updatePhoneNumber: true }, { jar });
    const eve = await s.user("eve@example.com");
    await ask(s);
    await verify(s, await code(s, 3), { updatePhoneNumber: true }, { jar: eve.jar });
    await s.get("/get-session", { jar: eve.jar });
  },
  async "without a session, no user gets a number"(s) {
    await ask(s);
    const right = await code(s, 1);
    await verify(s, right, { updatePhoneNumber: true });
    await verify(s, right);
  },
  async "a number is removed"(s) {
    const { jar } = await known(s);
    await s.post("/update-user", { phoneNumber: null }, { jar });
    await s.get("/get-session", { jar });
    await signIn(s);
  },
  async "a number that is not proven"(s) {
    for (const phoneNumber of [number, "x", "", null]) await s.post("/sign-up/email", { name: "Ada", email, password, phoneNumber }, { label: JSON.stringify(phoneNumber) });
    for (const phoneNumberVerified of [true, false, null]) await s.post("/sign-up/email", { name: "Ada", email: "eve@example.com", password, phoneNumberVerified }, { label: JSON.stringify(phoneNumberVerified) });
    const { jar } = await s.user("ben@example.com");
    for (const phoneNumber of [number, "", 1, { a: 1 }]) await s.post("/update-user", { phoneNumber, name: "Ben" }, { jar, label: JSON.stringify(phoneNumber) });
    await s.post("/update-user", { phoneNumberVerified: true }, { jar });
  },
  async "an unknown number is answered alike"(s) {
    await s.user();
    await askReset(s, "+41790000002");
    await reset(s, "000000", { phoneNumber: "+41790000003" });
    await reset(s, "none", { phoneNumber: "+41790000002" });
    await signIn(s, { phoneNumber: "+41790000002" });
  },
  async "what is asked for, of every type"(s) {
    const paths = { "/sign-in/phone-number": ["phoneNumber", "password", "rememberMe"], "/phone-number/send-otp": ["phoneNumber"], "/phone-number/verify": ["phoneNumber", "code", "disableSession", "updatePhoneNumber"], "/phone-number/request-password-reset": ["phoneNumber"], "/phone-number/reset-password": ["phoneNumber", "otp", "newPassword"] };
    const good = { phoneNumber: "+41790000009", password, code: "000000", otp: "000000", newPassword: password };
    for (const [path, members] of Object.entries(paths)) {
      for (const member of members)
        for (const [label, value] of Object.entries(VALUES))
          // A text that is no number has no code here. better-auth keeps one (docs/DIFFERENCES.md).
          if (member !== "phoneNumber" || typeof value !== "string") await s.post(path, { ...good, [member]: value }, { label: `${member} ${label}` });
      for (const [label, body] of Object.entries(BODIES)) await s.request("POST", path, { body, headers: { "content-type": "application/json" }, label });
      await s.request("POST", path);
      await s.request("GET", path);
    }
  },
  async "what is no number"(s) {
    for (const phoneNumber of ["", "0790000001", "+41 79 000 00 01", "+0790000001", "41790000001", "+123456", "+1234567890123456"]) {
      await ask(s, phoneNumber);
      await signIn(s, { phoneNumber });
    }
  },
  async "the newest code counts"(s) {
    await ask(s);
    const first = await code(s, 1);
    await ask(s);
    const second = await code(s, 2);
    await verify(s, first === second ? other(first) : first);
    await verify(s, second);
  },
  async "an expired code"(s) {
    await ask(s);
    const otp = await code(s, 1);
    await s.sql("update {verification} set {verification.expiresAt} = now() - interval '1 minute'");
    await verify(s, otp);
    await verify(s, otp);
  },
  async "a code of one kind is none of the other"(s) {
    await known(s);
    await ask(s);
    await reset(s, await code(s, 2));
    await askReset(s);
    await verify(s, "none");
    await verify(s, await code(s, 3));
    // better-auth writes a row anew after a wrong code, so that the order of the two differs.
    await s.sql("delete from {verification}");
  },
  async "a browser that was told to forget stays told"(s) {
    const { jar } = await known(s);
    await s.post("/sign-in/email", { email, password, rememberMe: false }, { jar });
    await ask(s);
    await verify(s, await code(s, 2), {}, { jar });
  },
  async "a user without a password gets one"(s) {
    await ask(s);
    await verify(s, await code(s, 1));
    await signIn(s);
    await askReset(s);
    await reset(s, await code(s, 2));
    await signIn(s, { password: "another password" });
  },
};
