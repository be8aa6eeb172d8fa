//! Shapes of `auth.ts` that public projects have: how options come together, and what the reader makes of each.

use gatepost_cli::import::report::{Class, Verdict};

use super::robust::{entry, options, report};

/// The text of the file that is written.
fn toml(files: &[(&str, &str)]) -> String {
    let found = report(files);
    found.toml.clone().unwrap_or_else(|| panic!("{found}"))
}

const HEAD: &str =
    "import { Pool } from \"pg\";\nconst database = new Pool({ connectionString: process.env.DATABASE_URL });\n";

#[test]
fn a_helper_reads_variables_and_refuses_missing_ones() {
    let text = r#"
const required = (name: string): string => {
  const value = process.env[name]?.trim();
  if (!value) throw new Error(`${name} is missing`);
  return value;
};
function optional(env: Record<string, string | undefined> = process.env, key: string, otherwise = "") { return env[key] ?? otherwise; }
"#;
    let files = [(
        "auth.ts",
        &*(HEAD.to_owned()
            + text
            + &options(
                "{ database, secret: required(\"COOKIE_SECRET\"), baseURL: required(\"PUBLIC_ADDRESS\").replace(/\\/$/, \"\"), appName: optional(process.env, \"NAME\", \"Tidewater\"), emailAndPassword: { enabled: true } }",
            )),
    )];
    let found = report(&files);
    assert!(entry(&found, "secret").1.contains("from COOKIE_SECRET"), "{found}");
    assert!(entry(&found, "baseURL").1.contains("from PUBLIC_ADDRESS"), "{found}");
    assert!(found.toml.as_deref().is_some_and(|toml| toml.contains("app_name = \"Tidewater\"")), "{found}");
    assert_eq!(found.verdict, Verdict::SwitchesWith, "the name stands in a variable, whose default is taken: {found}");
}

#[test]
fn plugins_are_pushed_onto_a_list_some_under_a_condition() {
    let text = r#"
import { admin, bearer, captcha, openAPI, twoFactor } from "better-auth/plugins";
const plugins: BetterAuthPlugin[] = [bearer()];
plugins.push(openAPI());
if (process.env.NODE_ENV === "production") { plugins.push(twoFactor({ issuer: "Harbour" })); }
if (process.env.CAPTCHA) plugins.push(captcha({ provider: "hcaptcha", secretKey: process.env.HCAPTCHA_SECRET! }));
"#;
    let found = report(&[("auth.ts", &(HEAD.to_owned() + text + &options("{ database, plugins }")))]);
    assert_eq!(entry(&found, "plugins.bearer").0, Class::Carried, "{found}");
    assert_eq!(entry(&found, "plugins.openAPI").0, Class::Carried, "{found}");
    assert_eq!(entry(&found, "plugins.twoFactor.issuer").0, Class::Carried, "{found}");
    let (class, says) = entry(&found, "plugins.captcha");
    assert!(class == Class::NotUnderstood && says.contains("CAPTCHA"), "{found}");
    assert_eq!(found.verdict, Verdict::DoesNotSwitch, "a captcha that may be there protects: {found}");
}

#[test]
fn options_at_the_wrong_place_are_ignored_as_by_better_auth() {
    let text = options(
        "{ database, trustHost: true, cookies: { sessionToken: { secure: true } }, advanced: { trustedOrigins: [\"https://a.example\"], cookiePrefix: \"harbour\" }, session: { maxAge: 60 } }",
    );
    let found = report(&[("auth.ts", &(HEAD.to_owned() + &text))]);
    for option in ["trustHost", "cookies", "advanced.trustedOrigins", "session.maxAge"] {
        assert_eq!(entry(&found, option).0, Class::Ignored, "{found}");
    }
    assert_eq!(entry(&found, "advanced.cookiePrefix").0, Class::Carried, "{found}");
    assert_eq!(found.verdict, Verdict::Switches, "a warning stops nothing: {found}");
}

#[test]
fn options_of_a_function_of_another_file_are_followed_and_completed() {
    let files = [
        (
            "src/config.ts",
            "import { Pool } from \"pg\";\nexport const createConfig = (env: Bindings, more: { trustedOrigins?: string[] } = {}) => ({ secret: env.AUTH_KEY, database: new Pool({ connectionString: env.DATABASE_URL }), trustedOrigins: more.trustedOrigins ?? [], session: { expiresIn: 60 * 60 * 24 * 2 } });\n",
        ),
        (
            "src/auth.ts",
            "import { betterAuth } from \"better-auth\";\nimport { createConfig } from \"./config\";\nexport const auth = (env: Bindings) => betterAuth({ ...createConfig(env, { trustedOrigins: [\"https://pier.example\", env.SITE] }), emailAndPassword: { enabled: true, disableSignUp: false } });\n",
        ),
        (
            "src/index.ts",
            "import { auth } from \"./auth\";\nimport { Hono } from \"hono\";\nconst app = new Hono();\napp.on(\"GET\", \"/api/auth/*\", (c) => auth(c.env).handler(c.req.raw));\n",
        ),
    ];
    let found = report(&files);
    assert!(entry(&found, "secret").1.contains("from AUTH_KEY"), "{found}");
    assert!(entry(&found, "trustedOrigins[1]").1.contains("SITE"), "{found}");
    let toml = found.toml.unwrap_or_default();
    assert!(
        toml.contains("trusted_origins = [\"https://pier.example\"]") && toml.contains("expires_in = \"2d\""),
        "{toml}"
    );
}

