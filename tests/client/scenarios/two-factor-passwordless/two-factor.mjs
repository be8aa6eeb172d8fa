// Users without a password read the key of their app and make new backup codes, and do no more.
import { begin, path } from "../factors.mjs";

const PASSWORD = "correct horse battery";

export default {
  async "without a password"(s) {
    const { jar, uri } = await begin(s);
    await s.post(path("verify-totp"), { code: await s.app(uri) }, { jar });
    const names = ["enable", "get-totp-uri", "generate-backup-codes", "disable"];
    for (const body of [{}, { password: "wrong password" }, { password: PASSWORD }]) for (const name of names.slice(0, 3)) await s.post(path(name), body, { jar, label: JSON.stringify(body) });
    await s.sql("update {account} set {account.password} = null");
    for (const body of [{}, { password: PASSWORD }]) for (const name of names) await s.post(path(name), body, { jar, label: JSON.stringify(body) });
  },
};
