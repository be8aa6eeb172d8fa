// Which session cookies count, and which are ignored, read leniently, or cleared.
import { utf8 } from "../inputs.mjs";

/** A user whose session token is signed with both characters that base64 and URLs read differently. */
async function telling(s) {
  const { token } = await s.user();
  for (let i = 0; ; i++) {
    const chosen = `chosen${i}`.padEnd(32, "x");
    if (!s.signature(chosen).includes("+") || !s.signature(chosen).includes("/")) continue;
    await s.sql("update session set token = $1 where token = $2", [chosen, token]);
    return chosen;
  }
}

/** Reads the session once for every form of the cookie header. */
async function read(s, cookies) {
  for (const [label, cookie] of Object.entries(cookies)) await s.get("/get-session", { headers: { cookie }, label });
}

export default {
  async "no cookie, and others' cookies"(s) {
    await read(s, { none: null, empty: "", other: "a=b", "a name alone": "better-auth.session_token", "empty value": s.cookie("session_token", ""), "other prefix": "x.session_token=y", junk: ";;; = ;=" });
  },
  async "forms of a good value"(s) {
    const token = await telling(s);
    const raw = s.signed(token);
    const encoded = encodeURIComponent(raw);
    const [value, signature] = [token, s.signature(token)];
    const urlSafe = signature.replaceAll("+", "-").replaceAll("/", "_");
    const forms = {
      encoded, raw,
      "lower-case hex": encoded.replace(/%../g, (x) => x.toLowerCase()),
      "every byte encoded": [...Buffer.from(raw)].map((b) => `%${b.toString(16).padStart(2, "0")}`).join(""),
      "encoded twice": encodeURIComponent(encoded),
      quoted: `"${encoded}"`, "quoted, raw": `"${raw}"`, "opening quote alone": `"${encoded}`, "closing quote alone": `${encoded}"`, "single quotes": `'${encoded}'`,
      "padding missing": `${value}.${encodeURIComponent(signature.slice(0, -1))}`,
      "padding doubled": `${encoded}%3D`,
      "another last digit, same bytes": `${value}.${encodeURIComponent(signature.slice(0, 42) + String.fromCharCode(signature.charCodeAt(42) + 1) + "=")}`,
      "URL-safe": `${value}.${encodeURIComponent(urlSafe)}`,
      "plus as a space": raw.replaceAll("+", " "),
      "space around": ` ${encoded} `, "space inside": `${encoded.slice(0, 5)} ${encoded.slice(5)}`, "tab before": `\t${encoded}`,
      "bad percent-encoding at the end": `${encoded}%`, "bad percent-encoding, raw": `${raw}%zz`, "percent-encoded bytes that are no UTF-8": `%ff${encoded}`,
      "without a signature": value, "dot alone": `${value}.`, "signature alone": `.${signature}`, "no token": encodeURIComponent(s.signed("")), "a dot more": `${value}..${signature}`, "trailing dot": `${raw}.`,
      "another signature": `${value}.${"A".repeat(43)}=`, "no base64": `${value}.${"!".repeat(43)}=`, "signature of another token": `${value}.${encodeURIComponent(s.signature("other"))}`,
      "token in upper case": `${value.toUpperCase()}.${encodeURIComponent(signature)}`,
      "comma after": `${encoded},x`, "equals after": `${encoded}=`,
    };
    await read(s, Object.fromEntries(Object.entries(forms).map(([label, form]) => [label, s.cookie("session_token", form)])));
  },
  async "several cookies, and several of one name"(s) {
    const one = await s.user("one@example.com");
    const two = await s.user("two@example.com");
    const [a, b] = [one, two].map(({ token }) => s.cookie("session_token", encodeURIComponent(s.signed(token))));
    const bad = s.cookie("session_token", "bad");
    await read(s, {
      "among others": `x=1; ${a}; y=2`, "without spaces": `x=1;${a};y=2`, "with many spaces": `  x=1 ;   ${a}   ;y=2 `, "one then two": `${a}; ${b}`, "two then one": `${b}; ${a}`,
      "bad then good": `${bad}; ${a}`, "good then bad": `${a}; ${bad}`, "empty then good": `${s.cookie("session_token", "")}; ${a}`, "after a name without a value": `flag; ${a}`, "after a quoted value": `q="x;y"; ${a}`,
      "after an empty part": `;; ${a}`, "after a value that is no UTF-8": `q=\xff; ${a}`, "after UTF-8": `q=${utf8("é")}; ${a}`, "space before the equals sign": a.replace("=", " = "), "name in upper case": a.toUpperCase().replace(/=.*/, "") + a.slice(a.indexOf("=")),
      "comma instead of semicolon": `x=1, ${a}`, "with the secure prefix": `__Secure-${a}`, "with the host prefix": `__Host-${a}`, "longer name": `x${a}`, "after a bad percent-encoding": `q=%zz; ${a}`,
    });
  },
  async "large and odd values"(s) {
    const { jar } = await s.user();
    const good = jar.header("/");
    await read(s, {
      "large value": s.cookie("session_token", "x".repeat(8000)), "large signed value": s.cookie("session_token", encodeURIComponent(s.signed("x".repeat(6000)))),
      "beside a large cookie": `big=${"x".repeat(8000)}; ${good}`, "beside 200 cookies": `${Array.from({ length: 200 }, (_, i) => `c${i}=v`).join("; ")}; ${good}`,
      "bytes that are no UTF-8": s.cookie("session_token", "\xff\xfe"), "NUL, encoded": s.cookie("session_token", "%00"),
    });
  },
  async "well-signed values that are no session"(s) {
    await s.user();
    const values = { unknown: "abcdefghijklmnopqrstuvwxyzABCDEF", short: "x", dots: "a.b.c", spaces: "a b", unicode: "é€😀", quote: "a'b", percent: "%", true: "true", long: "y".repeat(1000) };
    await read(s, Object.fromEntries(Object.entries(values).map(([label, value]) => [label, s.cookie("session_token", encodeURIComponent(s.signed(value)))])));
    for (const [label, value] of Object.entries(values))
      await s.post("/sign-out", {}, { headers: { cookie: s.cookie("session_token", encodeURIComponent(s.signed(value))) }, label });
  },
  async "session_data while the cache is off is expired"(s) {
    const { jar } = await s.user();
    const good = jar.header("/");
    const data = (...names) => names.map((n) => s.prefix + n).join("; ");
    await read(s, {
      plain: `${good}; ${data("session_data=abc")}`, "without a session": data("session_data=abc"), chunks: `${good}; ${data("session_data.0=a", "session_data.1=b")}`, "chunks out of order": `${good}; ${data("session_data.2=c", "session_data.0=a")}`,
      "base and chunks": `${data("session_data.1=b", "session_data=x")}; ${good}`, "empty base": `${good}; ${data("session_data=")}`, "empty base and a chunk": `${good}; ${data("session_data=", "session_data.0=a")}`,
      "names that are no chunk": `${good}; ${data("session_data.01=a", "session_data.x=b", "session_data.-1=c", "session_data.1.5=d", "session_datax=e")}`, twice: `${good}; ${data("session_data=a", "session_data=b")}`,
      "unknown session": `${s.cookie("session_token", encodeURIComponent(s.signed("unknown")))}; ${data("session_data=abc", "session_data.0=x")}`, "bad session": `${s.cookie("session_token", "bad")}; ${data("session_data=abc")}`,
      "a value with a quote": `${good}; ${data('session_data="abc"')}`, "a value with a backslash": `${good}; ${data("session_data=a\\b")}`, "a large number": `${good}; ${data("session_data.9007199254740993=a", "session_data.99=b")}`,
    });
  },
};
