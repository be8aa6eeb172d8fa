// Rows of another time, in which something is missing. The last file: it has columns take nulls that took none.
import { PASSWORD, SIGN_IN, user, visitor } from "../people.mjs";

const email = "ada@example.com";

/** Has a column take nulls and puts one in, in every row. */
async function empty(s, model, field) {
  await s.sql(`alter table {${model}} alter column {${model}.${field}} drop not null`);
  await s.sql(`update {${model}} set {${model}.${field}} = null`);
}
/** The answers to a signed-in user. */
async function seen(s, jar) {
  await s.get("/get-session", { jar });
  await s.get("/list-sessions", { jar });
  await s.get("/list-accounts", { jar });
  await s.post("/update-user", { image: "https://example.com/b.png" }, { jar });
  await s.get("/get-session", { jar });
}
const each = (fields, title, scenario) => Object.fromEntries(fields.map((field) => [`${title} without ${field}`, (s) => scenario(s, field)]));

export default {
  ...each(["createdAt", "updatedAt", "emailVerified", "name", "image"], "a user", async (s, field) => {
    const jar = await user(s);
    await empty(s, "user", field);
    await seen(s, jar);
    await s.post(SIGN_IN, { email, password: PASSWORD });
  }),
  ...each(["createdAt", "updatedAt", "ipAddress", "userAgent"], "a session", async (s, field) => {
    const jar = await visitor(s);
    await empty(s, "session", field);
    await seen(s, jar);
    await s.post("/delete-user", {}, { jar });
  }),
  ...each(["createdAt", "updatedAt"], "an account", async (s, field) => {
    const jar = await user(s);
    await empty(s, "account", field);
    await seen(s, jar);
    await s.post("/change-password", { currentPassword: PASSWORD, newPassword: "another password" }, { jar });
    await s.post(SIGN_IN, { email, password: "another password" });
  }),
  ...each(["createdAt", "updatedAt"], "a secret", async (s, field) => {
    await user(s);
    await s.post("/request-password-reset", { email });
    const { token } = await s.mail(2);
    await empty(s, "verification", field);
    await s.post("/reset-password", { newPassword: "another password", token });
    await s.post(SIGN_IN, { email, password: "another password" });
  }),
};
