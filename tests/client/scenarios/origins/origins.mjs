// Patterns of trusted origins, against the Origin header and against callbackURL. Other schemes with `*.hosts.example` differ on
// purpose (docs/DIFFERENCES.md).
import { SIGN_IN } from "../inputs.mjs";

const URLS = [
  "https://app.example.com", "https://app.example.com/", "https://app.example.com/path?x#y", "https://APP.example.com", "https://app.example.com:443", "https://app.example.com:8443", "http://app.example.com", "https://app.example.com.evil.example",
  "https://user:pw@app.example.com/x", "https://app.example.com@evil.example", "https://slash.example.com", "https://slash.example.com/", "https://slash.example.com/x",
  "https://a.wild.example", "https://a.b.wild.example", "https://wild.example", "http://a.wild.example", "https://.wild.example", "https://a.wild.example.evil.example", "https://evil.example/x.wild.example", "https://evil.example?.wild.example", "https://evil.example#.wild.example", "https://A.WILD.example", "https://a.wild.example:8443", "https://-.wild.example",
  "https://a.hosts.example", "http://a.hosts.example", "http://a.hosts.example:8080", "https://hosts.example", "https://evil.example/a.hosts.example",
  "https://p1.example.com", "https://p12.example.com", "https://p.example.com", "https://p..example.com", "https://p/.example.com",
  "http://ported.example:8080", "http://ported.example", "http://ported.example:80", "http://ported.example:8081", "https://secure.example", "https://secure.example:443",
  "http://192.168.1.5", "http://192.168.1.5:3000", "http://192.168.evil.example", "http://192.168.1.256", "http://192.168.1", "http://192.168.1.2.evil.example", "https://192.168.1.5", "http://10.1.2.3", "https://10.1.2.3", "http://10.1.2.3:80", "http://10.evil.example", "http://10.1.2", "http://010.1.2.3", "http://0x0a.1.2.3",
  "myapp://", "myapp://cb", "MYAPP://cb", "myapp:cb", "myapp:/cb", "myapp2://", "xmyapp://", "deep://host/cb", "deep://host/cb/x", "deep://host/cbx", "deep://host/cb/../x", "deep://host/cb/%2e%2e/x", "deep://host", "deep://HOST/cb", "deep://other/cb", "deep://host/cb?x=1", "deep://user@host/cb",
  "exp://192.168.1.5:8081", "exp://192.168.1.5:8081/--/x", "exp://192.168.1.5", "exp://evil.example:8081/x", "exp://a@192.168.1.5:8081/x",
  "bare.example.com", "https://bare.example.com", "https://upper.example.com", "https://UPPER.example.com", "https://path.example.com", "https://path.example.com/in", "https://path.example.com/in/x",
  "//app.example.com", "/\\app.example.com", "javascript:alert(1)", "javascript://app.example.com/%0aalert(1)", "data:text/html,x", "blob:https://app.example.com/x", "file:///x", "https:app.example.com", "https:/app.example.com", "https:\\\\app.example.com", " https://app.example.com", "https://app.example.com ", "https://app.example.com\\.evil.example", "https://xn--.example", "https://[::1]", "http://*", "https://*.wild.example",
];

// Letters that a browser escapes and a header carries as they are.
const PLAIN = [
  "/a b", "/a  b?c d#e f", "/\"<>`{}|^", "/%zz%", "/%E6%97%A5", "/a%20b", "/a?b=%2f%5c", "/./a/../b", "/a;b,c", "/a?x='y'&z=[1]", "https://APP.example.com:443/a b/../c?d=\"e\"#f", "https://app.example.com?x", "https://user:pw@app.example.com/x",
  "myapp://cb?x=y z", "myapp:cb", "deep://host/cb?x=\"y\"", "exp://192.168.1.5:8081/--/x?y=z w",
];

export default {
  async "as the Origin of a request with a cookie"(s) {
    for (const origin of URLS) await s.post("/sign-out", {}, { headers: { cookie: "a=b", origin }, label: origin });
  },
  async "as the Referer"(s) {
    for (const referer of URLS.slice(0, 12)) await s.post("/sign-out", {}, { headers: { cookie: "a=b", origin: null, referer }, label: referer });
  },
  async "as the Origin of a sign-in without a cookie"(s) {
    for (const origin of URLS.slice(0, 30)) await s.post(SIGN_IN, { email: "a@b", password: "x" }, { headers: { origin }, label: origin });
  },
  // sign-out checks callbackURL as well, and costs no hash.
  // A space at either end is refused here (docs/DIFFERENCES.md).
  async "as callbackURL"(s) {
    for (const callbackURL of URLS.filter((url) => url === url.trim())) await s.post("/sign-out", { callbackURL }, { label: callbackURL });
  },
  async "a trusted callbackURL is where sign-in points"(s) {
    const { email, password } = await s.user();
    for (const callbackURL of ["https://app.example.com/x", "myapp://cb", "deep://host/cb/x", ...PLAIN]) await s.post(SIGN_IN, { email, password, callbackURL }, { label: callbackURL });
  },
  async "the own origin stays trusted"(s) {
    await s.post("/sign-out", { callbackURL: `${s.origin}/x` }, { headers: { cookie: "a=b" } });
  },
};
