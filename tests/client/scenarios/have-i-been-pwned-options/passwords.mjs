// Breached passwords with a configured message, at sign-up alone, where the answer must not reveal a taken address.
import { person, SIGN_IN, SIGN_UP } from "../inputs.mjs";

const BREACHED = "password123";

export default {
  async "a taken and a free address"(s) {
    await s.post(SIGN_UP, person());
    for (const email of ["ada@example.com", "eve@example.com"]) {
      await s.post(SIGN_UP, person(email, { password: BREACHED }));
      await s.say({ status: 503 });
      await s.post(SIGN_UP, person(email, { password: BREACHED }));
      await s.say({});
    }
    await s.post(SIGN_UP, person("ada@example.com", { password: "a fine new password" }));
    await s.checked();
  },
  async "other endpoints take what they are given"(s) {
    await s.user();
    const jar = s.jar();
    await s.post(SIGN_IN, person(), { jar });
    await s.post("/change-password", { currentPassword: "correct horse battery", newPassword: BREACHED }, { jar });
    await s.post(SIGN_IN, person("ada@example.com", { password: BREACHED }));
    await s.checked();
  },
};
