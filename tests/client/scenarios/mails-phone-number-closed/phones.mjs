// Phone numbers of existing users only, who cannot replace a password with them.
import { ask, askReset, code, known, number, reset, verify } from "../phones.mjs";

export default {
  async "a known user signs in, and gets no code for a password"(s) {
    await known(s);
    await ask(s);
    await verify(s, await code(s, 2));
    await askReset(s);
    await reset(s, "none");
    await s.count();
  },
  async "a number that no user has creates no user"(s) {
    const { jar } = await s.user();
    await ask(s, number, { jar });
    const right = await code(s, 1);
    await verify(s, right);
    await verify(s, right);
  },
};
