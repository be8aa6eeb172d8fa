import { KEY_SET } from "../tokens.mjs";

export default {
  async "claims as they are configured"(s) {
    await s.get("/jwks", { ...KEY_SET, record: false });
    const { jar } = await s.user("ada@example.com", { plan: "gold" });
    await s.get("/token", { jar });
    await s.get("/get-session", { jar, label: "without a token" });
    await s.get("/token?disableCookieCache=true", { jar });
  },
};