#[test]
fn a_provider_is_there_if_its_variables_are() {
    let text = r#"
const google = process.env.GOOGLE_CLIENT_ID && process.env.GOOGLE_CLIENT_SECRET
  ? { clientId: process.env.GOOGLE_CLIENT_ID, clientSecret: process.env.GOOGLE_CLIENT_SECRET, prompt: "consent" as const }
  : undefined;
"#;
    let found = report(&[(
        "auth.ts",
        &(HEAD.to_owned()
            + text
            + &options("{ database, ...(google === undefined ? {} : { socialProviders: { google } }) }")),
    )]);
    assert!(!found.entries.iter().any(|entry| entry.class == Class::NotUnderstood), "{found}");
    assert!(
        found.toml.as_deref().is_some_and(|toml| toml.contains("[social.google]\nprompt = \"consent\"")),
        "{found}"
    );
}

#[test]
fn nested_constants_of_an_alias_are_destructured() {
    let files = [
        (
            "tsconfig.json",
            "{ // paths\n \"compilerOptions\": { \"baseUrl\": \".\", \"paths\": { \"@constants\": [\"./src/constants/index.ts\"], \"#db/*\": [\"./src/db/*\"], } } }",
        ),
        (
            "src/constants/index.ts",
            "const constants = { auth: { secret: process.env.SECRET_OF_AUTH, baseURL: process.env.BETTER_AUTH_URL, lengths: { min: 12 } } } as const;\nexport default constants;\n",
        ),
        (
            "src/db/schema.ts",
            "import { pgTable, text, boolean, timestamp } from \"drizzle-orm/pg-core\";\nexport const people = pgTable(\"people\", { id: text(\"id\").primaryKey(), name: text(\"name\"), email: text(\"mail\"), emailVerified: boolean(\"verified\"), image: text(\"image\"), createdAt: timestamp(\"created\"), updatedAt: timestamp(\"updated\") });\nexport const auth = { user: people };\n",
        ),
        (
            "src/lib/auth.ts",
            "import { betterAuth } from \"better-auth\";\nimport { drizzleAdapter } from \"better-auth/adapters/drizzle\";\nimport constants from \"@constants\";\nimport * as schema from \"#db/schema\";\nconst { auth: { secret, baseURL, lengths: { min = 8 } } } = constants;\nexport const auth = betterAuth({ secret, baseURL, database: drizzleAdapter({}, { provider: \"pg\", schema: schema.auth }), emailAndPassword: { enabled: true, minPasswordLength: min } });\n",
        ),
    ];
    let found = report(&files);
    assert!(entry(&found, "secret").1.contains("SECRET_OF_AUTH"), "{found}");
    let toml = found.toml.unwrap_or_default();
    assert!(toml.contains("min_password_length = 12"), "{toml}");
    assert!(toml.contains("[schema.user]\nmodel_name = \"people\"\nfields = { email = \"mail\", email_verified = \"verified\", created_at = \"created\", updated_at = \"updated\" }"), "{toml}");
}

#[test]
fn other_databases_are_refused_by_their_names() {
    for (head, database, name) in [
        (
            "import { mongodbAdapter } from \"better-auth/adapters/mongodb\";\nimport { MongoClient } from \"mongodb\";\nconst client = new MongoClient(process.env.MONGODB_URI!);\n",
            "mongodbAdapter(client.db())",
            "MongoDB",
        ),
        (
            "import { drizzleAdapter } from \"better-auth/adapters/drizzle\";\nimport { drizzle } from \"drizzle-orm/d1\";\nimport { env } from \"cloudflare:workers\";\nconst db = drizzle(env.DB);\n",
            "drizzleAdapter(db, { provider: \"sqlite\" })",
            "SQLite",
        ),
        ("import Database from \"better-sqlite3\";\n", "new Database(\"./sqlite.db\")", "SQLite"),
        (
            "import { LibsqlDialect } from \"@libsql/kysely-libsql\";\n",
            "{ dialect: new LibsqlDialect({ url: process.env.TURSO_URL }), type: \"sqlite\" }",
            "SQLite",
        ),
        ("import { env } from \"cloudflare:workers\";\n", "env.DB", "D1"),
        (
            "import { prismaAdapter } from \"better-auth/adapters/prisma\";\nimport { prisma } from \"./prisma\";\n",
            "prismaAdapter(prisma, { provider: \"mysql\" })",
            "MySQL",
        ),
    ] {
        let found = report(&[("auth.ts", &(head.to_owned() + &options(&format!("{{ database: {database} }}"))))]);
        assert_eq!((found.status(), found.toml.is_some()), (3, false), "{found}");
        let text = found.to_string();
        // Below the heading of reasons, above the verdict.
        let first = text.lines().nth(1).unwrap_or_default();
        assert!(first.contains(name) && first.contains("auth.ts:"), "{found}");
    }
}

#[test]
fn a_getter_a_ternary_and_an_enumeration_are_constants() {
    let text = r#"
enum Days { Week = 7, Month = 30 }
const limits = { get session() { return Days.Month * 24 * 60 * 60; } };
const isDevelopment = process.env.NODE_ENV !== "production";
"#;
    let all = options(
        "{ database, session: { expiresIn: limits.session }, advanced: { defaultCookieAttributes: { sameSite: isDevelopment ? \"lax\" : \"none\", secure: !isDevelopment } }, rateLimit: { enabled: !isDevelopment } }",
    );
    let written = toml(&[("auth.ts", &(HEAD.to_owned() + text + &all))]);
    assert!(written.contains("expires_in = \"30d\""), "{written}");
    assert!(written.contains("default_cookie_attributes.same_site = \"none\""), "{written}");
    assert!(!written.contains("[rate_limit]"), "the default does the same: {written}");
}

