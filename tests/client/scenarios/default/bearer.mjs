// The session's token in an Authorization header, in place of the cookie.
async function read(s, headers) {
  for (const [label, own] of Object.entries(headers)) await s.get("/get-session", { headers: own, label });
}

export default {
  async "forms of the header"(s) {
    const { token } = await s.user();
    const [signed, signature] = [s.signed(token), s.signature(token)];
    const values = {
      unsigned: `Bearer ${token}`, signed: `Bearer ${signed}`, encoded: `Bearer ${encodeURIComponent(signed)}`, "lower case": `bearer ${signed}`,
      "upper case and blanks": `BEARER    ${signed}  `, "bad signature": `Bearer ${token}.AAAA`, "without padding": `Bearer ${token}.${signature.replace("=", "")}`,
      unknown: "Bearer nope", basic: `Basic ${signed}`,
      nothing: "Bearer ", "no scheme": signed, "no blank": `Bearer${signed}`, tab: `Bearer\t${signed}`, "broken escape": `Bearer ${token}.%zz`, dot: "Bearer .", "two of them": `Bearer ${signed}, Bearer ${signed}`,
    };
    await read(s, Object.fromEntries(Object.entries(values).map(([label, authorization]) => [label, { authorization }])));
  },
  async "beside a cookie"(s) {
    const { token } = await s.user();
    const other = await s.user("eve@example.com");
    const cookie = (value) => s.cookie("session_token", encodeURIComponent(value));
    await read(s, {
      "a good cookie and a bad header": { cookie: cookie(s.signed(token)), authorization: "Bearer x.y" },
      "a bad cookie and a good header": { cookie: cookie("bad.bad"), authorization: `Bearer ${s.signed(token)}` },
      "two users": { cookie: cookie(s.signed(token)), authorization: `Bearer ${other.token}` },
    });
  },
  async "signing out by header, from anywhere"(s) {
    const { token } = await s.user();
    await s.post("/sign-out", {}, { headers: { authorization: `Bearer ${token}`, origin: "https://evil.example" } });
    await read(s, { afterwards: { authorization: `Bearer ${token}` } });
  },
  async "signing in with a header that means nothing here"(s) {
    const { email, password, token } = await s.user();
    await s.post("/sign-in/email", { email, password }, { headers: { authorization: `Bearer ${token}` } });
    await s.post("/sign-in/email", { email, password, rememberMe: false }, { headers: { authorization: "Bearer x" } });
  },
  async "the expiry moves by header as well"(s) {
    const { token } = await s.user();
    await s.sql(`update session set "expiresAt" = now() + interval '1 day'`);
    await read(s, { due: { authorization: `Bearer ${token}` } });
  },
};
