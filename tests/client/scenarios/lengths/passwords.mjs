// Passwords of 10 to 20 UTF-16 units.
import { person, SIGN_IN, SIGN_UP } from "../inputs.mjs";

const passwords = ["", "x", "x".repeat(9), "x".repeat(10), "x".repeat(20), "x".repeat(21), "😀".repeat(4), "😀".repeat(5), "😀".repeat(10), "😀".repeat(11), "e\u0301".repeat(5), "ﬃ".repeat(20)];

export default {
  async "sign-up"(s) {
    for (const [i, password] of passwords.entries()) await s.post(SIGN_UP, person(`p${i}@example.com`, { password }), { label: `password ${i}` });
  },
  async "sign-in judges only the longest"(s) {
    await s.user("ada@example.com", { password: "x".repeat(20) });
    for (const [i, password] of passwords.entries()) await s.post(SIGN_IN, { email: "ada@example.com", password }, { label: `password ${i}` });
  },
};