#[test]
fn hashes_of_bcrypt_and_a_hook_that_refuses_stop_it() {
    let head = "import bcrypt from \"bcrypt\";\nimport { APIError } from \"better-auth/api\";\n";
    let all = options(
        "{ database, emailAndPassword: { enabled: true, password: { hash: (p) => bcrypt.hash(p, 10), verify: ({ hash, password }) => bcrypt.compare(password, hash) } }, databaseHooks: { session: { create: { before: async (s) => { const { rows } = await database.query(\"select 1\"); if (!rows[0]) throw new APIError(\"FORBIDDEN\"); } } } } }",
    );
    let found = report(&[("auth.ts", &(HEAD.to_owned() + head + &all))]);
    assert!(
        entry(&found, "emailAndPassword.password").1.contains("bcrypt")
            || entry(&found, "emailAndPassword.password").0 == Class::Replaced,
        "{found}"
    );
    let (class, says) = entry(&found, "databaseHooks.session.create.before");
    assert!(
        class == Class::NeedsHook && says.starts_with("before a session is made") && says.contains("refuses"),
        "{found}"
    );
    assert_eq!(found.status(), 3, "{found}");
}

#[test]
fn a_wrapper_of_another_maker_around_the_options_is_not_understood() {
    let text = "import { betterAuth } from \"better-auth\";\nimport { withCloudflare } from \"better-auth-cloudflare\";\nexport const auth = betterAuth({ ...withCloudflare({ geolocationTracking: true }, { emailAndPassword: { enabled: true } }), appName: \"Jetty\" });\n";
    let found = report(&[("auth.ts", text)]);
    assert_eq!(entry(&found, "...").0, Class::NotUnderstood, "{found}");
    assert_eq!(entry(&found, "appName").0, Class::Carried, "{found}");
}

#[test]
fn origins_of_sets_urls_and_loops_are_known_as_far_as_they_are_fixed() {
    let text = r#"
const base = process.env.SITE_URL || "http://localhost:3050";
const fixed = [...new Set([new URL("https://quay.example/path").origin, "quay://", base].filter(Boolean))];
function ofMachine() { const found = new Set<string>(); for (const one of list()) { found.add(`http://${one}`); } return Array.from(found); }
"#;
    let found = report(&[(
        "auth.ts",
        &(HEAD.to_owned() + text + &options("{ database, trustedOrigins: [...fixed, ...ofMachine()] }")),
    )]);
    assert_eq!(entry(&found, "trustedOrigins[0]").0, Class::Carried, "{found}");
    assert!(entry(&found, "trustedOrigins[2]").1.contains("SITE_URL"), "{found}");
    assert_eq!(entry(&found, "trustedOrigins[3]").0, Class::NotUnderstood, "{found}");
    assert!(
        found.toml.as_deref().is_some_and(|toml| toml.contains("[\"https://quay.example\", \"quay://\"]")),
        "{found}"
    );
}

#[test]
fn a_class_and_a_default_export_with_a_cached_factory_are_found() {
    let files = [
        ("package.json", "{ \"name\": \"root\", \"workspaces\": [\"packages/*\"] }"),
        (
            "packages/auth/package.json",
            "{ \"name\": \"@pier/auth\", \"exports\": { \".\": { \"types\": \"./dist/index.d.ts\", \"default\": \"./src/index.ts\" } } }",
        ),
        (
            "packages/auth/src/index.ts",
            "import { cache } from \"react\";\nimport { betterAuth } from \"better-auth\";\nimport { lengths } from \"@pier/config/lengths\";\nimport { prismaAdapter } from \"better-auth/adapters/prisma\";\nexport default cache(function make() { return betterAuth({ database: prismaAdapter(db, { provider: \"postgresql\" }), emailAndPassword: { enabled: true, ...lengths } }); });\n",
        ),
        ("packages/config/package.json", "{ \"name\": \"@pier/config\", \"exports\": { \"./*\": \"./src/*.ts\" } }"),
        (
            "packages/config/src/lengths.ts",
            "export const lengths = { minPasswordLength: 9, maxPasswordLength: 90 } satisfies Record<string, number>;\n",
        ),
    ];
    let written = toml(&files);
    assert!(written.contains("min_password_length = 9\nmax_password_length = 90"), "{written}");
}

#[test]
fn commonjs_is_read_too() {
    let files = [
        (
            "config.js",
            "const HOUR = 3600;\nmodule.exports = { session: { expiresIn: 5 * HOUR } };\nexports.name = \"Mole\";\n",
        ),
        (
            "auth.js",
            "const { betterAuth } = require(\"better-auth\");\nconst { Pool } = require(\"pg\");\nconst config = require(\"./config\");\nconst { name } = require(\"./config\");\nexports.auth = betterAuth({ appName: name, session: config.session, database: new Pool() });\n",
        ),
    ];
    let written = toml(&files);
    assert!(written.contains("app_name = \"Mole\"") && written.contains("expires_in = \"5h\""), "{written}");
}

#[test]
fn a_service_without_a_database_and_one_without_options_are_read() {
    let found = report(&[(
        "auth.ts",
        &options(
            "{ socialProviders: { github: { clientId: process.env.GITHUB_CLIENT_ID!, clientSecret: process.env.GITHUB_CLIENT_SECRET! } } }",
        ),
    )]);
    assert_eq!(found.verdict, Verdict::Switches, "{found}");
    assert!(found.notes.iter().any(|note| note.contains("sessions live in cookies alone")), "{found}");
    let found =
        report(&[("auth.ts", "import { betterAuth } from \"better-auth\";\nexport const auth = betterAuth();\n")]);
    assert_eq!(found.verdict, Verdict::Switches, "{found}");
}

