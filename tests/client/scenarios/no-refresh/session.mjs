// disableSessionRefresh: a session ends when it ends.
import { DAY, expireIn } from "../inputs.mjs";

export default {
  async "a session never slides"(s) {
    const { jar } = await s.user();
    await expireIn(s, DAY);
    await s.get("/get-session", { jar });
    await s.get("/get-session?disableRefresh=", { jar });
  },
};
