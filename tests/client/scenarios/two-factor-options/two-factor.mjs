// Second factors with options: apps that count at once, users without a password, other codes and bounds.
import { VALUES } from "../inputs.mjs";
import { begin, other, path, signIn } from "../factors.mjs";

export default {
  async "a way with them"(s) {
    const ada = await begin(s);
    await s.get("/get-session", { jar: ada.jar });
    await begin(s, { issuer: "Third" }, ada);
    await s.post(path("get-totp-uri"), { password: "correct horse battery" }, { jar: ada.jar });
    const jar = await signIn(s);
    await s.post(path("verify-totp"), { code: await s.app(ada.uri), trustDevice: true }, { jar });
    await signIn(s, {}, jar);
    await s.post(path("generate-backup-codes"), { password: "correct horse battery" }, { jar });
    await s.post(path("disable"), { password: "correct horse battery" }, { jar });
  },
  async "codes of another form"(s) {
    const ada = await begin(s);
    const jar = await signIn(s);
    await s.post(path("verify-backup-code"), { code: ada.codes[2] }, { jar });
    const another = await signIn(s), wrong = other(await s.app(ada.uri));
    for (const code of [wrong, wrong, wrong]) await s.post(path("verify-totp"), { code }, { jar: another });
  },
  async "without a password"(s) {
    const { jar } = await s.user();
    for (const name of ["enable", "disable", "get-totp-uri", "generate-backup-codes"]) await s.post(path(name), {}, { jar });
    for (const password of Object.values(VALUES)) await s.post(path("enable"), { password }, { jar });
    await s.sql("update {account} set {account.password} = null");
    const ada = await begin(s, { password: undefined }, { jar });
    for (const name of ["get-totp-uri", "generate-backup-codes"]) await s.post(path(name), {}, { jar });
    await s.post(path("verify-totp"), { code: await s.app(ada.uri) }, { jar });
    await s.post(path("disable"), { password: "whatever" }, { jar });
  },
};
