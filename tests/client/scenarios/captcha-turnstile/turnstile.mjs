// Turnstile, whose responses must be for one action and some host names.
import { everyProvider, passes } from "../captchas.mjs";

const { "a response that is accepted": _, ...others } = everyProvider;

export default {
  ...others,
  async "the action and the host name"(s) {
    for (const action of ["login", "Login", "other", "", null, 7, undefined])
      await passes(s, { success: true, action, hostname: "app.example.com" }, `action ${action}`);
    for (const hostname of ["app.example.com", "www.example.com", "APP.example.com", "example.com", "", null, undefined])
      await passes(s, { success: true, action: "login", hostname }, `host name ${hostname}`);
    await passes(s, { success: false, action: "login", hostname: "app.example.com" }, "all but success");
    // A score is reCAPTCHA's.
    await passes(s, { success: true, action: "login", hostname: "app.example.com", score: 0 }, "a score");
    await s.checked();
  },
};
