// Counts in the store: a window begins with the first request, and ends a fixed time after it.
import { SIGN_IN } from "../inputs.mjs";

const from = (address) => ({ headers: { "x-forwarded-for": address } });

export default {
  async "counted by client and path"(s) {
    for (let i = 0; i < 5; i++) await s.post(SIGN_IN, { email: "a@example.com", password: "x" }, from("203.0.113.1"));
    await s.post(SIGN_IN, { email: "a@example.com", password: "x" }, from("203.0.113.2"));
    for (let i = 0; i < 3; i++) await s.get("/get-session", from("203.0.113.1"));
    await s.get("/nowhere");
  },
  async "the window does not move"(s) {
    await s.store("set", "203.0.113.3|/reset-password", "2", "EX", 30);
    await s.post("/reset-password", { newPassword: "long enough", token: "x" }, from("203.0.113.3"));
    await s.store("del", "203.0.113.3|/reset-password");
    await s.post("/reset-password", { newPassword: "long enough", token: "x" }, from("203.0.113.3"));
  },
};
