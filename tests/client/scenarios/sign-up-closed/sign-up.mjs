// disableSignUp: users with an account sign in, and no new user is created.
import { person, SIGN_IN, SIGN_UP } from "../inputs.mjs";

export default {
  async "sign-up is refused, sign-in is not"(s) {
    await s.post(SIGN_UP, person());
    await s.post(SIGN_UP, person("ada@example.com", { password: "short" }));
    await s.post(SIGN_UP, {});
    await s.sql(`insert into "user" (id, name, email, "emailVerified", "createdAt", "updatedAt") values ('${s.id("u1")}', 'Ada', 'ada@example.com', false, date_trunc('milliseconds', now()), date_trunc('milliseconds', now()))`);
    await s.sql(`insert into account (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt") values ('${s.id("a1")}', '${s.id("u1")}', 'credential', '${s.id("u1")}', '00112233445566778899aabbccddeeff:73122e887cfc14f91396cdef78dfe4b9dec28d459037601c4904cedba5a637ab97b39b40c236df5d42881d0109ca8cf0f85e39dbaba2911c190915bd8f30fe85', date_trunc('milliseconds', now()), date_trunc('milliseconds', now()))`);
    await s.post(SIGN_IN, { email: "ada@example.com", password: "password123" });
  },
};
