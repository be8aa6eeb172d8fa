// Instants in columns of any type, with any time zone of the database.
import { at, user, visitor } from "../people.mjs";

const DAY = 86_400;
/** A scenario for each of these numbers of seconds from now. */
const each = (seconds, title, scenario) => Object.fromEntries(seconds.map((one) => [`${title}, ${one} seconds`, (s) => scenario(s, one)]));

export default {
  ...each([-90, -6 * 3_600, 90, 3 * 3_600, 6 * DAY + 90], "a session that ends", async (s, seconds) => {
    const jar = await visitor(s);
    await s.sql(`update {session} set {session.expiresAt} = ${at(seconds)}`);
    await s.get("/list-sessions", { jar });
    await s.get("/get-session", { jar });
  }),
  ...each([6 * DAY + 3_600, 6 * DAY - 3_600], "a session that ends and was renewed", async (s, seconds) => {
    const jar = await visitor(s);
    await s.sql(`update {session} set {session.expiresAt} = ${at(seconds)}, {session.updatedAt} = ${at(seconds - 7 * DAY)}`);
    await s.get("/get-session", { jar });
  }),
  ...each([3_600 - DAY, -3_600 - DAY], "a session that began", async (s, seconds) => {
    const jar = await visitor(s);
    await s.sql(`update {session} set {session.createdAt} = ${at(seconds)}`);
    await s.post("/delete-user", {}, { jar });
  }),
  ...each([3_600, 90, -90, -6 * 3_600], "an access token that ends", async (s, seconds) => {
    const jar = await visitor(s);
    await s.sql(`update {account} set {account.accessTokenExpiresAt} = ${at(seconds)}, {account.refreshTokenExpiresAt} = ${at(3_600)}`);
    await s.post("/get-access-token", { providerId: "google" }, { jar });
  }),
  ...each([90, -90, -6 * 3_600], "a link that ends", async (s, seconds) => {
    await user(s);
    await s.post("/request-password-reset", { email: "ada@example.com" }, { record: false });
    const { path, token } = await s.mail(2);
    await s.sql(`update {verification} set {verification.expiresAt} = ${at(seconds)}`);
    await s.get(`${path}?callbackURL=/x`);
    await s.post("/reset-password", { newPassword: "another password", token });
  }),
};
