// Passkeys of a domain and of origins of their own, with every option.
import { Authenticator, FLAGS } from "../../authenticator.mjs";
import { LIST, REGISTER, SIGN_IN, register, signIn } from "../passkeys.mjs";

const ORIGINS = ["https://app.example.localhost", "android:apk-key-hash:abc"];

export default {
  async "what the options ask for"(s) {
    const { jar } = await s.user();
    await s.get(REGISTER, { jar });
    await s.get(`${REGISTER}?authenticatorAttachment=platform`, { jar });
    await s.get(SIGN_IN);
  },
  async "pages of several origins"(s) {
    const { jar } = await s.user();
    for (const origin of [...ORIGINS, s.origin, "https://app.example.localhost:443", "https://APP.example.localhost"]) {
      const label = origin === s.origin ? "the service's own" : origin, key = new Authenticator(label);
      // A refused registration is a 500 of better-auth, and a 400 here (docs/DIFFERENCES.md).
      await register(s, jar, key, { origin, label, record: ORIGINS.includes(origin) });
      await signIn(s, s.jar(), key, { origin, label });
    }
    await s.get(LIST, { jar });
  },
  async "a person who is not verified"(s) {
    const { jar } = await s.user(), key = new Authenticator("ada");
    await register(s, jar, key, { origin: ORIGINS[0], flags: FLAGS.UP });
    await signIn(s, s.jar(), key, { origin: ORIGINS[0], flags: FLAGS.UP });
  },
  async "another domain"(s) {
    const { jar } = await s.user(), key = new Authenticator("ada");
    await register(s, jar, key, { origin: ORIGINS[0] });
    await signIn(s, s.jar(), key, { origin: ORIGINS[0], rpId: "localhost" });
  },
};
