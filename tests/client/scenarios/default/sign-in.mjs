// POST /sign-in/email.
import { BODIES, CONTENT_TYPES, EMAILS, SIGN_IN, VALUES } from "../inputs.mjs";

const fields = Object.fromEntries(["email", "password", "callbackURL", "rememberMe"].map((field) => [
  `${field} of every type`,
  async (s) => {
    const { email, password } = await s.user();
    for (const [label, value] of Object.entries(VALUES)) await s.post(SIGN_IN, { email, password, [field]: value }, { label });
  },
]));

export default {
  ...fields,
  async "bodies that are no object, or no JSON"(s) {
    for (const [label, body] of Object.entries(BODIES)) await s.request("POST", SIGN_IN, { body, headers: { "content-type": "application/json" }, label });
  },
  async "a wrong password and an unknown address answer alike"(s) {
    const { email, password } = await s.user();
    await s.post(SIGN_IN, { email, password: "wrong password" });
    await s.post(SIGN_IN, { email: "nobody@example.com", password });
    await s.post(SIGN_IN, { email, password: `${password} ` }, { label: "a space more" });
    await s.post(SIGN_IN, { email, password: password.toUpperCase() }, { label: "upper case" });
  },
  async "addresses: case is folded, nothing else is"(s) {
    const { password } = await s.user("ada@example.com");
    for (const email of ["ADA@EXAMPLE.COM", "ada+x@example.com", " ada@example.com", "a.da@example.com"]) await s.post(SIGN_IN, { email, password }, { label: email });
  },
  async "a row in mixed case is not found"(s) {
    const { email, password } = await s.user();
    await s.sql(`update "user" set email = 'Ada@example.com'`);
    await s.post(SIGN_IN, { email, password });
    await s.post(SIGN_IN, { email: "Ada@example.com", password });
  },
  async "addresses of every shape"(s) {
    for (const email of EMAILS) await s.post(SIGN_IN, { email, password: "correct horse battery" }, { label: JSON.stringify(email) });
  },
  async "lengths: only the longest is checked, after the address"(s) {
    const { email } = await s.user();
    for (const [label, password] of Object.entries({ empty: "", short: "x", 128: "x".repeat(128), 129: "x".repeat(129), "64 emoji": "😀".repeat(64), "65 emoji": "😀".repeat(65) })) {
      await s.post(SIGN_IN, { email, password }, { label });
      await s.post(SIGN_IN, { email: "nobody@example.com", password }, { label: `${label}, unknown` });
    }
    await s.post(SIGN_IN, { email: "a@b", password: "x".repeat(129) }, { label: "both wrong" });
  },
  async "one password in several Unicode forms"(s) {
    const forms = { "e-acute composed": "p\u00e9ssword12", "and decomposed": "pe\u0301ssword12", ligature: "\ufb03ssword12", "without ligature": "ffissword12", fullwidth: "ｐassword１２", narrow: "password12", "long s": "pa\u017f\u017fword12", sharp: "straße und weg", "sharp, long": "strasse und weg", angstrom: "\u212bngstrom12", "a-ring": "\u00c5ngstrom12", hangul: "\u1112\u1161\u11ab password", "hangul composed": "\ud55c password", emoji: "👩‍👩‍👧 password", superscript: "password x²", two: "password x2" };
    for (const [i, [label, password]] of Object.entries(forms).entries()) {
      await s.user(`u${i}@example.com`, { password });
      for (const [other, attempt] of Object.entries(forms).slice(i - (i % 2), i - (i % 2) + 2))
        await s.post(SIGN_IN, { email: `u${i}@example.com`, password: attempt }, { label: `${label}, given ${other}` });
    }
  },
  async "odd hashes in the row"(s) {
    const { email, password } = await s.user();
    const [{ password: good }] = await s.sql("select password from account");
    const [salt, key] = good.split(":");
    // Hashes that are none of better-auth's differ on purpose (docs/DIFFERENCES.md).
    const hashes = { null: null, empty: "", "a third part": `${good}:x`,
      "upper-case key": `${salt}:${key.toUpperCase()}`, "short key": `${salt}:${key.slice(0, 64)}`, "a longer key": `${good}00`, "no hex": `${salt}:zz`,
      "another salt": `${salt.replace(/./g, "0")}:${key}`, "padded": ` ${good}`, good };
    for (const [label, hash] of Object.entries(hashes)) {
      await s.sql("update account set password = $1", [hash]);
      await s.post(SIGN_IN, { email, password }, { label });
    }
  },
  async "a hash made elsewhere"(s) {
    const { email } = await s.user();
    await s.sql("update account set password = '00112233445566778899aabbccddeeff:73122e887cfc14f91396cdef78dfe4b9dec28d459037601c4904cedba5a637ab97b39b40c236df5d42881d0109ca8cf0f85e39dbaba2911c190915bd8f30fe85'");
    await s.post(SIGN_IN, { email, password: "password123" });
    await s.post(SIGN_IN, { email, password: "password124" });
  },
  async "accounts that are no credential"(s) {
    const { email, password } = await s.user();
    await s.sql(`update account set "providerId" = 'github'`);
    await s.post(SIGN_IN, { email, password }, { label: "of a provider" });
    await s.sql(`update account set "providerId" = 'credential', "accountId" = 'another'`);
    await s.post(SIGN_IN, { email, password }, { label: "of another account id" });
    await s.sql("delete from account");
    await s.post(SIGN_IN, { email, password }, { label: "none at all" });
  },
  async "a credential beside a provider's account"(s) {
    const { email, password } = await s.user();
    await s.sql(`insert into account (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt") select '${s.id("other")}', '42', 'github', "userId", null, "createdAt" - interval '1 hour', "updatedAt" from account`);
    await s.post(SIGN_IN, { email, password });
  },
  async "callbackURL: the answer and the location header"(s) {
    const { email, password } = await s.user();
    // Letters beyond ASCII and control characters differ on purpose (docs/DIFFERENCES.md).
    const urls = ["/x", "/", "", "/a b", "/a?b=c&d=%20#e", "//evil.example", "/\\evil.example", "/a\\b", "/a%2fb", "/a%5Cb", "/a?x=%2f",
      "/a#//x", "/..", "/../x", "/./x", "/%2e%2e/x", "x", "x/y", "?x", "#x", ".", " /x", "https://evil.example", "<origin>", "<origin>/", "<origin>/a b", "<origin>.evil.example", "<origin>@evil.example",
      "<ORIGIN>/x", "javascript:alert(1)", "data:text/html,x", "myapp://x", "http://localhost", "null", "\\x", "http:/x", "http:x", "http:///x", "https:\\\\evil.example"];
    for (const url of urls) {
      const callbackURL = url.replace("<origin>", s.origin).replace("<ORIGIN>", s.origin.toUpperCase());
      await s.post(SIGN_IN, { email, password, callbackURL }, { label: JSON.stringify(url) });
    }
  },
  async "callbackURL in the query is checked, not used"(s) {
    const { email, password } = await s.user();
    for (const query of ["callbackURL=/x", "callbackURL=//evil.example", "callbackURL=", "callbackURL=/x&callbackURL=/y", "callbackurl=//evil.example", "redirectTo=//evil.example"])
      await s.post(`${SIGN_IN}?${query}`, { email, password }, { label: query });
    await s.post(`${SIGN_IN}?callbackURL=//evil.example`, { email, password, callbackURL: "/x" }, { label: "the body's comes first" });
    await s.post(`${SIGN_IN}?callbackURL=//evil.example`, { email, password, callbackURL: "" }, { label: "unless it is empty" });
  },
  async "forms"(s) {
    const { email, password } = await s.user();
    await s.post(SIGN_IN, undefined, { form: { email, password } });
    await s.post(SIGN_IN, undefined, { form: { email, password, callbackURL: "/x" } });
    await s.post(SIGN_IN, undefined, { form: { email, password, rememberMe: "true" } });
    await s.post(SIGN_IN, undefined, { form: {} });
    await s.request("POST", SIGN_IN, { body: `email=a&email=${encodeURIComponent(email)}&password=${password.replaceAll(" ", "+")}`, headers: { "content-type": "application/x-www-form-urlencoded" }, label: "duplicates" });
  },
  async "content types"(s) {
    const { email, password } = await s.user();
    for (const type of CONTENT_TYPES) await s.request("POST", SIGN_IN, { body: JSON.stringify({ email, password }), headers: { "content-type": type }, label: type });
    await s.request("POST", SIGN_IN, { body: JSON.stringify({ email, password }), label: "none" });
    await s.request("POST", SIGN_IN, { label: "no body" });
    await s.request("POST", SIGN_IN, { body: null, headers: { "content-type": "application/json" }, label: "a body of no bytes" });
  },
  async "keys of no concern"(s) {
    const { email, password } = await s.user();
    await s.post(SIGN_IN, { email, password, id: 1, name: {}, user: null });
  },
  async "an unverified and a verified user sign in alike"(s) {
    const { email, password } = await s.user();
    await s.sql('update "user" set "emailVerified" = true');
    await s.post(SIGN_IN, { email, password });
  },
};
