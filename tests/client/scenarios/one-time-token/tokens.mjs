// One-time tokens with the defaults.
import { BODIES, SIGN_IN, VALUES } from "../inputs.mjs";
import { generate, verify, ways } from "../one-time-tokens.mjs";

export default {
  ...ways,
  async "several tokens for one session"(s) {
    const { jar } = await s.user();
    const first = await generate(s, jar), second = await generate(s, jar);
    await verify(s, second.json.token);
    await verify(s, first.json.token);
  },
  async "tokens that are none"(s) {
    for (const [label, value] of Object.entries(VALUES)) await verify(s, value, { label });
    for (const [label, body] of Object.entries(BODIES)) await s.request("POST", "/one-time-token/verify", { body, headers: { "content-type": "application/json" }, label });
    await s.request("POST", "/one-time-token/verify");
    await s.request("GET", "/one-time-token/verify");
    await s.request("POST", "/one-time-token/generate");
    await generate(s);
  },
  async "an expired token"(s) {
    const { jar } = await s.user();
    const { json } = await generate(s, jar);
    await s.sql("update {verification} set {verification.expiresAt} = now() - interval '1 minute'");
    await verify(s, json.token);
  },
  async "a browser that was told to forget, and one that was not"(s) {
    const { jar } = await s.user();
    await s.post(SIGN_IN, { email: "ada@example.com", password: "correct horse battery", rememberMe: false }, { jar });
    const first = await generate(s, jar);
    await verify(s, first.json.token);
    const second = await generate(s, jar);
    await verify(s, second.json.token, { jar });
  },
};
