// Everything is confirmed by mail: the address, its change, the deletion.
import { person, SIGN_IN, SIGN_UP } from "../inputs.mjs";

const { email, password } = person();
/** Signs up, follows the link, and returns the jar that it signed in. */
async function confirmed(s, address = email, mail = 1) {
  await s.post(SIGN_UP, person(address), { record: false });
  const jar = s.jar();
  await s.get((await s.mail(mail)).path, { jar, record: false });
  return jar;
}

export default {
  async "sign up, be refused, confirm, be signed in"(s) {
    await s.post(SIGN_UP, person(email, { callbackURL: "/hello" }));
    await s.post(SIGN_IN, { email, password });
    await s.post(SIGN_IN, { email, password, callbackURL: "/in" });
    const jar = s.jar();
    const { path } = await s.mail(2);
    await s.get(path, { jar });
    await s.get("/get-session", { jar });
    await s.get(path, { jar });
    await s.post(SIGN_IN, { email, password });
  },
  async "whoever is signed in as the user stays in the same session"(s) {
    const jar = await confirmed(s);
    await s.sql('update "user" set "emailVerified" = false');
    await s.get((await s.mail(1)).path, { jar });
  },
  async "whoever is signed in as another user becomes this one"(s) {
    const jar = await confirmed(s);
    await s.post(SIGN_UP, person("eve@example.com"));
    await s.get((await s.mail(2)).path, { jar });
    await s.get("/get-session", { jar });
  },
  async "the wish not to be remembered"(s) {
    await s.post(SIGN_UP, person());
    await s.get((await s.mail()).path, { headers: { cookie: s.cookie("dont_remember", encodeURIComponent(s.signed("true"))) } });
  },
  async "change the address: the old one agrees, then the new one"(s) {
    const jar = await confirmed(s);
    await s.post("/change-email", { newEmail: "new@example.com", callbackURL: "/c" }, { jar });
    const first = await s.mail(2);
    await s.get(first.path);
    const second = await s.mail(3);
    await s.get(`/verify-email?token=${second.token}`, { jar });
    await s.get(`/verify-email?token=${second.token}`, { jar });
    await s.get(first.path);
    await s.get("/get-session", { jar });
  },
  async "an unconfirmed address is not asked"(s) {
    const jar = await confirmed(s);
    await s.sql('update "user" set "emailVerified" = false');
    await s.post("/change-email", { newEmail: "new@example.com" }, { jar });
    await s.mail(2);
  },
  async "delete by mail"(s) {
    const jar = await confirmed(s);
    await s.post("/delete-user", { callbackURL: "/bye" }, { jar });
    const { path } = await s.mail(2);
    await s.get(path);
    await s.get(path, { jar });
    await s.get(path, { jar });
  },
  async "delete by the mailed token, with a right and a wrong password"(s) {
    const jar = await confirmed(s);
    await s.post("/delete-user", { password: "wrong password" }, { jar });
    await s.post("/delete-user", { password }, { jar });
    const { token } = await s.mail(2);
    await s.post("/delete-user", { token, password: "wrong password" }, { jar });
    await s.post("/delete-user", { token }, { jar });
  },
  async "another user's token deletes nobody"(s) {
    const jar = await confirmed(s);
    const eve = await confirmed(s, "eve@example.com", 2);
    await s.post("/delete-user", {}, { jar });
    const { path, token } = await s.mail(3);
    await s.get(path, { jar: eve });
    await s.post("/delete-user", { token }, { jar: eve });
    await s.get("/get-session", { jar });
    // better-auth has used it up by now (docs/DIFFERENCES.md).
    await s.sql("delete from verification");
  },
  async "an expired token"(s) {
    const jar = await confirmed(s);
    await s.post("/delete-user", {}, { jar });
    await s.sql(`update verification set "expiresAt" = now() - interval '1 minute'`);
    await s.get((await s.mail(2)).path, { jar });
    await s.sql("delete from verification");
  },
};
