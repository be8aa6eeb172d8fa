// Codes by mail alone, stored as hashes, with other bounds.
import { code, mailed, ways } from "../codes-by-mail.mjs";
import { other, path, signIn } from "../factors.mjs";

export default {
  "a way with them": ways["a way with them"],
  "the newest code counts": ways["the newest code counts"],
  async "without apps"(s) {
    const ada = await mailed(s);
    for (const name of ["enable", "get-totp-uri", "verify-totp", "generate-backup-codes"]) await s.post(path(name), { password: "correct horse battery", code: "00000000" }, { jar: ada.jar });
    await s.post(path("verify-totp"), { code: "00000000" }, { jar: await signIn(s) });
  },
  async "wrong codes"(s) {
    await mailed(s);
    const jar = await signIn(s);
    const right = await code(s, jar, 1);
    for (const typed of [other(right), other(right), right, right]) await s.post(path("verify-otp"), { code: typed }, { jar });
  },
};