#[test]
fn an_origin_under_a_condition_is_not_trusted_without_it() {
    let text = options(
        "{ trustedOrigins: [process.env.SITE || \"https://quay.example\", `https://${process.env.HOST}`, ...(process.env.STAGING ? [\"https://staging.example\"] : []), ...(process.env.MORE ? process.env.MORE.split(\",\") : [])] }",
    );
    let found = report(&[("auth.ts", &text)]);
    assert!(
        entry(&found, "trustedOrigins[0]").1.ends_with("its default in the code is https://quay.example"),
        "{found}"
    );
    assert!(entry(&found, "trustedOrigins[1]").1.contains("the value is \"https://\" and HOST"), "{found}");
    assert_eq!(entry(&found, "trustedOrigins[2]").0, Class::NotUnderstood, "{found}");
    assert!(entry(&found, "trustedOrigins[3]").1.contains("MORE"), "{found}");
    assert!(found.toml.as_deref().is_some_and(|toml| !toml.contains("staging.example")), "{found}");
}

#[test]
fn providers_are_assigned_one_by_one_as_far_as_their_variables_are_there() {
    let text = r#"
const isDevelopment = process.env.ENVIRONMENT !== "PRODUCTION";
function providersOf() {
  const id = process.env.GOOGLE_CLIENT_ID?.trim();
  const secret = process.env.GOOGLE_CLIENT_SECRET?.trim();
  const found: Record<string, { clientId: string; clientSecret: string; appBundleIdentifier?: string }> = {};
  if (id && secret) { found.google = { clientId: id, clientSecret: secret }; }
  if (process.env.APPLE_CLIENT_ID && process.env.APPLE_CLIENT_SECRET) {
    found.apple = { clientId: process.env.APPLE_CLIENT_ID, clientSecret: process.env.APPLE_CLIENT_SECRET, ...(process.env.BUNDLE?.trim() ? { appBundleIdentifier: process.env.BUNDLE.trim() } : {}) };
  }
  return found;
}
const socialProviders = providersOf();
const hasProviders = Object.keys(socialProviders).length > 0;
"#;
    let all = options(
        "{ database, ...(hasProviders ? { socialProviders } : {}), advanced: { defaultCookieAttributes: { sameSite: isDevelopment ? \"lax\" : \"none\" } } }",
    );
    let found = report(&[("auth.ts", &(HEAD.to_owned() + text + &all))]);
    assert!(!found.entries.iter().any(|entry| entry.class == Class::NotUnderstood), "{found}");
    assert!(entry(&found, "socialProviders.google (condition)").1.contains("same condition"), "{found}");
    assert!(entry(&found, "socialProviders.apple.appBundleIdentifier").1.contains("BUNDLE"), "{found}");
    assert!(found.toml.as_deref().is_some_and(|toml| toml.contains("same_site = \"none\"")), "{found}");
}

#[test]
fn a_rest_parameter_has_the_further_arguments() {
    let text = "const list = (first: string, ...more: string[]) => [first, ...more];\nconst open = (...names: string[]) => names;\n";
    let all = options("{ disabledPaths: list(\"/a\", \"/b\", \"/c\"), appName: open()[0] ?? \"Pier\" }");
    let written = toml(&[("auth.ts", &(text.to_owned() + &all))]);
    assert!(written.contains("disabled_paths = [\"/a\", \"/b\", \"/c\"]"), "{written}");
}

#[test]
fn phone_numbers_and_one_tap_are_carried_with_their_patterns() {
    let text = r#"
import { oneTap, phoneNumber } from "better-auth/plugins";
import twilio from "twilio";
const client = twilio(process.env.TWILIO_SID, process.env.TWILIO_TOKEN);
const send = async ({ phoneNumber, code }: { phoneNumber: string; code: string }) => { await client.messages.create({ to: phoneNumber, body: code }); };
const plugins = [
  phoneNumber({
    sendOTP: send, sendPasswordResetOTP: send, otpLength: 8, requireVerification: true,
    callbackOnVerification: async ({ user }) => { await audit(user); },
    signUpOnVerification: { getTempEmail: (number) => `p-${number.replace("+", "")}@phone.example.com`, getTempName: (number) => number },
  }),
  oneTap({ clientId: "tap-client", disableSignup: true }),
];
"#;
    let found = report(&[("auth.ts", &(HEAD.to_owned() + text + &options("{ database, plugins }")))]);
    let written = found.toml.clone().unwrap_or_else(|| panic!("{found}"));
    for line in [
        "[phone_number]\n",
        "otp_length = 8",
        "require_verification = true",
        "[phone_number.sign_up_on_verification]\n",
        "temp_email = \"p-{digits}@phone.example.com\"",
        "temp_name = \"{phone_number}\"",
        "[one_tap]\n",
        "client_id = \"tap-client\"",
        "disable_signup = true",
    ] {
        assert!(written.contains(line), "{line}: {written}");
    }
    assert_eq!(entry(&found, "plugins.phoneNumber.sendOTP").0, Class::Replaced, "{found}");
    assert_eq!(entry(&found, "plugins.phoneNumber.callbackOnVerification").0, Class::NeedsHook, "{found}");
    assert!(found.to_string().contains("SMS_URL"), "{found}");
    let other = "(number) => hash(number) + \"@phone.example.com\"";
    let text = format!(
        "import {{ phoneNumber }} from \"better-auth/plugins\";\nconst plugins = [phoneNumber({{ signUpOnVerification: {{ getTempEmail: {other} }} }})];\n"
    );
    let found = report(&[("auth.ts", &(HEAD.to_owned() + &text + &options("{ database, plugins }")))]);
    let (class, says) = entry(&found, "plugins.phoneNumber.signUpOnVerification.getTempEmail");
    assert!(class == Class::NotUnderstood && says.contains("temp_email"), "{found}");
    let written = found.toml.clone().unwrap_or_else(|| panic!("{found}"));
    assert!(written.contains("# enabled = true"), "{written}");
}

