// Inputs that more than one scenario file uses.

/** One value of every JSON type; `undefined` leaves the key out. */
export const VALUES = {
  missing: undefined, null: null, zero: 0, number: 7, fraction: 1.5, true: true, false: false,
  "empty string": "", "empty array": [], array: ["a"], "empty object": {}, object: { a: 1 },
};

/** Whole bodies that are no object, or no JSON, as text. */
export const BODIES = {
  object: "{}", array: "[]", "array of an object": "[{}]", null: "null", true: "true", false: "false", zero: "0", number: "3",
  string: '"x"', "empty string": '""', "unfinished object": "{", "trailing comma": '{"a":1,}', "two values": "{} {}",
  NaN: "NaN", "single quotes": "{'a':1}", comment: "{}//x", "control character in a string": '{"name":"a\u0001b"}',
  blank: "  ", "leading space": " \n\t{}\r ", "form feed": "\f{}", "minus zero": '{"name":-0}', "leading zero": '{"name":01}', "name twice": '{"name":1,"name":"A"}',
};

/** Bodies that JSON parsers read differently; a scenario of its own, so that one difference does not hide the others. */
export const JSON_EDGES = {
  "byte order mark": "\ufeff{}", "lone surrogate": '{"name":"\\ud800"}',
  "long number": `{"name":${"1".repeat(300)}}`, "deep nesting": `{"name":${"[".repeat(100)}${"]".repeat(100)}}`, ["__proto__"]: '{"__proto__":{"name":"A"}}', constructor: '{"constructor":1}', "escaped key": '{"n\\u0061me":1}',
};

export const CONTENT_TYPES = [
  "application/json", "Application/JSON", "APPLICATION/JSON; CHARSET=UTF-8", "application/json;charset=latin1", "application/json ;x",
  "application/json;", "text/plain", "text/json", "application/vnd.api+json", "application/ld+json", "application/jsonx",
  "application/json, text/plain", "application/json/x", "application", "*/*", ";", ";application/json", "multipart/form-data; boundary=x",
  "application/octet-stream", "application/x-www-form-urlencodedx",
];

/** Addresses around the edges of the one pattern that decides. */
export const EMAILS = [
  "a@b.co", "A.B+c@x-y.co", "o'b@x.co", "a_b-@x.co", "_@x.co", "-@x.co", "+@x.co", "'a@x.co", "a@xn--4ca.co", "a@1.co", "a@x.museum", "1@2.co",
  "a.b.c.d@x.y.z.co", "a@x-.co", "a@x--y.co", `${"a".repeat(300)}@x.co`, "a@X.CO", "A@x.Co",
  "", " ", "a", "@", "a@", "@x.co", "a@b", "a@b.c", "a..b@x.co", ".a@x.co", "a.@x.co", "a'@x.co", " a@b.co", "a@b.co ", "a@b.co\n", "a b@x.co",
  "a!b@x.co", "a/b@x.co", "a%b@x.co", "a@b@x.co", '"a"@x.co', "ü@x.co", "a@ü.co", "a@x.cö", "a@1.2.3.4", "a@[1.2.3.4]", "a@b_c.co", "a@-b.co", "a@b..co",
  "a@.co", "a@b.co.", "a@b.c1", "a@b.1co", "a@b,co", "mailto:a@b.co", "a\u0000@b.co", "a@b.co\u200b", "ａ@b.co",
];

export const SIGN_IN = "/sign-in/email";
export const SIGN_UP = "/sign-up/email";

/** A sign-up that succeeds unless told otherwise. */
export const person = (email = "ada@example.com", extra = {}) => ({ name: "Ada", email, password: "correct horse battery", ...extra });

/** Bytes of UTF-8 as a header carries them. */
export const utf8 = (text) => Buffer.from(text, "utf8").toString("latin1");

/** Moves every session in time, by SQL: `expiresAt = now + seconds`. */
export const expireIn = (s, seconds) => s.sql(`update session set "expiresAt" = date_trunc('milliseconds', now()) + $1 * interval '1 second'`, [seconds]);

export const WEEK = 604_800;
export const DAY = 86_400;
