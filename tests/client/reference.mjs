// The reference server: better-auth 1.7.25 on Node with pg. What gatepost is compared with, and measured against.
//
//   DATABASE_URL        the Postgres database; its schema is created at start unless MIGRATE=0. Without it there is none
//   BETTER_AUTH_SECRET  the secret shared with the server it is compared with
//   PORT                0 or absent takes a free one
//   OPTIONS             JSON, better-auth's options, merged into the ones below section by section. Where the name of a
//                       callback that sends a mail is true, there is one; with the names of plugins there are those plugins
//   SECONDARY_STORAGE   the URL of a Redis, with better-auth's own package in front of it; without it there is none
//   FETCH_REWRITE       JSON, {"https://github.com": "http://127.0.0.1:…"}: what begins with a key is asked there instead, so
//                       that a scripted provider stands for a real one
//   SCHEMA              JSON, better-auth's options that name tables, columns and identifiers; those of `jwks`, and of the columns in `features`, are the plugins'
//   MAIL_FILE           has every mail as a line of JSON, as gatepost's own file transport writes it; without it those
//                       mails do not exist that exist wherever gatepost has a transport
//
// Prints `listening on http://localhost:PORT` once it answers. SIGUSR2 prints process.cpuUsage() as a line of JSON.
// Stops on SIGTERM, and when a piped stdin closes: so it never outlives the test that started it.
import { fstatSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { createServer } from "node:http";

const rewrites = Object.entries(JSON.parse(process.env.FETCH_REWRITE || "{}"));
const { fetch } = globalThis;
globalThis.fetch = (input, init) => {
  const [from, to] = rewrites.find(([from]) => String(input?.url ?? input).startsWith(from)) ?? ["", ""];
  return fetch(from ? to + String(input?.url ?? input).slice(from.length) : input, init);
};

// Read when better-auth is loaded, hence the dynamic imports below. Development relaxes the client's address and /error.
process.env.NODE_ENV ??= "production";
const { default: pg } = await import("pg");
const { betterAuth } = await import("better-auth");
const { getMigrations } = await import("better-auth/db/migration");
const { toNodeHandler } = await import("better-auth/node");
const { admin, anonymous, bearer, captcha, createAccessControl, emailOTP, genericOAuth, haveIBeenPwned, jwt, lastLoginMethod, magicLink, multiSession, oneTap, oneTimeToken, openAPI, organization, phoneNumber, twoFactor, username } = await import("better-auth/plugins");
const { apiKey } = await import("@better-auth/api-key");
const { passkey } = await import("@better-auth/passkey");
const { redisStorage } = await import("@better-auth/redis-storage");
const { Redis } = await import("ioredis");

process.on("SIGTERM", () => process.exit(0));
process.on("SIGUSR2", () => console.log(JSON.stringify(process.cpuUsage())));
// A terminal or /dev/null is no parent: only a pipe's end means that one went away.
const stdin = fstatSync(0);
if (stdin.isFIFO() || stdin.isSocket()) process.stdin.on("end", () => process.exit(0)).on("error", () => process.exit(0)).resume();

const isSection = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const merged = (base, extra) => {
  const all = { ...base };
  for (const [key, value] of Object.entries(extra)) all[key] = isSection(value) && isSection(base[key]) ? { ...base[key], ...value } : value;
  return all;
};

// The port is part of the base URL, so the socket is bound first and answers only once there is a handler.
const server = createServer();
await new Promise((resolve, reject) => server.once("error", reject).listen(Number(process.env.PORT ?? 0), "127.0.0.1", resolve));
const origin = `http://localhost:${server.address().port}`;

const mails = process.env.MAIL_FILE;
const sends = (kind) => async ({ user, newEmail, url, token }) => {
  const mail = { kind, to: user.email, name: user.name, newEmail, url, token };
  if (mails) await appendFile(mails, JSON.stringify(mail) + "\n");
};
const given = JSON.parse(process.env.OPTIONS || "{}");
/** The plugins that have tables, and the columns that plugins add to others. */
const TABLES = { jwks: "jwt", twoFactor: "twoFactor", passkey: "passkey", organization: "organization", member: "organization", invitation: "organization", team: "organization", teamMember: "organization", organizationRole: "organization", apikey: "apiKey" };
const COLUMNS = {
  user: { isAnonymous: "anonymous", role: "admin", banned: "admin", banReason: "admin", banExpires: "admin", twoFactorEnabled: "twoFactor", username: "username", displayUsername: "username", phoneNumber: "phoneNumber", phoneNumberVerified: "phoneNumber" },
  session: { impersonatedBy: "admin", activeOrganizationId: "organization", activeTeamId: "organization" },
};
/** Gives a plugin the names of a table or of columns. The plugin's own options take precedence. */
const name = (plugin, table, { modelName, fields }) => {
  if (!given[plugin]) return;
  const own = given[plugin].schema?.[table];
  const names = { ...(modelName && { modelName }), ...own, fields: { ...fields, ...own?.fields } };
  given[plugin].schema = { ...given[plugin].schema, [table]: names };
};
for (const [section, names] of Object.entries(JSON.parse(process.env.SCHEMA || "{}")))
  if (section === "features") {
    if (given.lastLoginMethod) given.lastLoginMethod.schema ??= { user: { lastLoginMethod: names.lastLoginMethod } };
    for (const [table, columns] of Object.entries(COLUMNS))
      for (const [field, plugin] of Object.entries(columns)) if (names[field]) name(plugin, table, { fields: { [field]: names[field] } });
  } else if (TABLES[section]) name(TABLES[section], section, names);
  else given[section] = { ...given[section], ...names };
for (const [section, callback, kind] of [
  [given.user?.deleteUser, "sendDeleteAccountVerification", "delete-account"],
  [given.user?.changeEmail, "sendChangeEmailConfirmation", "change-email-confirmation"],
])
  if (section?.[callback]) section[callback] = sends(kind);

if (given.twoFactor?.otpOptions?.sendOTP)
  given.twoFactor.otpOptions.sendOTP = async ({ user, otp }) => {
    if (mails) await appendFile(mails, JSON.stringify({ kind: "two-factor-otp", to: user.email, name: user.name, code: otp }) + "\n");
  };

// Links and codes that sign in are mailed to addresses, which may have no user and so no name.
if (given.magicLink?.sendMagicLink)
  given.magicLink.sendMagicLink = async ({ email, url, token, metadata }) => {
    if (mails) await appendFile(mails, JSON.stringify({ kind: "magic-link", to: email, name: "", url, token, metadata }) + "\n");
  };
if (given.organization)
  given.organization.sendInvitationEmail = async ({ id, email, role, organization, inviter }) => {
    const invitation = { id, role, organization, inviterName: inviter.user.name, inviterEmail: inviter.user.email };
    if (mails) await appendFile(mails, JSON.stringify({ kind: "organization-invitation", to: email, name: "", token: id, invitation }) + "\n");
  };
if (given.emailOTP?.sendVerificationOTP)
  given.emailOTP.sendVerificationOTP = async ({ email, otp, type }) => {
    if (mails) await appendFile(mails, JSON.stringify({ kind: `${type}-otp`, to: email, name: "", code: otp }) + "\n");
  };

// So are codes in text messages, to numbers. A pattern stands for a function that makes an address or a name of a number.
const texts = (kind) => async ({ phoneNumber, code }) => {
  if (mails) await appendFile(mails, JSON.stringify({ kind, to: phoneNumber, code }) + "\n");
};
const filled = (pattern) => (number) => pattern.replaceAll("{phone_number}", number).replaceAll("{digits}", number.slice(1));
if (given.phoneNumber) {
  const { phoneNumber: own } = given;
  if (own.sendOTP) own.sendOTP = texts("phone-number-otp");
  if (own.sendPasswordResetOTP) own.sendPasswordResetOTP = texts("phone-number-password-reset-otp");
  for (const name of Object.keys(own.signUpOnVerification ?? {})) own.signUpOnVerification[name] = filled(own.signUpOnVerification[name]);
  // gatepost takes numbers of this form alone (docs/DIFFERENCES.md).
  own.phoneNumberValidator = (number) => /^\+[1-9][0-9]{6,14}$/.test(number);
}

// The plugin's options where a configuration is about tokens; what is a function there is a name or a list of names here.
const { jwt: tokens, genericOAuth: generic, openAPI: described, lastLoginMethod: last, username: names, twoFactor: factors, captcha: robots, haveIBeenPwned: breaches, admin: administration, multiSession: several, magicLink: mailedLinks, emailOTP: mailedCodes, phoneNumber: phones, oneTap: tapped, oneTimeToken: handedOver, anonymous: guests, apiKey: keys, passkey: passkeys, organization: clubs, ...rest } = given;
// Members of profiles are given as their paths.
const at = (path) => (profile) => path.split(".").reduce((found, name) => found?.[name], profile);
for (const client of [...Object.values(given.socialProviders ?? {}), ...(generic ?? [])]) {
  const { mapProfileToUser: mapping, accountSubject: subject } = client;
  if (mapping) client.mapProfileToUser = (profile) => Object.fromEntries(Object.entries(mapping).map(([field, path]) => [field, at(path)(profile)]));
  if (subject) client.accountSubject = ({ profile }) => at(subject)(profile);
}
// Roles are given as their statements.
for (const plugin of [administration, clubs]) {
  if (!plugin?.roles) continue;
  const ac = createAccessControl(Object.assign({}, ...Object.values(plugin.roles)));
  plugin.roles = Object.fromEntries(Object.entries(plugin.roles).map(([name, statements]) => [name, ac.newRole(statements)]));
  // Roles that organizations make need it.
  if (plugin.dynamicAccessControl) plugin.ac = ac;
}
const pick = (names) => ({ user }) => Object.fromEntries(names.map((name) => [name, user[name]]));
if (tokens?.jwt?.definePayload) tokens.jwt.definePayload = pick(tokens.jwt.definePayload);
if (tokens?.jwt?.getSubject) tokens.jwt.getSubject = ((name) => ({ user }) => user[name])(tokens.jwt.getSubject);

const options = merged(
  {
    baseURL: origin,
    secret: process.env.BETTER_AUTH_SECRET,
    // Without one everything is in this process's memory, and sessions are in cookies.
    ...(process.env.DATABASE_URL && { database: new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 }) }),
    ...(process.env.SECONDARY_STORAGE && { secondaryStorage: redisStorage({ client: new Redis(process.env.SECONDARY_STORAGE) }) }),
    emailAndPassword: { enabled: true, ...(mails && { sendResetPassword: sends("reset-password") }) },
    // The plugin's own sender of codes gives way to one that is here.
    emailVerification: { ...(mails && !given.emailOTP?.overrideDefaultEmailVerification && { sendVerificationEmail: sends("verify-email") }) },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    // Sections in gatepost, in this order.
    plugins: [...(tokens ? [jwt(tokens)] : []), ...(generic ? [genericOAuth({ config: generic })] : []), ...(names ? [username(names)] : []), ...(last ? [lastLoginMethod(last)] : []), ...(administration ? [admin(administration)] : []), ...(clubs ? [organization(clubs)] : []), ...(factors ? [twoFactor(factors)] : []), ...(robots ? [captcha(robots)] : []), ...(breaches ? [haveIBeenPwned(breaches)] : []), ...(several ? [multiSession(several)] : []), ...(mailedLinks ? [magicLink(mailedLinks)] : []), ...(mailedCodes ? [emailOTP(mailedCodes)] : []), ...(phones ? [phoneNumber(phones)] : []), ...(tapped ? [oneTap(tapped)] : []), ...(handedOver ? [oneTimeToken(handedOver)] : []), ...(guests ? [anonymous(guests)] : []), ...(keys ? [apiKey(keys)] : []), ...(passkeys ? [passkey(passkeys)] : []), bearer(), ...(described ? [openAPI(described)] : [])],
    // Standard output belongs to the lines named above, and a parent that reads no more must not block the server.
    logger: { disabled: true },
  },
  rest,
);
if (process.env.DATABASE_URL && process.env.MIGRATE !== "0") await (await getMigrations(options)).runMigrations();
server.on("request", toNodeHandler(betterAuth(options)));
// Tests cause refusals of the database on purpose: thousands of lines that would hide other failures.
console.error = () => {};
console.log(`listening on ${origin}`);
