// Steps that more than one configuration with magic links takes.
import { SIGN_IN } from "./inputs.mjs";

export const email = "ada@example.com";
export const send = (s, members = {}, options) => s.post("/sign-in/magic-link", { email, ...members }, options);

/** Follows mail number `count`, without the URLs of the link where `query` says so. */
export async function follow(s, count, { jar = s.jar(), plain = false, label } = {}) {
  const { path, token } = await s.mail(count);
  await s.get(plain ? `/magic-link/verify?token=${token}` : path, { jar, as: "/magic-link/verify", label });
  return { jar, token, path };
}

export const ways = {
  async "a new user"(s) {
    await send(s, { email: "New.User@Example.com", name: "Newbie", callbackURL: "/dash?x=1", newUserCallbackURL: "/welcome", errorCallbackURL: "/oops#frag", metadata: { campaign: [1] } });
    const { jar, path } = await follow(s, 1);
    await s.get("/get-session", { jar });
    await s.get(path, { as: "/magic-link/verify", label: "again" });
    await send(s, { email: "new.user@example.com", callbackURL: "/in", newUserCallbackURL: "/welcome" });
    await follow(s, 2);
  },
  async "a new user without a name, and without a redirect"(s) {
    await send(s);
    const { jar } = await follow(s, 1, { plain: true });
    await s.get("/get-session", { jar });
  },
  async "a user with a confirmed address"(s) {
    const { jar } = await s.user();
    await s.sql('update {user} set {user.emailVerified} = true');
    await send(s, { callbackURL: "/in", name: "Another" });
    await send(s);
    await follow(s, 1);
    await follow(s, 2, { jar });
    await s.get("/list-sessions", { jar });
    await s.post(SIGN_IN, { email, password: "correct horse battery" });
  },
  async "a user with an unconfirmed address keeps neither password nor session"(s) {
    const { jar } = await s.user();
    await send(s, { callbackURL: "/in" });
    await send(s, { callbackURL: "/in" });
    const first = await follow(s, 1);
    await follow(s, 2);
    await s.get("/get-session", { jar });
    await s.get("/get-session", { jar: first.jar });
    await s.post(SIGN_IN, { email, password: "correct horse battery" });
  },
};
