// Steps that more than one configuration with anonymous users takes.
import { SIGN_IN } from "./inputs.mjs";

export async function guest(s, jar = s.jar()) {
  await s.post("/sign-in/anonymous", {}, { jar });
  return jar;
}

export const ways = {
  async "signs in, and not twice"(s) {
    const jar = await guest(s);
    await s.get("/get-session", { jar });
    await guest(s, jar);
    await s.post("/sign-out", {}, { jar });
    await guest(s, jar);
  },
  async "signs up"(s) {
    const jar = await guest(s);
    await s.post("/sign-up/email", { name: "Ada", email: "ada@example.com", password: "correct horse battery" }, { jar });
    await s.get("/get-session", { jar });
  },
  async "signs in with credentials"(s) {
    await s.user();
    const jar = await guest(s);
    await s.post(SIGN_IN, { email: "ada@example.com", password: "correct horse battery" }, { jar });
    await s.get("/get-session", { jar });
  },
  async "a user with credentials becomes another, anonymous one"(s) {
    const { jar } = await s.user();
    await guest(s, jar);
    await s.get("/get-session", { jar });
  },
  async "is deleted"(s) {
    const jar = await guest(s);
    await s.post("/delete-anonymous-user", {}, { jar });
    await s.get("/get-session", { jar });
    const { jar: other } = await s.user();
    await s.post("/delete-anonymous-user", {}, { jar: other });
  },
  async "no client decides"(s) {
    await s.post("/sign-up/email", { name: "Ada", email: "ada@example.com", password: "correct horse battery", isAnonymous: true });
    const jar = await guest(s);
    await s.post("/update-user", { name: "Guest", isAnonymous: false }, { jar });
    await s.get("/get-session", { jar });
  },
};
