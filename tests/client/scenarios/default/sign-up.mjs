// POST /sign-up/email: what is refused, in which words, and what is stored.
import { BODIES, CONTENT_TYPES, EMAILS, JSON_EDGES, person, SIGN_UP, VALUES } from "../inputs.mjs";

const fields = Object.fromEntries(["name", "email", "password", "image", "callbackURL", "rememberMe"].map((field) => [
  `${field} of every type`,
  async (s) => {
    for (const [label, value] of Object.entries(VALUES))
      await s.post(SIGN_UP, person(`${label.replaceAll(" ", "-")}@example.com`, { [field]: value }), { label });
  },
]));

export default {
  ...fields,
  async "bodies that are no object, or no JSON"(s) {
    for (const [label, body] of Object.entries(BODIES)) await s.request("POST", SIGN_UP, { body, headers: { "content-type": "application/json" }, label });
  },
  async "JSON at its edges"(s) {
    for (const [label, body] of Object.entries(JSON_EDGES)) await s.request("POST", SIGN_UP, { body, headers: { "content-type": "application/json" }, label });
  },
  async "several fields wrong at once"(s) {
    await s.post(SIGN_UP, { name: 1, email: 2, password: 3, image: 4, rememberMe: 5 });
    await s.post(SIGN_UP, { name: null, email: null, password: null, image: null, callbackURL: null, rememberMe: null });
    await s.post(SIGN_UP, { rememberMe: 1, password: [], email: "x" }, { label: "in another order" });
    await s.post(SIGN_UP, { name: "", email: "", password: "" });
    await s.post(SIGN_UP, { name: 1, email: 2, password: 3, callbackURL: 4 }, { label: "the URL is judged first" });
    await s.post(`${SIGN_UP}?disableRefresh=1&disableRefresh=2`, {}, { label: "with a query" });
  },
  async "addresses"(s) {
    for (const email of EMAILS) await s.post(SIGN_UP, person(email), { label: JSON.stringify(email) });
  },
  async "addresses are stored in lower case, as JavaScript lowers them"(s) {
    await s.post(SIGN_UP, person("MiXeD@ExAmPlE.CoM"));
    await s.post(SIGN_UP, person("mixed@example.com"), { label: "the same" });
    await s.post("/sign-in/email", { email: "MIXED@EXAMPLE.COM", password: person().password });
  },
  async "an address that exists"(s) {
    await s.user();
    await s.post(SIGN_UP, person());
    await s.post(SIGN_UP, person("ADA@example.com", { password: "another password" }));
    await s.post(SIGN_UP, person("ada@example.com", { password: "short" }), { label: "length comes first" });
  },
  async "lengths of passwords, in UTF-16 units"(s) {
    const passwords = ["1234567", "12345678", "x".repeat(128), "x".repeat(129), "😀".repeat(3), "😀".repeat(4), "😀".repeat(64), "😀".repeat(65),
      "é".repeat(7), "e\u0301".repeat(4), "ﬃ".repeat(7), "        ", "\u0000".repeat(8), "\ud800".repeat(8), "中".repeat(8)];
    for (const [i, password] of passwords.entries()) await s.post(SIGN_UP, person(`p${i}@example.com`, { password }), { label: `password ${i}` });
  },
  async "names and images of every kind"(s) {
    const texts = ["", " ", "  padded  ", "Zoë ✓ 😀", '"quoted" \\ / </script>', "line\nbreak\ttab", "\u007f\u0080\u2028\u2029", "x".repeat(1000), "\ufeff"];
    for (const [i, text] of texts.entries()) await s.post(SIGN_UP, person(`n${i}@example.com`, { name: text, image: text }), { label: `text ${i}` });
  },
  async "a name with a NUL, which Postgres cannot hold"(s) {
    await s.post(SIGN_UP, person("nul@example.com", { name: "a\u0000b" }));
  },
  async "lone surrogates"(s) {
    await s.request("POST", SIGN_UP, { headers: { "content-type": "application/json" }, body: '{"name":"a\\ud800b","email":"s@example.com","password":"correct horse"}' });
  },
  async "keys of no concern are dropped"(s) {
    const extra = { id: "mine", emailVerified: true, createdAt: "2000-01-01T00:00:00.000Z", updatedAt: 0, role: "admin", foo: { bar: [1] }, token: "x", __proto: 1 };
    await s.post(SIGN_UP, person("ada@example.com", extra));
  },
  async "rememberMe"(s) {
    await s.post(SIGN_UP, person("true@example.com", { rememberMe: true }));
    await s.post(SIGN_UP, person("false@example.com", { rememberMe: false }));
  },
  async "callbackURL is checked and has no effect"(s) {
    for (const [i, callbackURL] of ["/x", "", "<origin>/y", "https://evil.example", "//evil.example", "x"].entries())
      await s.post(SIGN_UP, person(`c${i}@example.com`, { callbackURL: callbackURL.replace("<origin>", s.origin) }), { label: callbackURL });
  },
  async "forms"(s) {
    const form = async (label, body, type = "application/x-www-form-urlencoded") => s.request("POST", SIGN_UP, { body, headers: { "content-type": type }, label });
    await form("complete", "name=Ada+L%C3%B6&email=f1%40example.com&password=correct%20horse");
    await form("upper case and charset", "name=A&email=f2%40example.com&password=correct+horse", "Application/X-WWW-Form-Urlencoded; charset=UTF-8");
    await form("duplicates", "name=A&email=f3%40example.com&password=correct+horse&name=B");
    await form("rememberMe", "name=A&email=f4%40example.com&password=correct+horse&rememberMe=false");
    await form("image and callbackURL", "name=A&email=f5%40example.com&password=correct+horse&image=&callbackURL=%2Fx");
    await form("empty values", "name=&email=&password=");
    await form("bad percent-encoding", "name=%zz%&email=f6%40example.com&password=correct+horse");
    await form("bytes that are no UTF-8", "name=%ff&email=f7%40example.com&password=correct+horse");
    await form("odd separators", "&&name=A;b&=&email=f8%40example.com&password=correct+horse=x&");
    await form("a key without a value", "name&email=f9%40example.com&password=correct+horse");
    await form("JSON inside", '{"name":"A"}');
    await form("nothing", null);
    await s.request("POST", SIGN_UP, { headers: { "content-type": "application/x-www-form-urlencoded" }, label: "no body" });
  },
  async "content types"(s) {
    for (const [i, type] of CONTENT_TYPES.entries())
      await s.request("POST", SIGN_UP, { body: JSON.stringify(person(`t${i}@example.com`)), headers: { "content-type": type }, label: type });
  },
  async "without a content type, without a body, with an empty one"(s) {
    await s.request("POST", SIGN_UP, { body: JSON.stringify(person()), label: "no content type" });
    await s.request("POST", SIGN_UP, { label: "nothing" });
    await s.request("POST", SIGN_UP, { headers: { "content-type": "application/json" }, label: "content type alone" });
    await s.request("POST", SIGN_UP, { headers: { "content-type": "text/plain" }, label: "another content type alone" });
    await s.request("POST", SIGN_UP, { body: null, headers: { "content-type": "application/json" }, label: "a body of no bytes" });
    await s.request("POST", SIGN_UP, { body: null, headers: { "content-type": "text/plain" }, label: "a body of no bytes, text" });
    await s.request("POST", SIGN_UP, { body: null, label: "a body of no bytes, no content type" });
  },
  async "a large body"(s) {
    await s.post(SIGN_UP, person("big@example.com", { junk: "x".repeat(3_000_000) }));
  },
};
