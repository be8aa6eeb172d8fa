// Links by mail that sign in existing users only, with tokens stored as hashes.
import { follow, send, ways } from "../magic-links.mjs";

export default {
  "a user with a confirmed address": ways["a user with a confirmed address"],
  "a user with an unconfirmed address keeps neither password nor session": ways["a user with an unconfirmed address keeps neither password nor session"],
  async "a new user is not signed up"(s) {
    await send(s, { callbackURL: "/in", errorCallbackURL: "/oops" });
    await follow(s, 1);
    await follow(s, 1, { label: "again" });
    await send(s);
    await follow(s, 2, { plain: true });
  },
};
