// Prints the options that better-auth 1.7.25 takes, a path on each line, as its types declare them: what is an object has its
// members below it, what is a function, a list or a class is one option. `social.*` are the options of all providers,
// `fields.*` those of an additional field.
import { readFileSync } from "node:fs";

const read = (file) => readFileSync(new URL(`node_modules/${file}`, import.meta.url), "utf8").replace(/\/\*[\s\S]*?\*\//g, "").replace(/=>/g, "→");

/** The body of a declaration, from the brace behind its name. */
function body(text, name) {
  const at = text.search(new RegExp(`(interface|type) ${name}\\b`));
  if (at < 0) throw new Error(`there is no type ${name}`);
  return text.slice(text.indexOf("{", text.startsWith("interface", at) ? at : text.indexOf("=", at)));
}

/** The members of the object type that begins at `text[0]`, as [name, type]. */
function members(text) {
  const found = [];
  let depth = 0, start = 1;
  for (let at = 0; at < text.length; at++) {
    if ("{([<".includes(text[at])) depth++;
    if ("})]>".includes(text[at])) depth--;
    if ((text[at] === ";" && depth === 1) || depth === 0) {
      const member = /^\s*(?:readonly )?(\w+)\??:([\s\S]*)$/.exec(text.slice(start, at));
      if (member) found.push([member[1], member[2].trim()]);
      start = at + 1;
    }
    if (depth === 0) return found;
  }
  throw new Error("a type does not end");
}

/** Object types that stand in a type outside of parameters, lists and generic arguments. */
function objects(type) {
  const found = [];
  if (type.includes("→") && !/^\(?\s*\{/.test(type) && !/[|&]\s*\{/.test(type.replace(/\([^()]*\)/g, ""))) return found;
  let depth = 0;
  for (let at = 0; at < type.length; at++) {
    if (type[at] === "→") return found;
    if (type[at] === "{" && depth === 0) found.push(type.slice(at));
    if ("{[<".includes(type[at])) depth++;
    if ("}]>".includes(type[at])) depth--;
  }
  return found;
}

const paths = new Set();
function walk(prefix, list) {
  for (const [name, type] of list) {
    const path = prefix ? `${prefix}.${name}` : name;
    const below = objects(type);
    const inner = below.flatMap((one) => members(one));
    if (inner.length) walk(path, inner);
    else paths.add(path);
  }
}

const core = "@better-auth/core/dist", plugins = "better-auth/dist/plugins";
const init = read(`${core}/types/init-options.d.mts`);
walk("", members(body(init, "BetterAuthOptions")));
walk("advanced", members(body(init, "BetterAuthAdvancedOptions")));
walk("baseURL", members(body(init, "DynamicBaseURLConfig")));
const rate = init.slice(init.indexOf("type BetterAuthRateLimitOptions"));
walk("rateLimit", [...members(body(init, "BetterAuthRateLimitRule")), ...members(rate.slice(rate.indexOf("{")))]);
const table = members(body(init, "BetterAuthDBOptions"));
for (const model of ["user", "session", "account", "verification"]) walk(model, table);
walk("rateLimit", table.filter(([name]) => name !== "additionalFields"));
const fields = read(`${core}/db/type.d.mts`);
walk("fields.*", [["type", "string"], ...members(body(fields, "DBFieldAttributeConfig"))]);
walk("social.*", members(body(read(`${core}/oauth2/oauth-provider.d.mts`), "ProviderOptions")));
const own = { apple: "Apple", discord: "Discord", facebook: "Facebook", gitlab: "Gitlab", google: "Google", "microsoft-entra-id": "Microsoft", twitch: "Twitch", atlassian: "Atlassian", cognito: "Cognito", dropbox: "Dropbox", line: "Line", paybin: "Paybin", paypal: "PayPal", reddit: "Reddit", roblox: "Roblox", salesforce: "Salesforce", tiktok: "Tiktok", vercel: "Vercel", wechat: "WeChat", zoom: "Zoom" };
for (const [file, name] of Object.entries(own))
  walk(`social.${name.toLowerCase()}`, members(body(read(`${core}/social-providers/${file}.d.mts`), `${name}Options`)));
walk("genericOAuth", members(body(read(`${plugins}/generic-oauth/types.d.mts`), "GenericOAuthConfig")));
walk("jwt", members(body(read(`${plugins}/jwt/types.d.mts`), "JwtOptions")));
walk("bearer", members(body(read(`${plugins}/bearer/index.d.mts`), "BearerOptions")));
walk("admin", members(body(read(`${plugins}/admin/types.d.mts`), "AdminOptions")));
walk("username", members(body(read(`${plugins}/username/index.d.mts`), "UsernameOptions")));
walk("lastLoginMethod", members(body(read(`${plugins}/last-login-method/index.d.mts`), "LastLoginMethodOptions")));
const captcha = read(`${plugins}/captcha/types.d.mts`);
for (const type of ["BaseCaptchaOptions", "GoogleRecaptchaOptions", "CloudflareTurnstileOptions", "HCaptchaOptions", "CaptchaFoxOptions", "VercelBotIdOptions"])
  walk("captcha", members(body(captcha, type)));
walk("haveIBeenPwned", members(body(read(`${plugins}/haveibeenpwned/index.d.mts`), "HaveIBeenPwnedOptions")));
walk("multiSession", members(body(read(`${plugins}/multi-session/index.d.mts`), "MultiSessionConfig")));
walk("twoFactor", members(body(read(`${plugins}/two-factor/types.d.mts`), "TwoFactorOptions")).filter(([name]) => !/^(totp|otp|backupCode)Options$/.test(name)));
for (const [name, folder, type] of [["totpOptions", "totp", "TOTPOptions"], ["otpOptions", "otp", "OTPOptions"], ["backupCodeOptions", "backup-codes", "BackupCodeOptions"]])
  walk(`twoFactor.${name}`, members(body(read(`${plugins}/two-factor/${folder}/index.d.mts`), type)));
walk("emailOTP", members(body(read(`${plugins}/email-otp/types.d.mts`), "EmailOTPOptions")));
walk("phoneNumber", members(body(read(`${plugins}/phone-number/types.d.mts`), "PhoneNumberOptions")));
walk("oneTap", members(body(read(`${plugins}/one-tap/index.d.mts`), "OneTapOptions")));
walk("oAuthProxy", members(body(read(`${plugins}/oauth-proxy/index.d.mts`), "OAuthProxyOptions")));
walk("organization", members(body(read(`${plugins}/organization/types.d.mts`), "OrganizationOptions")));
walk("oneTimeToken", members(body(read(`${plugins}/one-time-token/index.d.mts`), "OneTimeTokenOptions")));
walk("anonymous", members(body(read(`${plugins}/anonymous/types.d.mts`), "AnonymousOptions")));
const passkey = read("@better-auth/passkey/dist/index-B7Y0IgKK.d.mts");
walk("passkey", members(body(passkey, "PasskeyOptions")).filter(([name]) => !/^(registration|authentication|authenticatorSelection)$/.test(name)));
for (const [name, type] of [["registration", "PasskeyRegistrationOptions"], ["authentication", "PasskeyAuthenticationOptions"]])
  walk(`passkey.${name}`, members(body(passkey, type)));
// Of the types of WebAuthn.
for (const name of ["authenticatorAttachment", "requireResidentKey", "residentKey", "userVerification"]) paths.add(`passkey.authenticatorSelection.${name}`);
walk("magicLink", members(body(read(`${plugins}/magic-link/index.d.mts`), "MagicLinkOptions")));
walk("apiKey", members(body(read("@better-auth/api-key/dist/types-y22rgFHR.d.mts"), "ApiKeyConfigurationOptions")));
walk("openAPI", members(body(read(`${plugins}/open-api/index.d.mts`), "OpenAPIOptions")));
walk("secondaryStorage", members(body(read("@better-auth/redis-storage/dist/index.d.mts"), "RedisStorageConfig")));
for (const path of [...paths].sort()) console.log(path);