#[test]
fn a_mapping_of_a_profile_that_only_picks_members_is_carried() {
    let found = report(&[(
        "auth.ts",
        &(HEAD.to_owned()
            + r#"
import { genericOAuth, username } from "better-auth/plugins";
const client = (name: string) => ({ clientId: process.env[`${name}_CLIENT_ID`]!, clientSecret: process.env[`${name}_CLIENT_SECRET`]! });
"# + &options(
            r#"{ database,
  user: { additionalFields: { plan: { type: "string", required: false }, kept: { type: "string", required: false, input: false } } },
  socialProviders: {
    github: { ...client("GITHUB"), mapProfileToUser: (profile) => ({ username: profile.login, plan: profile.plan.name, kept: profile.id, email: profile.mail }) },
    kakao: { ...client("KAKAO"), mapProfileToUser: async ({ kakao_account: account }) => { return { name: account.name }; } },
    gitlab: { ...client("GITLAB"), mapProfileToUser: (p) => ({ name: `${p.first} ${p.last}`, plan: p.plan ?? "free" }) },
    tiktok: { clientKey: process.env.TIKTOK_CLIENT_ID!, clientSecret: process.env.TIKTOK_CLIENT_SECRET! },
    salesforce: { ...client("SALESFORCE"), environment: "sandbox", mapProfileToUser: (p) => ({ name: `${p.first} ${p.last}` }) },
    cloudflare: { clientId: process.env.CLOUDFLARE_CLIENT_ID!, tokenEndpointAuthMethod: "none" },
  },
  plugins: [username(), genericOAuth({ config: [{ providerId: "acme", ...client("ACME"), authorizationUrl: "https://a.example/a", tokenUrl: "https://a.example/t", userInfoUrl: "https://a.example/u", accountSubject: ({ profile }) => profile.user_id, mapProfileToUser: (p) => ({ image: p.links.avatar }) }] })] }"#,
        )),
    )]);
    let text = found.toml.as_deref().unwrap_or_default();
    for lines in [
        "[social.github.profile]\nusername = \"login\"\nplan = \"plan.name\"\n",
        "[social.kakao.profile]\nname = \"kakao_account.name\"\n",
        "[social.salesforce.profile]\nname = \"first last\"\n",
        "[social.salesforce]\nenvironment = \"sandbox\"\n",
        "[social.cloudflare]\ntoken_endpoint_auth = \"none\"\n",
        "account_subject = \"user_id\"\n",
        "[social.acme.profile]\nimage = \"links.avatar\"\n",
    ] {
        assert!(text.contains(lines), "{lines}\n{found}");
    }
    assert!(!text.contains("kept = \"id\"") && !text.contains("[social.gitlab.profile]"), "{found}");
    assert_eq!(entry(&found, "socialProviders.github.mapProfileToUser.email").0, Class::NotPossible, "{found}");
    assert_eq!(entry(&found, "socialProviders.github.mapProfileToUser.kept").0, Class::NotNeeded, "{found}");
    assert_eq!(entry(&found, "socialProviders.gitlab.mapProfileToUser").0, Class::NeedsHook, "{found}");
    assert_eq!(entry(&found, "socialProviders.tiktok.clientKey").0, Class::Replaced, "{found}");
}

