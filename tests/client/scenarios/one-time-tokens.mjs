// Steps that more than one configuration with one-time tokens takes.
export const generate = (s, jar) => s.get("/one-time-token/generate", { jar });
export const verify = (s, token, options) => s.post("/one-time-token/verify", { token }, options);

export const ways = {
  async "a session is handed over, once"(s) {
    const { jar } = await s.user();
    const { json } = await generate(s, jar), there = s.jar();
    await verify(s, json.token, { jar: there });
    await s.get("/get-session", { jar: there });
    await verify(s, json.token);
    await s.get("/list-sessions", { jar });
  },
  async "a session that has ended is not handed over"(s) {
    const { jar } = await s.user();
    const { json } = await generate(s, jar);
    await s.post("/sign-out", {}, { jar });
    await verify(s, json.token);
    await generate(s, jar);
  },
};
