// Google's One Tap for existing users of an organization, with a client of its own.
import { tap } from "../one-taps.mjs";

export default {
  async "existing users only"(s) {
    const claims = { aud: "tap-client", hd: "example.com" };
    await tap(s, claims);
    await s.user();
    await s.sql("update {user} set {user.emailVerified} = true");
    await tap(s, claims);
    await tap(s, { ...claims, name: "Ada L.", picture: "https://example.com/other.png" });
  },
  async "another client, and another organization"(s) {
    for (const claims of [{ hd: "example.com" }, { aud: "tap-client" }, { aud: "tap-client", hd: "evil.example" }]) await tap(s, claims, { label: JSON.stringify(claims) });
  },
};
