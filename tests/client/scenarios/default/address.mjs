// Which address and user agent a session remembers.
import { SIGN_IN, utf8 } from "../inputs.mjs";

/** Signs in once with each set of headers; the rows of the sessions are the answer. */
async function signIn(s, cases) {
  const { email, password } = await s.user();
  for (const [label, headers] of Object.entries(cases)) {
    const { json } = await s.post(SIGN_IN, { email, password }, { headers, label, record: false });
    const [row] = await s.sql('select "ipAddress", "userAgent" from session where token = $1', [json.token]);
    s.note(label, row);
  }
}
const forwarded = (...values) => Object.fromEntries(values.map((value) => [JSON.stringify(value), { "x-forwarded-for": value }]));

export default {
  async "one IPv4 address"(s) {
    await signIn(s, { none: {}, ...forwarded("203.0.113.7", " 203.0.113.7 ", "203.0.113.7,", ",203.0.113.7", " , 203.0.113.7 , ", "", " ", ",", "0.0.0.0", "255.255.255.255", "256.0.0.1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.4:80", "1.2.3.4/24", "1.2.3.-4", "0x1.2.3.4", "127.0.0.1", "localhost", "junk", "unknown", "1.2.3.4 5.6.7.8") });
  },
  async "chains of addresses are not believed"(s) {
    await signIn(s, forwarded("203.0.113.7, 10.0.0.1", "203.0.113.7,203.0.113.7", "203.0.113.7, junk", "junk, 203.0.113.7", "10.0.0.2, 10.0.0.1, 10.0.0.3"));
  },
  async "two headers are one chain"(s) {
    await signIn(s, { same: { "x-forwarded-for": ["203.0.113.7", "203.0.113.8"] }, "one empty": { "x-forwarded-for": ["", "203.0.113.7"] } });
  },
  async "IPv6 is masked and written out"(s) {
    await signIn(s, forwarded("2001:DB8:1:2:3:4:5:6", "2001:db8::1", "::1", "::", "fe80::1", "fe80::1%eth0", "[::1]", "[2001:db8::1]:443", "::ffff:192.0.2.1", "::FFFF:192.0.2.1", "::ffff:c000:201", "::ffff:0:0", "0:0:0:0:0:ffff:c000:0201", "2001:db8::1::2", "2001:db8:1:2:3:4:5", "2001:db8:1:2:3:4:5:6:7", "2001:db8:1:2:3:4:5:12345", "2001:0db8:0000:0000:0000:0000:0000:0001", "1::", "::2:3", "1:2:3:4:5:6:7::", "2001:db8::g"));
  },
  // A scenario of its own: of a full address that ends this way the reference writes one group too few.
  async "IPv6 that ends in an IPv4 address"(s) {
    await signIn(s, forwarded("::192.0.2.1", "64:ff9b::192.0.2.1", "1:2:3::1.2.3.4", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3", "::1.2.3.256"));
  },
  async "other headers do not name the client"(s) {
    await signIn(s, { "x-real-ip": { "x-real-ip": "203.0.113.7" }, "cf-connecting-ip": { "cf-connecting-ip": "203.0.113.7" }, forwarded: { forwarded: "for=203.0.113.7" }, "x-client-ip": { "x-client-ip": "203.0.113.7" }, "x-vercel-forwarded-for": { "x-vercel-forwarded-for": "203.0.113.7" } });
  },
  async "user agents are kept as they came"(s) {
    const agents = ["UA/1", "", " ", "  padded  ", "Mozilla/5.0 (X11; Linux x86_64) \"q\" \\ 'x'", "x".repeat(5000), utf8("é😀"), "\xe9", "tab\there"];
    await signIn(s, Object.fromEntries(agents.map((agent, i) => [`agent ${i}`, { "user-agent": agent }])));
  },
  async "sign-up remembers them as well, and get-session shows them"(s) {
    const jar = s.jar();
    await s.post("/sign-up/email", { name: "A", email: "a@example.com", password: "correct horse" }, { jar, headers: { "user-agent": 'A "B"', "x-forwarded-for": "2001:db8::1" } });
    await s.get("/get-session", { jar, headers: { "user-agent": "Other", "x-forwarded-for": "203.0.113.9" } });
  },
};
