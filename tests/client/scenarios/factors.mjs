// Steps that more than one configuration with second factors takes.
import { SIGN_IN } from "./inputs.mjs";

const PASSWORD = "correct horse battery";
export const path = (name) => `/two-factor/${name}`;
export const by = (extra = {}) => ({ email: "ada@example.com", password: PASSWORD, ...extra });
/** A code that is not the app's. */
export const other = (code) => String((Number(code) + 1) % 10 ** code.length).padStart(code.length, "0");

/** Begins to set up an app; the user has its URI and the backup codes, and the jar the session. */
export async function begin(s, extra = {}, user) {
  const ada = user ?? (await s.user());
  const { json } = await s.post(path("enable"), { password: PASSWORD, ...extra }, { jar: ada.jar });
  return { ...ada, uri: json?.totpURI, codes: json?.backupCodes };
}

/** A user with an app that counts. The code of the step before the present one is used. */
export async function enrolled(s, extra) {
  const ada = await begin(s, extra);
  await s.post(path("verify-totp"), { code: await s.app(ada.uri, -1) }, { jar: ada.jar });
  return ada;
}

/** Signs in as far as the password goes, in a browser of its own or in this one. */
export async function signIn(s, extra = {}, jar = s.jar()) {
  await s.post(SIGN_IN, by(extra), { jar });
  return jar;
}

/** The way of a user through everything. */
export async function way(s) {
  const ada = await enrolled(s);
  await s.get("/get-session", { jar: ada.jar });
  await s.post(path("get-totp-uri"), { password: PASSWORD }, { jar: ada.jar });
  await s.post("/sign-out", {}, { jar: ada.jar });
  const jar = await signIn(s);
  await s.get("/get-session", { jar });
  await s.post(path("verify-totp"), { code: await s.app(ada.uri), trustDevice: true }, { jar });
  await s.get("/get-session", { jar });
  await s.post("/sign-out", {}, { jar });
  // Trusted, and under another name each time.
  await signIn(s, {}, jar);
  await signIn(s, {}, jar);
  await s.get("/get-session", { jar });
  const { json } = await s.post(path("generate-backup-codes"), { password: PASSWORD }, { jar });
  const another = await signIn(s);
  await s.post(path("verify-backup-code"), { code: json?.backupCodes[1] ?? "" }, { jar: another });
  await s.post(path("disable"), { password: PASSWORD }, { jar });
  await s.get("/get-session", { jar });
  await signIn(s);
}
