// Codes by mail: signing in, setting up, and what goes wrong.
import { begin, enrolled, other, path, signIn } from "./factors.mjs";

/** A user whose second factor is codes by mail alone. */
export async function mailed(s) {
  const ada = await s.user();
  await s.post(path("enable"), { password: "correct horse battery", method: "otp" }, { jar: ada.jar });
  return ada;
}

/** Asks for mail number `count`, and returns its code. */
export async function code(s, jar, count) {
  await s.post(path("send-otp"), {}, { jar });
  return (await s.mail(count)).code;
}

export const ways = {
  async "a way with them"(s) {
    const ada = await mailed(s);
    await s.get("/get-session", { jar: ada.jar });
    const jar = await signIn(s);
    const first = await code(s, jar, 1);
    await s.post(path("verify-otp"), { code: first, trustDevice: true }, { jar });
    await s.get("/get-session", { jar });
    await s.post(path("verify-otp"), { code: first }, { jar });
    await signIn(s, {}, jar);
    await s.post(path("disable"), { password: "correct horse battery" }, { jar });
  },
  async "the newest code counts"(s) {
    await mailed(s);
    const jar = await signIn(s);
    const first = await code(s, jar, 1), second = await code(s, jar, 2);
    if (first !== second) await s.post(path("verify-otp"), { code: first }, { jar });
    else await s.post(path("verify-otp"), { code: other(first) }, { jar });
    await s.post(path("verify-otp"), { code: second }, { jar });
  },
  async "no code, and one that is over"(s) {
    await enrolled(s);
    const jar = await signIn(s);
    await s.post(path("verify-otp"), { code: "000000" }, { jar });
    await s.post(path("verify-otp"), { code: "" }, { jar });
  },
};

export default {
  ...ways,
  async "an app as well"(s) {
    const ada = await enrolled(s);
    const jar = await signIn(s);
    const mail = await code(s, jar, 1);
    await s.post(path("verify-totp"), { code: other(await s.app(ada.uri)) }, { jar });
    await s.post(path("verify-otp"), { code: other(mail) }, { jar });
    await s.post(path("verify-otp"), { code: mail }, { jar });
    const again = await signIn(s);
    await s.request("POST", path("send-otp"), { jar: again });
    await s.post(path("verify-totp"), { code: await s.app(ada.uri) }, { jar: again });
  },
  async "wrong codes"(s) {
    await enrolled(s);
    const jar = await signIn(s);
    const right = await code(s, jar, 1);
    for (let i = 0; i < 5; i++) await s.post(path("verify-otp"), { code: other(right) }, { jar });
    await s.post(path("verify-otp"), { code: right }, { jar });
    await s.post(path("verify-otp"), { code: right }, { jar });
    await s.post(path("verify-otp"), { code: await code(s, jar, 2) }, { jar });
  },
  async "setting up by a mail"(s) {
    const ada = await begin(s);
    await s.post(path("verify-otp"), { code: await code(s, ada.jar, 1) }, { jar: ada.jar });
    await s.get("/get-session", { jar: ada.jar });
    await s.post(path("verify-otp"), { code: await code(s, ada.jar, 2) }, { jar: ada.jar });
    await signIn(s);
  },
  async "an app after codes by mail"(s) {
    const ada = await mailed(s);
    const { uri } = await begin(s, {}, ada);
    await signIn(s);
    await s.post(path("verify-totp"), { code: await s.app(uri) }, { jar: ada.jar });
    await signIn(s);
  },
};