#[test]
fn identifiers_are_made_as_the_columns_and_the_code_make_them() {
    const SCHEMA: &str = r#"import { pgTable, text, timestamp, boolean, uuid, varchar, char, serial } from "drizzle-orm/pg-core";
import { createId } from "@paralleldrive/cuid2"; import { ulid } from "ulid"; import { nanoid } from "nanoid"; import { v7 as uuidv7 } from "uuid";
export const user = pgTable("user", { id: ID, name: text("name").notNull(), email: text("email").notNull(), emailVerified: boolean("email_verified").notNull(), image: text("image"), createdAt: timestamp("created_at").notNull(), updatedAt: timestamp("updated_at").notNull() });
"#;
    const AUTH: &str = r#"import { betterAuth } from "better-auth"; import { drizzleAdapter } from "better-auth/adapters/drizzle";
import { drizzle } from "drizzle-orm/node-postgres"; import { nanoid } from "nanoid"; import * as schema from "./schema";
const db = drizzle(process.env.DATABASE_URL!, { schema });
export const auth = betterAuth({ database: drizzleAdapter(db, { provider: "pg", schema }), advanced: { database: { generateId: OPTION } } });
"#;
    for (id, option, written) in [
        (r#"uuid("id").primaryKey().$defaultFn(() => crypto.randomUUID())"#, "false", Some("uuidv4")),
        (r#"uuid("id").primaryKey().$default(() => uuidv7())"#, "false", Some("uuidv7")),
        (r#"uuid("id").primaryKey().$defaultFn(() => crypto.randomUUID())"#, "\"uuid\"", Some("uuidv4")),
        (r#"uuid("id").primaryKey()"#, "() => crypto.randomUUID()", Some("uuidv4")),
        (r#"uuid("id").primaryKey()"#, "() => makeOne()", Some("uuidv4")),
        (r#"uuid("id").primaryKey().defaultRandom()"#, "false", Some("uuid")),
        (r#"serial("id").primaryKey()"#, "false", Some("serial")),
        (r#"text("id").primaryKey().$defaultFn(() => crypto.randomUUID())"#, "false", Some("uuidv4")),
        (r#"text("id").primaryKey().$defaultFn(() => createId())"#, "false", None),
        (r#"varchar("id", { length: 24 }).primaryKey().$defaultFn(() => createId())"#, "false", Some("nanoid")),
        (r#"char("id", { length: 26 }).primaryKey().$defaultFn(ulid)"#, "false", Some("ulid")),
        (r#"varchar("id", { length: 21 }).primaryKey()"#, "() => nanoid()", Some("nanoid")),
        (r#"text("id").primaryKey()"#, "() => nanoid(10)", None),
        (r#"varchar("id", { length: 12 }).primaryKey().$defaultFn(() => nanoid(12))"#, "false", None),
    ] {
        let found = report(&[("auth.ts", &AUTH.replace("OPTION", option)), ("schema.ts", &SCHEMA.replace("ID", id))]);
        let text = found.toml.clone().unwrap_or_else(|| panic!("{found}"));
        let line = text.lines().find_map(|line| line.split_once("generate_id = ")).map(|(_, value)| value.trim());
        let line = line.map(|value| value.split(' ').next().unwrap().trim_matches('"').to_owned());
        assert_eq!(line.as_deref(), written, "{id} {option}: {found}");
        let (class, _) = entry(&found, "advanced.database.generateId");
        assert_eq!(class == Class::NotPossible, id.contains("12"), "{id}: {found}");
    }
}

#[test]
fn the_schema_of_the_connection_is_carried() {
    const HEAD: &str = "import { Pool } from \"pg\"; import { Kysely, PostgresDialect } from \"kysely\";\n";
    for (database, name) in [
        (r#"new Pool({ connectionString: process.env.DATABASE_URL, options: "-c search_path=app" })"#, Some("app")),
        (
            r#"new Pool({ connectionString: process.env.DATABASE_URL, options: "--search_path=\"$user\",app,public" })"#,
            Some("app"),
        ),
        (
            r#"new Pool({ connectionString: process.env.DATABASE_URL + "?options=-c%20search_path%3Dapp" })"#,
            Some("app"),
        ),
        (r#"new Pool({ connectionString: `${process.env.DATABASE_URL}?options=-c search_path=app` })"#, Some("app")),
        (
            r#"{ db: new Kysely({ dialect: new PostgresDialect({ pool: new Pool({ connectionString: process.env.DATABASE_URL }) }) }).withSchema("app"), type: "postgres" }"#,
            Some("app"),
        ),
        (
            r#"{ dialect: new PostgresDialect({ pool: new Pool({ connectionString: process.env.DATABASE_URL, options: "-csearch_path=app" }) }), type: "postgres" }"#,
            Some("app"),
        ),
        (r#"new Pool({ connectionString: process.env.DATABASE_URL, options: "-c search_path=public" })"#, None),
        (r#"new Pool({ connectionString: process.env.DATABASE_URL })"#, None),
    ] {
        let found = report(&[("auth.ts", &(HEAD.to_owned() + &options(&format!("{{ database: {database} }}"))))]);
        let text = found.toml.clone().unwrap_or_else(|| panic!("{found}"));
        assert_eq!(text.contains("schema_name = \"app\""), name.is_some(), "{database}: {found}");
    }
    let decided =
        "new Pool({ connectionString: process.env.DATABASE_URL, options: `-c search_path=${process.env.TENANT}` })";
    let found = report(&[("auth.ts", &(HEAD.to_owned() + &options(&format!("{{ database: {decided} }}"))))]);
    assert_eq!(entry(&found, "database (search_path)").0, Class::NotUnderstood, "{found}");
}

#[test]
fn identifiers_under_another_name_stand_against_the_switch() {
    let schema = r#"import { pgTable, text } from "drizzle-orm/pg-core";
export const user = pgTable("user", { id: text("user_id").primaryKey(), email: text("email") });"#;
    let auth = r#"import { betterAuth } from "better-auth"; import { drizzleAdapter } from "better-auth/adapters/drizzle";
import { drizzle } from "drizzle-orm/node-postgres"; import * as schema from "./schema";
export const auth = betterAuth({ database: drizzleAdapter(drizzle(process.env.DATABASE_URL!, { schema }), { provider: "pg", schema }) });"#;
    let found = report(&[("auth.ts", auth), ("schema.ts", schema)]);
    let (class, says) = entry(&found, "database (identifiers)");
    assert!(class == Class::NotPossible && says.contains("`user_id` of `user`"), "{found}");
    assert_eq!(found.verdict, Verdict::DoesNotSwitch);
}

#[test]
fn a_section_that_is_made_when_the_code_runs_stands_against_the_switch() {
    for section in
        ["rateLimit", "emailAndPassword", "session", "account", "advanced", "verification", "emailVerification", "user"]
    {
        let text = format!("{HEAD}import {{ pick }} from \"lodash\";\n")
            + &options(&format!("{{ database, {section}: pick(all, [\"x\"]) }}"));
        let found = report(&[("auth.ts", &text)]);
        let (class, _) = entry(&found, section);
        assert_eq!((class, found.verdict), (Class::NotUnderstood, Verdict::DoesNotSwitch), "{section}: {found}");
    }
    let found = report(&[("auth.ts", &(HEAD.to_owned() + &options("{ database, user: { deleteUser: true } }")))]);
    assert_eq!(entry(&found, "user.deleteUser").0, Class::Ignored, "{found}");
}

#[test]
fn the_text_that_a_client_puts_in_front_of_keys_is_carried() {
    let of = |client: &str| {
        let text = format!(
            "import Redis from \"ioredis\";\nconst redis = new Redis({client});\n{HEAD}{}",
            options(
                "{ database, secondaryStorage: { get: (key) => redis.get(`session:${key}`), set: (key, value) => redis.set(`session:${key}`, value), delete: (key) => redis.del(`session:${key}`) } }"
            )
        );
        report(&[("auth.ts", &text)])
    };
    let found = of("{ host: \"r.example.com\", keyPrefix: \"auth:\" }");
    assert!(found.toml.as_deref().is_some_and(|toml| toml.contains("key_prefix = \"auth:session:\"")), "{found}");
    let found = of("{ host: \"r.example.com\", keyPrefix: process.env.PREFIX }");
    assert_eq!(found.verdict, Verdict::DoesNotSwitch, "{found}");
}

#[test]
fn attack_the_report_prints_no_secret_of_the_code() {
    let plugins = r#"{ database, secrets: [{ version: 2, value: "SECRET1" }, { version: 1, value: process.env.OLD }],
      plugins: [sso({ defaultSSO: [{ samlConfig: { idp: { privateKeyPass: "SECRET2" } } }] }), genericOAuth({ config: [{ providerId: "corp", clientId: "c", clientSecret: "SECRET3",
      discoveryUrl: "https://u:SECRET4@idp.example.com/.well-known/openid-configuration", discoveryHeaders: { Authorization: "Bearer SECRET5" },
      authorizationHeaders: { "x-api-key": "SECRET6" }, authorizationUrlParams: { k: "SECRET7" } }] })] }"#;
    let head = "import { sso } from \"@better-auth/sso\"; import { genericOAuth } from \"better-auth/plugins\";\n";
    let found = report(&[("auth.ts", &(HEAD.to_owned() + head + &options(plugins)))]);
    let mut shown = found.clone();
    shown.toml = None;
    for text in [shown.to_string(), shown.json()] {
        assert!(!text.replace("CLIENT_SECRET", "").replace("AUTH_SECRET", "").contains("SECRET"), "{text}");
    }
    assert!(entry(&found, "secrets").1.contains("BETTER_AUTH_SECRETS = 2:…,1:<OLD>"), "{found}");
}

#[test]
fn additional_fields_of_organizations_are_carried_and_names_are_not_lost() {
    let text = r#"import { organization, admin, twoFactor } from "better-auth/plugins";
import twilio from "twilio";
const sms = twilio(process.env.SID, process.env.TOKEN);
"#;
    let given = r#"{ database, plugins: [
      organization({ schema: { organization: { additionalFields: { vat: { type: "string", required: false } } }, member: { modelName: "staff" } } }),
      admin({ schema: { user: { fields: { banned: "is_banned" } } } }),
      twoFactor({ otpOptions: { sendOTP: async ({ user, otp }) => { await sms.messages.create({ to: user.phone, body: otp }); } } })] }"#;
    let found = report(&[("auth.ts", &(HEAD.to_owned() + text + &options(given)))]);
    let toml = found.toml.clone().unwrap();
    assert!(
        toml.contains("[schema.organization.additional_fields]") && toml.contains("vat = { type = \"string\""),
        "{found}"
    );
    for line in ["model_name = \"staff\"", "banned = \"is_banned\""] {
        assert!(toml.contains(line), "{line}: {toml}\n{found}");
    }
    for option in ["organization.schema.member.modelName", "admin.schema.user.fields"] {
        assert_eq!(entry(&found, &format!("plugins.{option}")).0, Class::Carried, "{found}");
    }
    assert_eq!(entry(&found, "plugins.twoFactor.otpOptions.sendOTP").0, Class::NotPossible, "{found}");
}

#[test]
fn a_function_that_refuses_is_more_than_what_it_returns() {
    let head = format!(
        "{HEAD}import {{ jwt, magicLink }} from \"better-auth/plugins\"; import {{ hashPassword, verifyPassword }} from \"better-auth/crypto\";\n\
        function guard(email: string) {{ if (!email.endsWith(\"@acme.com\")) throw new Error(\"no\"); }}\n"
    );
    for (given, option, class) in [
        (
            "{ database, socialProviders: { github: { clientId: process.env.A, clientSecret: process.env.B, mapProfileToUser: (profile) => { guard(profile.email); return { name: profile.login }; } } } }",
            "socialProviders.github.mapProfileToUser",
            Class::NeedsHook,
        ),
        (
            "{ database, plugins: [jwt({ jwt: { definePayload: ({ user }) => { if (user.banned) throw new Error(\"no\"); return { email: user.email }; } } })] }",
            "plugins.jwt.jwt.definePayload",
            Class::NeedsHook,
        ),
        (
            "{ database, emailAndPassword: { enabled: true, password: { hash: async (password) => { if (password.length < 20) throw new Error(\"weak\"); return hashPassword(password); }, verify: verifyPassword } } }",
            "emailAndPassword.password",
            Class::NotPossible,
        ),
        (
            "{ database, databaseHooks: { user: { create: { before: async (user) => user.email.endsWith(\"@acme.com\") ? { data: user } : false } } } }",
            "databaseHooks.user.create.before",
            Class::NeedsHook,
        ),
        (
            "{ database, databaseHooks: { user: { create: { before: async (user) => guard(user.email) } } } }",
            "databaseHooks.user.create.before",
            Class::NeedsHook,
        ),
        (
            "{ database, databaseHooks: { user: { create: { before: () => Promise.reject(new Error(\"closed\")) } } } }",
            "databaseHooks.user.create.before",
            Class::NeedsHook,
        ),
    ] {
        let found = report(&[("auth.ts", &(head.clone() + &options(given)))]);
        assert_eq!((entry(&found, option).0, found.verdict), (class, Verdict::DoesNotSwitch), "{option}: {found}");
    }
    let sender = "{ database, plugins: [magicLink({ sendMagicLink: async ({ email, url }) => { guard(email); await fetch(process.env.MAIL!, { method: \"POST\", body: url }); } })] }";
    let found = report(&[("auth.ts", &(head + &options(sender)))]);
    assert!(entry(&found, "plugins.magicLink.sendMagicLink").1.contains("refuses some mails"), "{found}");
    assert_eq!(found.verdict, Verdict::SwitchesWith, "{found}");
}

#[test]
fn a_storage_that_changes_what_it_stores_stands_against_the_switch() {
    let of = |get: &str, set: &str| {
        let storage =
            format!("{{ database, secondaryStorage: {{ get: {get}, set: {set}, delete: (key) => redis.del(key) }} }}");
        let head = "import Redis from \"ioredis\"; import { seal, open } from \"./crypto\";\nconst redis = new Redis(process.env.REDIS_URL!);\n";
        report(&[
            ("auth.ts", &(head.to_owned() + HEAD + &options(&storage))),
            (
                "crypto.ts",
                "import c from \"crypto\"; export const seal = (text) => c.seal(text); export const open = (text) => c.open(text);",
            ),
        ])
    };
    let plain = (
        "async (key) => await redis.get(key)",
        "async (key, value, ttl) => { if (ttl) await redis.set(key, value, \"EX\", ttl); else await redis.set(key, value); }",
    );
    let found = of(plain.0, plain.1);
    assert!(
        found.toml.as_deref().is_some_and(|toml| toml.contains("[secondary_storage]"))
            && found.verdict != Verdict::DoesNotSwitch,
        "{found}"
    );
    for (get, set) in [
        (plain.0, "async (key, value) => { await redis.set(key, seal(value)); }"),
        (plain.0, "async (key, value) => { await redis.set(key, JSON.stringify(value)); }"),
        ("async (key) => open(await redis.get(key))", plain.1),
    ] {
        assert_eq!(of(get, set).verdict, Verdict::DoesNotSwitch, "{get} {set}: {}", of(get, set));
    }
}

#[test]
fn a_text_that_doubles_with_each_name_ends_soon() {
    let names: Vec<String> = (1..60).map(|at| format!("const k{at} = k{} + k{};", at - 1, at - 1)).collect();
    let text = format!("{HEAD}const k0 = \"abcdefgh\"; {}\n", names.join(" ")) + &options("{ database, appName: k59 }");
    let found = report(&[("auth.ts", &text)]);
    assert_eq!(entry(&found, "appName").0, Class::NotUnderstood, "{found}");
}

#[test]
fn attack_a_plugin_that_is_added_elsewhere_is_not_lost() {
    let head = format!(
        "{HEAD}import {{ twoFactor, admin }} from \"better-auth/plugins\";\nconst isProd = process.env.NODE_ENV === \"production\";\n"
    );
    for text in [
        "const plugins = [admin()]; isProd && plugins.push(twoFactor());",
        "const plugins = [admin()]; process.env.X ? plugins.push(twoFactor()) : undefined;",
        "const plugins = [admin()]; [twoFactor()].forEach((one) => plugins.push(one));",
        "const plugins = [admin()]; function add() { plugins.push(twoFactor()); } add();",
        "const plugins = [admin()]; (() => { plugins.push(twoFactor()); })();",
        "const plugins = [admin()]; const list = plugins; list.push(twoFactor());",
        "const plugins = [admin()]; register(plugins); function register(list) { list.push(twoFactor()); }",
    ] {
        let found = report(&[("auth.ts", &(head.clone() + text + "\n" + &options("{ database, plugins }")))]);
        assert_ne!(found.verdict, Verdict::Switches, "{text}: {found}");
        assert!(
            found
                .entries
                .iter()
                .any(|entry| entry.class == Class::NotUnderstood && entry.option.starts_with("plugins")),
            "{text}: {found}"
        );
    }
    let harden = "function harden(given) { given.rateLimit = { enabled: true, max: 3 }; given.emailAndPassword.disableSignUp = true; return given; }";
    let found = report(&[(
        "auth.ts",
        &(head.clone() + harden + "\n" + &options("harden({ database, emailAndPassword: { enabled: true } })")),
    )]);
    assert_eq!(found.verdict, Verdict::DoesNotSwitch, "{found}");
    // Names of functions of their own are others.
    let text = "const plugins = [admin()]; function other() { const plugins = []; plugins.push(1); return plugins; } const also = other();";
    let found = report(&[("auth.ts", &(head + text + "\n" + &options("{ database, plugins }")))]);
    assert_eq!(entry(&found, "plugins.admin").0, Class::Carried, "{found}");
}

#[test]
fn a_password_that_is_changed_before_it_is_hashed_stands_against_the_switch() {
    let of = |hash: &str, verify: &str| {
        let head = format!("{HEAD}import bcrypt from \"bcryptjs\"; import * as argon2 from \"argon2\";\n");
        let given = format!(
            "{{ database, emailAndPassword: {{ enabled: true, password: {{ hash: {hash}, verify: {verify} }} }} }}"
        );
        report(&[("auth.ts", &(head + &options(&given)))])
    };
    let plain = ("(password) => bcrypt.hash(password, 10)", "({ hash, password }) => bcrypt.compare(password, hash)");
    for (hash, verify) in [
        plain,
        ("async (p) => await bcrypt.hash(p, 12)", "async (data) => bcrypt.compare(data.password, data.hash)"),
        ("(password) => argon2.hash(password)", "({ hash, password }) => argon2.verify(hash, password)"),
    ] {
        let found = of(hash, verify);
        assert_ne!(found.verdict, Verdict::DoesNotSwitch, "{hash} {verify}: {found}");
    }
    for (hash, verify) in [
        (
            "(password) => bcrypt.hash(password + process.env.PEPPER, 10)",
            "({ hash, password }) => bcrypt.compare(password + process.env.PEPPER, hash)",
        ),
        (plain.0, "({ hash, password }) => bcrypt.compare(sha(password), hash)"),
        (
            "(password) => argon2.hash(password, { secret: Buffer.from(process.env.S) })",
            "({ hash, password }) => argon2.verify(hash, password, { secret: Buffer.from(process.env.S) })",
        ),
    ] {
        let found = of(hash, verify);
        assert_eq!(
            (entry(&found, "emailAndPassword.password").0, found.verdict),
            (Class::NotPossible, Verdict::DoesNotSwitch),
            "{hash} {verify}: {found}"
        );
    }
    let text = format!("{HEAD}import {{ jwt }} from \"better-auth/plugins\";\n")
        + &options("{ database, plugins: [jwt({ jwt: made() })] }");
    assert_eq!(entry(&report(&[("auth.ts", &text)]), "plugins.jwt.jwt").0, Class::NotUnderstood);
}
