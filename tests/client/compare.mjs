// Runs each scenario against the reference server and against gatepost, each on a database of its own, and prints where
// status, headers, cookies, body or rows differ once what has to vary is named.
//
//   node compare.mjs --reference URL --reference-db postgres://… --target URL --target-db postgres://… \
//                    [--reference-store redis://… --target-store redis://…] [--provider URL] [--checks URL]
//                    [--reference-mails FILE --target-mails FILE] [--scenarios DIR] [--options FILE]… [--title TEXT]
//                    [--secret TEXT] [--only TEXT] [--ids text|uuid|serial] [--verbose]
//
// Both servers run with the options of all FILEs, or of DIR/options.json: these for the reference, the same in gatepost.toml
// for gatepost. Where they name tables and columns, those of the databases are called so.
// The databases, and the secondary storages, are emptied before every scenario. Prints `same …` or `DIFFERS …`, last `N passed, N failed`, and exits
// with 1 where anything differs.
import { createHash, constants, createDecipheriv, createHmac, createPublicKey, hkdfSync, verify } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { Redis } from "ioredis";
import pg from "pg";
import { Jar, send } from "./http.mjs";

const { values: args } = parseArgs({
  options: {
    reference: { type: "string" },
    "reference-db": { type: "string" },
    target: { type: "string" },
    "target-db": { type: "string" },
    "reference-mails": { type: "string" },
    "target-mails": { type: "string" },
    "reference-store": { type: "string" },
    "target-store": { type: "string" },
    provider: { type: "string" },
    checks: { type: "string" },
    scenarios: { type: "string", default: fileURLToPath(new URL("scenarios/default", import.meta.url)) },
    options: { type: "string", multiple: true },
    title: { type: "string" },
    secret: { type: "string", default: process.env.BETTER_AUTH_SECRET },
    only: { type: "string", multiple: true, default: [""] },
    ids: { type: "string", default: "text" },
    verbose: { type: "boolean", default: false },
  },
});
for (const name of ["reference", "reference-db", "target", "target-db", "secret"])
  if (!args[name]) { console.error(`compare: --${name} is missing`); process.exit(2); }

const HEADERS = /^(content-type|location|cache-control|pragma|allow|www-authenticate|(x-)?retry-after|set-auth-.*|set-ott|access-control-expose-headers)$/;
const PASSWORD = "correct horse battery";

// ---------------------------------------------------------------- what has to vary gets a name

// As JSON has it, and as it stands in a column for text.
const ISO = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})(Z|\+00:00)/g;
// Of a column with a time zone, and of one without, which has UTC in it.
const ROW_TIME = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)(?:\+00)?$/;
const SCRYPT = /\b[0-9a-f]{32}:[0-9a-f]{128}\b/g;
const RANDOM = /(?<![A-Za-z0-9])([A-Za-z0-9]{24}|[A-Za-z0-9]{32})(?![A-Za-z0-9])/g;
const STATE = /((?:[?&]state=|"oauthState":"|auth-state:|^))([\w-]{32})(?=[&"#.]|$)/g;
const VERIFIER = /"codeVerifier":"([\w-]+)"/g;
const CHALLENGE = /code_challenge=([\w-]+)/g;
const MILLISECONDS = /"expiresAt":(\d{13})/g;
const SECONDS = /"(iat|exp)":(\d{10})(?=[,}])/g;
const SEALED = /(?<![\w:])(?:\$ba\$\d+\$)?(?:[0-9a-f]{2}){41,}(?![\w])/g;
// Only gatepost has it (docs/DIFFERENCES.md): the state knows the provider that was asked.
const ASKED = /"gatepostProvider":"[^"]*",/;
/** The claim of gatepost's links that binds them to address and password (docs/DIFFERENCES.md). */
const BOUND = /"gatepostState":"[\w-]{43}",/;
/** The member of gatepost's secrets in a secondary storage that binds them to an address (docs/DIFFERENCES.md). */
const MAILED_TO = /"gatepostAddress":"[^"]*",/;
const KEY_MEMBER = /"([xyn])":"([\w-]{40,})"/g;
const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b/g;
// Identifiers that the database counts: how many were used up differs, that they are texts or numbers does not.
const COUNTED = /"(id|userId|accountId|value|sub|kid|sid)":("?)\d{1,9}"?(?=[,}])/g;
// Before anything else: what is in one by chance has no name of its own.
const HASH = /(?<![\w-])[\w-]{43}(?![\w-])/;
// Told in docs/DIFFERENCES.md: where identifiers are counted, better-auth tells an address that is taken by one of letters.
const LETTERS = /(\{"token":null,"user":\{[^{}]*"id":)"[A-Za-z0-9]{32}"(?=\}\})/;
const JWT = /eyJ[\w-]*\.eyJ[\w-]*\.[\w-]+/g;

