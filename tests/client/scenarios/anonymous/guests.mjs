// Anonymous users with the defaults.
import { BODIES, SIGN_IN } from "../inputs.mjs";
import { guest, ways } from "../guests.mjs";

export default {
  ...ways,
  async "bodies"(s) {
    for (const [label, body] of Object.entries(BODIES)) await s.request("POST", "/sign-in/anonymous", { body, headers: { "content-type": "application/json" }, label });
    await s.request("GET", "/sign-in/anonymous");
    await s.request("POST", "/delete-anonymous-user");
    await s.request("GET", "/delete-anonymous-user");
  },
  async "a sign-in that fails links nothing"(s) {
    await s.user();
    const jar = await guest(s);
    await s.post(SIGN_IN, { email: "ada@example.com", password: "another horse battery" }, { jar });
    await s.get("/get-session", { jar });
  },
  async "a browser that was told to forget"(s) {
    const { jar } = await s.user();
    await s.post(SIGN_IN, { email: "ada@example.com", password: "correct horse battery", rememberMe: false }, { jar });
    await guest(s, jar);
    await s.post(SIGN_IN, { email: "ada@example.com", password: "correct horse battery" }, { jar });
  },
  async "another session of an anonymous user ends too"(s) {
    const jar = await guest(s);
    await s.post("/delete-anonymous-user", {}, { jar });
    await s.post("/delete-anonymous-user", {}, { jar });
  },
};
