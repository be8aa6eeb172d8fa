import { person, SIGN_UP } from "../inputs.mjs";
import shared, { KEY_SET } from "../tokens.mjs";

export default {
  ...shared,
  async "who may have a token"(s) {
    await s.get("/jwks", { ...KEY_SET, record: false });
    await s.get("/token", { label: "nobody" });
    const jar = s.jar();
    const { headers } = await s.post(SIGN_UP, person(), { jar });
    const bearer = headers["set-auth-token"];
    await s.get("/token", { headers: { authorization: `Bearer ${bearer}` }, label: "by bearer" });
    const { json } = await s.get("/token", { jar });
    await s.get("/get-session", { headers: { authorization: `Bearer ${json.token}` }, label: "a token is no session" });
    await s.get("/token", { headers: { authorization: `Bearer ${json.token}` }, label: "nor does it get another" });
    for (const [method, path] of [["POST", "/token"], ["POST", "/jwks"], ["POST", "/sign-jwt"], ["POST", "/verify-jwt"], ["GET", "/sign-jwt"]])
      await s.request(method, path, { jar, ...(method === "POST" && { json: {} }) });
    await s.sql("delete from session");
    await s.get("/token", { jar, label: "ended" });
  },
  async "names of all kinds survive the way"(s) {
    await s.get("/jwks", { ...KEY_SET, record: false });
    for (const name of ["é 😀 漢字", "\"quoted\" \\ /", "tab\tnew\nline\u0001", "</script>"]) {
      const jar = s.jar();
      await s.post(SIGN_UP, { ...person(), name, email: `user${Buffer.from(name).toString("hex").slice(0, 12)}@example.com` }, { jar });
      await s.get("/token", { jar });
    }
  },
};
