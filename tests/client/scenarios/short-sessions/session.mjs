// Sessions of an hour that slide after ten minutes.
import { DAY, expireIn, person, SIGN_IN, SIGN_UP } from "../inputs.mjs";

export default {
  async "the cookie and the row last as long"(s) {
    const jar = s.jar();
    await s.post(SIGN_UP, person(), { jar });
    await s.get("/get-session", { jar });
  },
  async "when it slides"(s) {
    for (const [label, left] of Object.entries({ "not due": 3060, "just due": 2970, "nearly over": 60, "longer than the setting": DAY })) {
      const { jar } = await s.user(`${label.replaceAll(" ", "-")}@example.com`);
      await expireIn(s, left);
      await s.get("/get-session", { jar, label });
      await s.get("/get-session", { jar, label: `${label}, again` });
    }
  },
  async "rememberMe false lasts a day all the same"(s) {
    const { email, password } = await s.user();
    const jar = s.jar();
    await s.post(SIGN_IN, { email, password, rememberMe: false }, { jar });
    await s.get("/get-session", { jar });
  },
};
