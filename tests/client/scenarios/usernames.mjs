// Steps that more than one configuration with usernames takes.
import { person, SIGN_UP } from "./inputs.mjs";

export const BY_NAME = "/sign-in/username";
export const IS_FREE = "/is-username-available";
export const up = (s, extra, options) => s.post(SIGN_UP, person("ada@example.com", extra), options);
export const by = (username, extra = {}) => ({ username, password: "correct horse battery", ...extra });

/** Signs up, asks, signs in by several spellings, and changes the name. */
export async function way(s, username, spellings) {
  const jar = s.jar();
  await up(s, { username, displayUsername: " Ada! " }, { jar });
  for (const one of spellings) {
    await s.post(IS_FREE, { username: one });
    await s.post(BY_NAME, by(one));
  }
  await s.get("/get-session", { jar });
  for (const one of spellings) await s.post("/update-user", { username: one }, { jar });
  await s.get("/get-session", { jar });
}
