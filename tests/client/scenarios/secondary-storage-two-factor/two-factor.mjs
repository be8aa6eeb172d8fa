// Second factors where sessions and secrets are in the secondary storage.
import { ways } from "../codes-by-mail.mjs";
import { enrolled, other, path, signIn } from "../factors.mjs";

export default {
  ...ways,
  async "an app"(s) {
    const ada = await enrolled(s);
    const jar = await signIn(s);
    await s.post(path("verify-totp"), { code: other(await s.app(ada.uri)) }, { jar });
    await s.post(path("verify-totp"), { code: await s.app(ada.uri), trustDevice: true }, { jar });
    await s.get("/get-session", { jar });
    await signIn(s, {}, jar);
  },
  async "wrong codes"(s) {
    const ada = await enrolled(s);
    const jar = await signIn(s), right = await s.app(ada.uri);
    for (let i = 0; i < 6; i++) await s.post(path("verify-totp"), { code: other(right) }, { jar });
    await s.post(path("verify-totp"), { code: right }, { jar });
  },
  async "backup codes"(s) {
    const ada = await enrolled(s);
    const jar = await signIn(s);
    await s.post(path("verify-backup-code"), { code: ada.codes[0] }, { jar });
    await s.post(path("verify-backup-code"), { code: ada.codes[0] }, { jar: await signIn(s) });
  },
};
