// Without e-mail and password: both endpoints are there, and refuse.
import { person, SIGN_IN, SIGN_UP } from "../inputs.mjs";

export default {
  async "sign-up and sign-in are refused"(s) {
    await s.post(SIGN_UP, person());
    await s.post(SIGN_IN, { email: person().email, password: person().password });
  },
  async "what is refused before"(s) {
    await s.post(SIGN_UP, person("a@b", { password: "short" }));
    await s.post(SIGN_UP, person("ada@example.com", { password: "short" }));
    await s.post(SIGN_IN, { email: "a@b", password: "x" });
    await s.post(SIGN_IN, {});
    await s.post(SIGN_IN, { email: "a@b.co", password: "x" }, { headers: { origin: "https://evil.example" } });
  },
  async "the rest works"(s) {
    await s.get("/get-session");
    await s.post("/sign-out", {});
  },
};
