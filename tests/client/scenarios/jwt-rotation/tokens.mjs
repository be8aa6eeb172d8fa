import { KEY_SET } from "../tokens.mjs";

const wait = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1_000));

export default {
  async "a key that expires gives way to another and is shown for the grace period"(s) {
    await s.get("/keys/of.json", KEY_SET);
    await s.get("/jwks", { label: "not where it usually is" });
    const { jar } = await s.user();
    await s.get("/token", { jar });
    // Keys sign for 6 seconds and are shown for 12 more: a slow machine has seconds for each step.
    await wait(6.2);
    await s.get("/keys/of.json", { ...KEY_SET, label: "expired, and shown" });
    await s.get("/token", { jar, record: false });
    await s.get("/keys/of.json", { ...KEY_SET, label: "both" });
    await s.get("/token", { jar });
    await wait(12.2);
    await s.get("/token", { jar, record: false });
    await s.get("/keys/of.json", { ...KEY_SET, label: "the first one is gone" });
  },
};
