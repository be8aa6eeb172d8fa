// reCAPTCHA, whose responses have a score in v3, in front of endpoints of one's choice.
import { everyProvider, passes, solved } from "../captchas.mjs";

const { "a response that is accepted": _, ...others } = everyProvider;
const GOOD = { success: true, action: "login", hostname: "app.example.com" };

export default {
  ...others,
  async "the score"(s) {
    for (const score of [0.7, 0.9, 1, 0.69, 0, -1, "0.1", null, undefined, 5]) await passes(s, { ...GOOD, score }, `score ${score}`);
    for (const answer of [{ ...GOOD, action: "other" }, { ...GOOD, hostname: "example.com" }, { success: true, score: 0.9 }])
      await passes(s, answer, JSON.stringify(answer));
    await s.checked();
  },
  async "which endpoints are guarded"(s) {
    for (const path of ["/sign-in", "/sign-in/email", "/sign-in/a/b", "/sign-in/", "/sign-up", "/sign-up/a/b", "/sign-up-x", "/callback/github", "/callback", "/ok", "/ok/", "/no-such-route",
      "/get-session", "/verify-email", "/a/verify-password", "/verify", "/request-password-reset", "/error"]) {
      await s.get(path);
      await s.get(path, { headers: solved({ answer: { ...GOOD, score: 1 } }), label: "solved" });
    }
    await s.checked();
  },
};