// Names of sign-ins that wait and of trusted devices. gatepost's have a digest of the password behind them (docs/DIFFERENCES.md).
const PENDING = /2fa-([\w-]{20})(-[\w-]{43})?(?![\w-])/g;
const DEVICE = /(?:[\w-]{43}!)?trust-device-([\w-]{32})(-[\w-]{43})?(?![\w-])/g;
const APP_KEY = /([?&]secret=)[A-Z2-7]+/g;
const BACKUP_CODE = /(\\?")[A-Za-z0-9]{5}-[A-Za-z0-9]{3,}\1/g;
/** A code by mail, as it is mailed and as it is stored. */
const MAILED_CODE = /"code":"\d+"/g;
const STORED_CODE = /^(?:\d{4,}|[\w-]{43}|(?:\$ba\$\d+\$)?(?:[0-9a-f]{2}){41,}):(\d+)$/;
/** A token whose hash is stored behind its purpose. */
const HASHED_TOKEN = /\b(magic-link|one-time-token):[\w-]{43}(?![\w-])/g;
/** A challenge of a passkey, and the handle of its user, which is another one each time. */
const PASSKEY_CHALLENGE = /("(?:c|expectedC)hallenge":")[\w-]{43}"/g;
const PASSKEY_HANDLE = /("user":\{"id":")[\w-]{43}"/g;
/** The name of such a challenge in a store. */
const PASSKEY_NAME = /("identifier":"|verification:)([\w-]{32})(?="|$)/g;
/** A token that hands a session over, where it is stored and where it is answered. */
const HANDED_OVER = /(one-time-token:|^\{"token":"|^)([\w-]{32})(?="\}$|","|$)/g;
/** An API key and its beginning in an answer. */
const API_KEY = /"key":"([A-Za-z0-9_-]*_)?([A-Za-z]{24,})"/g;
const KEY_START = /"start":"([^"]*)"/g;
/** An identifier of a stored secret where they are hashed. */
const HASHED = /^[\w-]{43}$/;
/** Rows that only gatepost has: codes that were used, how many were mailed, and those instead of a code for an address that gets
 * none (docs/DIFFERENCES.md). */
const COUNTS = /^(used|none):\d+$/;
/** Also only gatepost's: that a setup of a second factor was begun, and since when devices are not trusted. */
const OURS = /^2fa-(enrolling|distrusted)-/;
/** A count of codes, which gatepost writes with a sign (docs/DIFFERENCES.md). */
const COUNT = /^\+(\d+)$/;
/** The backup codes of a row that is there to count wrong codes, sealed: none. */
const NO_CODES = 84;

/** Replaces ids by the order in which they were first seen, times by their distance from the start of the scenario. */
class Names {
  #ids = new Map();
  keys = new Map();
  #started;
  constructor(server, started) { this.server = server; this.#started = started; }

  // A scenario has 55 seconds and speaks of whole minutes: what was a moment ago on a slow server is still `now+0s`.
  time(milliseconds) {
    const seconds = Math.floor((milliseconds - this.#started + 5_000) / 60_000) * 60;
    return `<now${seconds < 0 ? "" : "+"}${seconds}s>`;
  }
  id(text) {
    if (!this.#ids.has(text)) this.#ids.set(text, `<id ${this.#ids.size + 1}>`);
    return this.#ids.get(text);
  }
  /** The values of second factors that vary. Elsewhere a key or a verifier has the form of a backup code by chance. */
  #factors(value) {
    return value
      .replace(PENDING, (_, random) => `2fa-${this.id(random)}`)
      .replace(DEVICE, (_, random) => `trust-device-${this.id(random)}`)
      .replace(APP_KEY, "$1<key>")
      .replace(BACKUP_CODE, "$1<backup code>$1")
      .replace(MAILED_CODE, '"code":"<code>"')
      .replace(STORED_CODE, "<code>:$1")
      .replace(COUNT, "$1");
  }
  text(value) {
    const { url } = this.server;
    const { twoFactor, emailOTP, phoneNumber, oneTimeToken, apiKey, passkey } = this.server.options;
    if (apiKey) value = value.replace(API_KEY, (_, prefix = "", random) => `"key":"${prefix}<key ${random.length}>"`).replace(KEY_START, (_, start) => `"start":"<start ${start.length}>"`);
    const handedOver = oneTimeToken ? value.replace(HANDED_OVER, (_, before, token) => `${before}${this.id(token)}`) : value;
    const challenged = passkey ? handedOver.replace(PASSKEY_CHALLENGE, '$1<challenge>"').replace(PASSKEY_HANDLE, '$1<handle>"').replace(PASSKEY_NAME, (_, before, name) => `${before}${this.id(name)}`) : handedOver;
    return (twoFactor || emailOTP || phoneNumber ? this.#factors(challenged) : challenged)
      .replace(HASHED_TOKEN, "$1:<hash>")
      .replace(JWT, (found) => this.jwt(found))
      .replaceAll(url, "<origin>")
      .replaceAll(url.toUpperCase(), "<ORIGIN>")
      .replaceAll(encodeURIComponent(url), "<origin%>")
      .replaceAll(new URL(url).host, "<host>")
      .replace(ISO, (_, at, zone) => this.time(Date.parse(`${at}Z`)) + (zone === "Z" ? "" : zone))
      .replace(KEY_MEMBER, (_, name, member) => `"${name}":"<${member.length}>"`)
      .replace(SCRYPT, "<scrypt>")
      .replace(ASKED, "")
      .replace(MAILED_TO, "")
      .replace(LETTERS, (found, before) => (args.ids === "serial" && this.server.isReference ? `${before}"<number>"` : found))
      .replace(STATE, (_, before, state) => `${before}${this.id(state)}`)
      .replace(VERIFIER, (_, verifier) => `"codeVerifier":"<${verifier.length}>"`)
      .replace(CHALLENGE, (_, challenge) => `code_challenge=<${challenge.length}>`)
      .replace(MILLISECONDS, (_, at) => `"expiresAt":${this.time(Number(at))}`)
      .replace(SECONDS, (_, key, at) => `"${key}":${this.time(Number(at) * 1_000)}`)
      .replace(SEALED, (found) => `<sealed ${found.length}>`)
      .replace(COUNTED, '"$1":$2<number>$2')
      .replace(UUID, (found) => this.id(found))
      .replace(RANDOM, (found) => this.id(found));
  }
  /** The claims of a JWT, its times as distances, and whether its signature is the secret's. */
  jwt(token) {
    const [header, claims, signature] = token.split(".");
    const text = (part) => this.text(Buffer.from(part, "base64url").toString().replace(BOUND, "").replace(/"(iat|exp|nbf)":(\d+)/g, (_, key, at) => `"${key}":${this.time(at * 1000)}`));
    return `<jwt ${text(header)} ${text(claims)} ${this.signer(`${header}.${claims}`, JSON.parse(Buffer.from(header, "base64url")), signature)}>`;
  }
  /** The signer of a JWT: the secret, a key that `/jwks` has shown, or unknown. */
  signer(signed, { alg, kid }, signature) {
    const key = this.keys.get(kid);
    if (!key) return createHmac("sha256", this.server.secret).update(signed).digest("base64url") === signature ? "signed" : "not signed with the secret";
    const hash = { EdDSA: null, ES512: "sha512", ES256: "sha256", RS256: "sha256", PS256: "sha256" }[alg];
    const padding = { RS256: constants.RSA_PKCS1_PADDING, PS256: constants.RSA_PKCS1_PSS_PADDING }[alg];
    const options = { key: createPublicKey({ key, format: "jwk" }), dsaEncoding: "ieee-p1363", ...(padding && { padding }), ...(alg === "PS256" && { saltLength: 32 }) };
    const genuine = alg === key.alg && verify(hash, Buffer.from(signed), options, Buffer.from(signature, "base64url"));
    return genuine ? "signed with the key" : "not signed with the key";
  }
  /** A header's value. Between two requests a second may pass: of two in a row they are the same. */
  header(name, value) {
    if (name.endsWith("retry-after")) return `${2 * Math.ceil(Number(value) / 2)}`;
    return name === "set-auth-token" ? this.signed(value) : this.text(value);
  }
  /** The whole Set-Cookie line; of the value, what was signed and whether the signature holds. */
  cookie(line) {
    const [, name, raw, attributes] = /^([^=;]*)=([^;]*)(.*)$/.exec(line) ?? [null, line, "", ""];
    let value = raw;
    try { value = decodeURIComponent(raw); } catch {}
    const encoding = encodeURIComponent(value) === raw ? "" : " (not encoded like encodeURIComponent)";
    if (name.endsWith("oauth_state") && value) return `${name}=${/^[0-9a-f]+$/.test(value) ? "<sealed>" : value}${encoding}${attributes}`;
    if (name.endsWith("account_data") && value) return `${name}=${this.account(value)}${encoding}${attributes}`;
    const told = name.endsWith("session_data") && value ? this.cached(value) : /session_data\.\d+$/.test(name) ? `<piece of ${value.length}>` : this.signed(value);
    // The cookie of one of several sessions has the token in its name.
    const named = name.replace(/_multi-([0-9a-z]{32})$/, (_, token) => `_multi-${this.id(token)}`);
    return `${named}=${told}${encoding}${attributes}`;
  }
  /**
   * The content of a cached session, in each of the three forms, and whether it is the secret's. Members are sorted: what
   * was read out of a cookie before is written in another order by better-auth.
   */
  cached(value) {
    const said = (text) => {
      const { session, user, jti, ...rest } = JSON.parse(text);
      for (const key of ["iat", "exp"]) if (key in rest) rest[key] = this.time(rest[key] * 1_000);
      for (const key of ["updatedAt", "expiresAt"]) if (key in rest) rest[key] = this.time(rest[key]);
      if (jti !== undefined) rest.jti = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(jti);
      return this.text(JSON.stringify({ session: sorted(session), user: sorted(user), ...rest }));
    };
    const parts = value.split(".");
    const text = (part) => Buffer.from(part, "base64url").toString();
    if (parts.length === 3) return `<jwt ${this.text(text(parts[0]))} ${said(text(parts[1]))} ${this.signer(`${parts[0]}.${parts[1]}`, JSON.parse(text(parts[0])), parts[2])}>`;
    if (parts.length === 5) return `<jwe ${text(parts[0])} ${said(this.opened(parts))}>`;
    const { session, expiresAt, signature } = JSON.parse(text(value));
    const whole = JSON.stringify({ ...session, expiresAt });
    return `<compact ${said(whole)} ${this.signer(whole, {}, signature)}>`;
  }
  /** The content of the account in a cookie. Members are sorted; those that are null may be left out. */
  account(value) {
    const { iat, exp, jti, ...row } = JSON.parse(this.opened(value.split("."), "better-auth-account"));
    const members = Object.keys(row).filter((key) => row[key] !== null).sort().map((key) => [key, row[key]]);
    return `<jwe ${this.text(JSON.stringify(Object.fromEntries(members)))} ${this.time(iat * 1_000)} ${this.time(exp * 1_000)} ${jti.length}>`;
  }
  /** The plaintext of a JWE (RFC 7518 §5.2.5); throws where it is not the secret's. */
  opened([header, , iv, sealed, tag], salt = "better-auth-session") {
    const [ivBytes, sealedBytes] = [iv, sealed].map((part) => Buffer.from(part, "base64url"));
    const key = Buffer.from(hkdfSync("sha256", this.server.secret, salt, "BetterAuth.js Generated Encryption Key", 64));
    const length = Buffer.alloc(8);
    length.writeBigUInt64BE(BigInt(header.length * 8));
    const mac = createHmac("sha512", key.subarray(0, 32)).update(header).update(ivBytes).update(sealedBytes).update(length).digest();
    if (mac.subarray(0, 32).toString("base64url") !== tag) throw new Error("a JWE that is not the secret's");
    const cipher = createDecipheriv("aes-256-cbc", key.subarray(32), ivBytes);
    return Buffer.concat([cipher.update(sealedBytes), cipher.final()]).toString();
  }
  /** Of a signed value, what was signed and whether the signature holds. */
  signed(value) {
    const signed = /^(.+)\.([^.]*)$/s.exec(value);
    if (!signed) return this.text(value);
    return `${this.text(signed[1])}.<${signed[2] === this.server.signature(signed[1]) ? "signature" : "another signature"}>`;
  }
  row(row) {
    const column = (value) => {
      if (typeof value !== "string") return value;
      if (HASHED.test(value)) return "<hash>";
      // A day may end meanwhile.
      if ([Date.now(), this.#started].some((at) => value === new Date(at).toISOString().slice(0, 10))) return "<today>";
      const [, day, hour] = ROW_TIME.exec(value) ?? [];
      if (!day) return this.text(value);
      const finer = /\.\d{4,}/.test(value) ? " finer than a millisecond" : "";
      return this.time(Date.parse(`${day}T${hour}Z`)) + finer;
    };
    return JSON.stringify(Object.fromEntries(Object.keys(row).sort().map((key) => [key, column(row[key])]))).replace(COUNTED, '"$1":$2<number>$2');
  }
}

/** Lists of rows come as the database has them, in no order: the oldest first. */
function inOrder(text) {
  if (!text.startsWith("[{")) return text;
  const list = JSON.parse(text);
  return list.every((row) => row.createdAt) ? JSON.stringify(list.sort((a, b) => a.createdAt.localeCompare(b.createdAt))) : text;
}

/** An object with its members in the order of their names. */
const sorted = (object) => Object.fromEntries(Object.keys(object).sort().map((key) => [key, object[key]]));

/** The members of what a provider says of a user, which better-auth writes in another order for each. */
function withSortedProfile(text) {
  if (!text.startsWith('{"user":{') || !text.includes('"data":{')) return text;
  const { user, ...rest } = JSON.parse(text);
  return JSON.stringify({ user: sorted(user), ...rest });
}

/** Members of sessions stand in the order of the row here, and where there is none in another one by better-auth. */
function withSortedSessions(text) {
  let json;
  try { json = JSON.parse(text); } catch { return text; }
  if (Array.isArray(json) && json.every((one) => one?.token)) return JSON.stringify(json.map(sorted));
  if (Array.isArray(json?.sessions)) return JSON.stringify({ ...json, sessions: json.sessions.map(sorted) });
  if (Array.isArray(json)) return JSON.stringify(json.map((one) => (one?.session ? { ...one, session: sorted(one.session) } : one)));
  return json?.session ? JSON.stringify({ ...json, session: sorted(json.session) }) : text;
}

// ---------------------------------------------------------------- one server, as a scenario sees it

class Server {
  #database;
  #mails;
  #mailsBefore = 0;
  #store;
  #own = [];
  #scenario = 0;
  #visits = 0;
  constructor(url, database, options, secret, mails, store) {
    this.#mails = mails;
    this.#store = store && new Redis(store);
    // Values that are only in the store have no table.
    this.besides = options.session?.storeSessionInDatabase || options.verification?.storeInDatabase;
    const apart = (table, too) => (store && !too ? [] : [table]);
    this.tables = [...(options.twoFactor ? ["twoFactor"] : []), ...(options.passkey ? ["passkey"] : []), ...(options.organization ? ["organization", ...(options.organization.dynamicAccessControl ? ["organizationRole"] : []), ...(options.organization.teams ? ["team", "teamMember"] : []), "member", "invitation"] : []), "user", ...apart("session", options.session?.storeSessionInDatabase), "account", ...apart("verification", options.verification?.storeInDatabase)];
    Object.assign(this, { url: new URL(url).origin, isReference: url === args.reference, ids: args.ids, options, secret });
    // Times stay text: a Date would round away what is finer than a millisecond. So do days, which a Date gives an hour.
    const types = { getTypeParser: (oid, format) => ([1082, 1114, 1184].includes(oid) ? String : pg.types.getTypeParser(oid, format)) };
    this.#database = new pg.Client({ connectionString: database, types });
    this.origin = options.baseURL ? new URL(options.baseURL).origin : this.url;
    const path = options.baseURL ? new URL(options.baseURL).pathname : "/";
    this.base = path !== "/" ? path : (options.basePath ?? "/api/auth");
    const secure = options.advanced?.useSecureCookies ?? this.origin.startsWith("https:");
    this.prefix = `${secure ? "__Secure-" : ""}${options.advanced?.cookiePrefix ?? "better-auth"}.`;
  }
  async open() {
    await this.#database.connect();
    await this.sql("set time zone 'UTC'");
  }
  close() { this.#store?.disconnect(); return this.#database.end(); }

  async begin(started) {
    // Accounts and sessions first: not every schema's go with their user.
    await this.sql([...this.tables].reverse().map((table) => `delete from {${table}}`).join(";"));
    if (this.options.apiKey) await this.sql("delete from apikey");
    await this.#store?.flushdb();
    this.names = new Names(this, started);
    this.trace = [];
    this.#own = [];
    this.#scenario++;
    this.#visits = 0;
    this.roams = false;
    if (args.checks) for (const what of ["asked", "say"]) await this.#checks(what, what === "say" ? {} : undefined);
    this.#mailsBefore = this.#mailed().length;
    return this;
  }
  #mailed() {
    if (!this.#mails || !existsSync(this.#mails)) return [];
    return readFileSync(this.#mails, "utf8").split("\n").slice(0, -1).map((line) => JSON.parse(line));
  }
  /** Mail number `count` of this scenario, once it was sent; its link, below the base path, as `path`. */
  async mail(count = 1) {
    for (let wait = 0; wait < 200; wait++) {
      const mail = this.#mailed()[this.#mailsBefore + count - 1];
      if (mail) return { ...mail, path: mail.url?.slice(mail.url.indexOf(this.base) + this.base.length) };
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`mail ${count} was not sent within 5 seconds`);
  }
  /** How many mails this scenario has sent so far, once the last request's has left. */
  async count() {
    await new Promise((resolve) => setTimeout(resolve, 100));
    return this.#mailed().length - this.#mailsBefore;
  }
  /** The code in the newest mail of a kind. */
  async code(kind) {
    await this.count();
    return this.#mailed().slice(this.#mailsBefore).findLast((mail) => mail.kind === kind).code;
  }
  /** Runs SQL on this server's database: for states that no request can bring about. */
  async sql(text, values) { return (await this.#database.query(this.filled(text), values)).rows; }
  /** The database's name of a model's table, or of a column of it. */
  named(model, field) {
    const { modelName, fields, additionalFields } = (model === "jwks" ? this.options.jwt?.schema?.jwks : ["twoFactor", "passkey"].includes(model) ? this.options[model]?.schema?.[model] : this.options[model]) ?? {};
    if (!field && model === "twoFactor" && this.options.twoFactor?.twoFactorTable) return this.options.twoFactor.twoFactorTable;
    return field ? (additionalFields?.[field]?.fieldName ?? fields?.[field] ?? field) : (modelName ?? model);
  }
  /** From now on every request of the scenario is from another address: no limit counts two of them together. */
  roam() { this.roams = true; }
  /** SQL whose places `{user}` and `{user.email}` are such names, quoted. */
  filled(text) {
    return text.replace(/\{(user|session|account|verification|jwks|rateLimit|twoFactor|passkey|organizationRole|organization|teamMember|team|member|invitation)(?:\.(\w+))?\}/g, (_, model, field) => pg.escapeIdentifier(this.named(model, field)));
  }

  /** The identifier that a scenario calls so and gives to a row by itself: `name`, or what is one where they are of another kind. */
  id(name) {
    if (!this.#own.includes(name)) this.#own.push(name);
    const number = 90_001 + this.#own.indexOf(name);
    return { text: name, uuid: `00000000-0000-4000-8000-0000000${number}`, serial: `${number}` }[this.ids];
  }

  jar() { return new Jar(); }
  signature(value) { return createHmac("sha256", this.secret).update(value).digest("base64"); }
  /** A value as the server signs it, before it is percent-encoded. */
  signed(value) { return `${value}.${this.signature(value)}`; }
  /** `name=value` of one of the server's cookies, e.g. of "session_token". */
  cookie(name, value) { return `${this.prefix}${name}=${value}`; }

  /**
   * Sends one request and records the answer. `path` is below the base path, `whole` is not. `json` is sent as JSON, `form`
   * as a form, `body` as it stands (null: a body of no bytes). A header that is null drops the default one. A POST carries
   * the server's own origin, as a browser's would. `as` stands for a path that differs from one server to the other; the
   * headers of `without` are not compared.
   */
  async request(method, path, { whole, as, json, form, body, headers = {}, jar, label = "", record = true, without = [] } = {}) {
    const sent = {
      ...(this.roams && { "x-forwarded-for": `203.${this.#scenario}.${this.#visits >> 8}.${this.#visits++ & 255}` }),
      ...(method === "POST" ? { origin: this.origin } : {}),
      ...(json !== undefined ? { "content-type": "application/json" } : {}),
      ...(form !== undefined ? { "content-type": "application/x-www-form-urlencoded" } : {}),
      ...(jar?.header(path) ? { cookie: jar.header(path) } : {}),
      ...headers,
    };
    for (const [key, value] of Object.entries(sent)) if (value === null || value === undefined) delete sent[key];
    const payload = json !== undefined ? JSON.stringify(json) : form !== undefined ? new URLSearchParams(form).toString() : body;
    const answer = await send(this.url, method, whole ?? this.base + path, { headers: sent, body: payload });
    jar?.absorb(answer.setCookie);
    answer.text = withSortedProfile(inOrder(this.#store ? withSortedSessions(answer.text) : answer.text));
    try { answer.json = JSON.parse(answer.text); } catch {}
    for (const key of Array.isArray(answer.json?.keys) ? answer.json.keys : []) this.names.keys.set(key.kid, key);
    if (record) this.trace.push({
      step: this.names.text(`${method} ${as ?? whole ?? path}${label && ` (${label})`}`),
      lines: this.#isRefusedRow(method, path, answer) ? ["a column or a constraint refuses the values"] : [
        `status ${answer.status}`,
        ...Object.keys(answer.headers).filter((h) => HEADERS.test(h) && !without.includes(h)).sort().map((h) => `${h}: ${this.names.header(h, answer.headers[h])}`),
        ...answer.setCookie.map((line) => `set-cookie: ${this.names.cookie(line)}`),
        // A page for people to look at may look otherwise.
        `body ${answer.headers["content-type"]?.includes("text/html") ? "<html>" : this.names.text(answer.text)}`,
      ],
    });
    return answer;
  }
  /** Whether the table refused an update: an empty 500 of better-auth, a code of gatepost (docs/DIFFERENCES.md). */
  #isRefusedRow(method, path, { status, text, json }) {
    if (method !== "POST" || !["/update-user", "/update-session"].includes(path)) return false;
    if (this.isReference) return status === 500 && text === "";
    const code = { 400: "VALUE_NOT_STORABLE", 422: path === "/update-user" ? "FAILED_TO_UPDATE_USER" : "FAILED_TO_UPDATE_SESSION" }[status];
    return code !== undefined && json?.code === code;
  }
  get(path, options) { return this.request("GET", path, options); }
  post(path, json, options) { return this.request("POST", path, { json, ...options }); }

  /** Signs a new user up, unrecorded; the jar holds the session. */
  async user(email = "ada@example.com", extra = {}) {
    const jar = this.jar();
    const { json, status, text } = await this.post("/sign-up/email", { name: "Ada", email, password: PASSWORD, ...extra }, { jar, record: false });
    if (status !== 200) throw new Error(`sign-up of ${email} answered ${status} ${text}`);
    return { jar, email, password: PASSWORD, ...json };
  }
  /** The authenticator app that scanned a URI: its code of this time step, or of one so many later. No step ends meanwhile. */
  async app(uri, later = 0) {
    const { searchParams } = new URL(uri);
    const [period, digits] = [Number(searchParams.get("period")), Number(searchParams.get("digits"))];
    const left = period * 1_000 - (Date.now() % (period * 1_000));
    if (left < 5_000) await new Promise((resolve) => setTimeout(resolve, left));
    const bits = [...searchParams.get("secret")].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
    const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
    const step = Buffer.alloc(8);
    step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 1_000 / period) + later));
    const hash = createHmac("sha1", key).update(step).digest();
    return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 10 ** digits).padStart(digits, "0");
  }
  /** Lets codes be used once more, which gatepost alone counts. */
  async again() { await this.sql("delete from {verification} where {verification.value} like 'used:%'"); }
  /** Asks the scripted provider for what only it knows. */
  async provider(path, json) {
    const answer = await fetch(args.provider + path, json && { method: "POST", body: JSON.stringify(json) });
    return answer.json();
  }
  /** Asks what stands in for the APIs of captchas and breached passwords: `asked`, or `say` with what is answered from now on. */
  async #checks(what, json) {
    const answer = await fetch(`${args.checks}/${this.isReference ? "theirs" : "ours"}/${what}`, json && { method: "POST", body: JSON.stringify(json) });
    return answer.json();
  }
  say(answer) { return this.#checks("say", answer); }
  /** Records what this server has asked of such an API since the last call. */
  async checked() {
    const asked = await this.#checks("asked");
    this.trace.push({ step: "asked of an API", lines: asked.map((one) => JSON.stringify(one)) });
  }
  /** The requests of this server to a token endpoint with a code. */
  async asked(code) {
    const all = await this.provider(`/asked?code=${encodeURIComponent(code)}`);
    const ours = all.filter(({ form }) => form.some(([name, value]) => name === "redirect_uri" && value.startsWith(this.url)));
    this.trace.push({ step: `asked with ${code}`, lines: ours.map((one) => this.names.text(JSON.stringify(one).replace(/"code_verifier","[\w-]{128}"/, '"code_verifier","<128>"'))) });
  }
  /** Records what this server has requested of token endpoints and user info with a code. */
  async requested(code) {
    const all = await this.provider(`/requests?code=${encodeURIComponent(code)}`);
    const own = all.filter(({ ours }) => ours !== this.isReference);
    // Better-auth writes Linear's query on many lines.
    const text = ({ ours, body, ...one }) => JSON.stringify({ ...one, body: body.replace(/(\\n|\\t|\s)+/g, " ").replace('" ', '"').replace(' "', '"') });
    this.trace.push({ step: `requested with ${code}`, lines: own.map((one) => this.names.text(text(one).replace(/code_verifier=[\w-]{128}/, "code_verifier=<128>"))) });
  }
  /** Begins a flow and returns the state that the provider was given; the jar then has the flow's cookie. */
  async start(provider, json, options = {}) {
    const { json: answer } = await this.post(options.path ?? "/sign-in/social", { provider, ...json }, options);
    return new URL(answer.url).searchParams.get("state");
  }
  /** The address to which a provider sends the browser back. */
  back(provider, members, options) {
    return this.get(`/callback/${provider}?${new URLSearchParams(members)}`, options);
  }
  /** A whole flow: begins, and comes back with this code. */
  async come(provider, code, json = {}, { jar = this.jar(), path, record = true } = {}) {
    const state = await this.start(provider, json, { jar, path, record });
    const answer = await this.back(provider, { code, state }, { jar, record });
    return { jar, state, answer };
  }
  note(step, ...values) { this.trace.push({ step, lines: values.map((value) => JSON.stringify(value)) }); }

  /** The rows of keys: of the private halves only how they are stored, and how long they are where that does not vary. */
  async #keys() {
    const members = (jwk) => Object.entries(JSON.parse(jwk)).map(([name, value]) => `${name}:${value.length}`).join();
    const half = (text) => (text.startsWith("{") ? members(text) : /^"[0-9a-f]+"$/.test(text) ? `sealed, ${text.length > 1_000 ? "long" : text.length}` : text);
    // A view of the table has `xmin` as a column.
    const rows = (await this.sql("select * from {jwks} order by {jwks.createdAt}")).map(({ xmin, ...row }) => row);
    const [publicKey, privateKey, createdAt] = ["publicKey", "privateKey", "createdAt"].map((field) => this.named("jwks", field));
    const row = (row) => this.names.row({ ...row, [publicKey]: members(row[publicKey]), [privateKey]: half(row[privateKey]) });
    // A key may be of an earlier scenario, which was sooner over on one side than on the other: its age is shown in whole hours.
    const aged = (_, name, seconds) => `${name}"<${Math.round(Math.abs(seconds) / 3_600)} hours old>"`;
    const told = rows.map((found) => row(found).replace(new RegExp(`("${createdAt}":)"<now(\\+0|-\\d+)s>"`), aged));
    this.trace.push({ step: "rows of jwks", lines: told });
  }

  /** Sends a command to this server's store: `key` is without the prefix. */
  store(command, key, ...rest) { return this.#store.call(command, `better-auth:${key}`, ...rest); }

  /** The entries of the store: keys, values, and until when. Sessions first, the oldest first. */
  async #entries() {
    const keys = (await this.#store.keys("*")).filter((key) => !/:(2fa-(used|sent|enrolling|distrusted)|email-otp-sent|phone-number-sent)-/.test(key));
    const entries = await Promise.all(keys.map(async (key) => ({
      key, value: (await this.#store.get(key)) ?? "", seconds: await this.#store.ttl(key),
      kind: ["better-auth:active-", "better-auth:revoked-", "better-auth:verification:"].findIndex((prefix) => key.startsWith(prefix)) + (key.includes("|") ? 9 : 0),
    })));
    const none = entries.filter(({ value }) => /"value":"none:\d+"/.test(value));
    for (const one of none) entries.splice(entries.indexOf(one), 1);
    const began = ({ value }) => /"createdAt":"([^"]*)/.exec(value)?.[1] ?? /"expiresAt":(\d+)/.exec(value)?.[1] ?? "";
    entries.sort((a, b) => a.kind - b.kind || began(a).localeCompare(began(b)) || a.key.length - b.key.length || a.key.localeCompare(b.key));
    this.trace.push({ step: "entries of the store", lines: entries.map(({ key, value, seconds }) => {
      return `${this.names.text(key.replace(HASH, "<hash>"))} = ${this.#told(value)} until ${seconds < 0 ? seconds : this.names.time(Date.now() + seconds * 1_000)}`;
    }) });
  }

  /** A value of the store. Where there is a row as well, members stand in its order by better-auth, and its id is among them. */
  #told(value) {
    // Since when sessions count is a number of milliseconds alone.
    if (/^\d{13}$/.test(value)) return this.names.time(Number(value));
    const inOrder = (object) => (this.besides ? sorted(object) : object);
    let json;
    try { json = JSON.parse(value); } catch {}
    if (json?.session) return this.names.text(JSON.stringify({ ...json, session: inOrder(json.session) }));
    if (!json?.identifier) return this.names.text(value);
    const { id, value: secret, ...rest } = json;
    return `${this.names.text(JSON.stringify(inOrder({ ...rest, value: "" })).replace(HASH, "<hash>"))} ${this.names.text(secret)}`;
  }

  async rows() {
    // Secrets are stored and mails leave after the answer: what is on its way arrives in a moment.
    if (this.#mails) await new Promise((resolve) => setTimeout(resolve, 100));
    if (this.options.jwt) await this.#keys();
    const value = this.named("verification", "value"), identifier = this.named("verification", "identifier");
    for (const table of this.tables) {
      // Rows are shown in the order in which they were written. Two rows can have the same millisecond, and the server may store
      // a new row instead of a deleted one. So the number of the writing transaction decides between equal times.
      const created = this.named(table, "createdAt");
      // A second factor has no time of its own, but its user has.
      const all = table === "twoFactor" ? "select t.* from {twoFactor} t join {user} u on t.{twoFactor.userId} = u.id order by u.{user.createdAt}" : `select *, xmin as "written by" from {${table}}`;
      const length = (row) => row[value].replace(ASKED, "").replace(COUNT, "$1").length;
      const longerFirst = (a, b) => (table === "verification" ? length(b) - length(a) : 0);
      // One statement may write a row and its count.
      const shorterNameFirst = (a, b) => (table === "verification" ? a[identifier].length - b[identifier].length : 0);
      const rows = (await this.sql(all)).sort((a, b) => (a[created] < b[created] ? -1 : a[created] > b[created] ? 1 : longerFirst(a, b) || a["written by"] - b["written by"] || shorterNameFirst(a, b)));
      // Views of the tables have `xmin` as a column.
      for (const row of rows) for (const name of ["written by", "xmin"]) delete row[name];
      // The key of a membership is made of identifiers, which differ.
      for (const row of table === "teamMember" ? rows : []) {
        const key = createHash("sha256").update(JSON.stringify([row.teamId, row.userId])).digest("base64url");
        row.membershipKey = row.membershipKey === key ? "<key>" : `<another key>`;
      }
      const codes = this.named("twoFactor", "backupCodes");
      const isOurs = (row) => (table === "verification" ? COUNTS.test(row[value]) || OURS.test(row[identifier]) : table === "twoFactor" && row[codes].length === NO_CODES);
      const shown = rows.filter((row) => !isOurs(row));
      this.trace.push({ step: `rows of ${table}`, lines: shown.map((row) => this.names.row(row)) });
    }
    if (this.#store) await this.#entries();
    const mails = this.#mailed().slice(this.#mailsBefore);
    // Mails leave on their own, in any order. The user and the request beside a mail are arguments of better-auth's functions, of which
    // the reference writes less; tests/accounts/mail_urls.rs has them, and sms_transports.rs the words of a text message.
    const sent = mails.map(({ user, locale, origin, text, ...mail }) => this.names.text(JSON.stringify(mail)));
    this.trace.push({ step: "mails", lines: sent.sort() });
  }
}

// ---------------------------------------------------------------- the comparison

async function run(server, scenario, started) {
  await server.begin(started);
  await scenario(server);
  if (!server.trace.length) throw new Error("the scenario recorded nothing");
  await server.rows();
  return server.trace;
}

function differences(reference, target) {
  const found = [];
  for (let i = 0; i < Math.max(reference.length, target.length); i++) {
    const [want, got] = [reference[i], target[i]];
    if (want && got && want.step === got.step && want.lines.join("\n") === got.lines.join("\n")) continue;
    found.push(`${i + 1}. ${want?.step ?? got.step}${want && got && want.step !== got.step ? ` / ${got.step}` : ""}`);
    // Lines that the other side lacks; all of them where only their order differs.
    const missing = (lines = [], others = []) => lines.filter((line) => !others.includes(line));
    let [onlyWant, onlyGot] = [missing(want?.lines, got?.lines), missing(got?.lines, want?.lines)];
    if (!onlyWant.length && !onlyGot.length) [onlyWant, onlyGot] = [want?.lines ?? [], got?.lines ?? []];
    for (const line of onlyWant) found.push(`   reference  ${line}`);
    for (const line of onlyGot) found.push(`   target     ${line}`);
  }
  return found;
}

const folder = resolve(args.scenarios);
const options = {};
for (const file of args.options ?? [resolve(folder, "options.json")])
  for (const [section, more] of Object.entries(existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {}))
    options[section] = Object(more) === more && !Array.isArray(more) ? { ...options[section], ...more } : more;
const reference = new Server(args.reference, args["reference-db"], options, args.secret, args["reference-mails"], args["reference-store"]);
const target = new Server(args.target, args["target-db"], options, args.secret, args["target-mails"], args["target-store"]);
await Promise.all([reference.open(), target.open()]);

let passed = 0, failed = 0;
for (const file of readdirSync(folder).filter((f) => f.endsWith(".mjs")).sort()) {
  const { default: scenarios, needs } = await import(pathToFileURL(resolve(folder, file)));
  // Scenarios that are about a section of the options have nothing to compare where there is none. Nor has a file without any.
  if (!scenarios || (needs && !options[needs])) continue;
  for (const [name, scenario] of Object.entries(scenarios)) {
    const title = `${args.title ?? basename(folder)} / ${basename(file, ".mjs")} / ${name}`;
    if (!args.only.some((part) => title.includes(part))) continue;
    // A scenario that breaks on both sides alike has compared nothing, so it counts as a difference.
    // Both count from one moment: a time that a scenario writes out is equally far from it on both sides.
    const started = Date.now();
    const [want, got] = await Promise.allSettled([reference, target].map((server) => run(server, scenario, started)));
    const broken = [["reference", want], ["target", got]].filter(([, r]) => r.status === "rejected")
      .map(([side, r]) => `broke on the ${side}: ${r.reason?.message || r.reason}`);
    const found = broken.length ? broken : differences(want.value, got.value);
    if (found.length) failed++; else passed++;
    console.log(`${found.length ? "DIFFERS" : "same   "}  ${title}`);
    for (const line of found.slice(0, 40)) console.log(`    ${line}`);
    if (found.length > 40) console.log(`    and ${found.length - 40} lines more`);
    if (args.verbose) for (const { step, lines } of want.value ?? []) console.log([`    ${step}`, ...lines].join("\n      "));
  }
}
await Promise.all([reference.close(), target.close()]);
if (passed + failed === 0) { console.error(`no scenario in ${folder} matches '${args.only.join("', '")}'`); failed++; }
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
