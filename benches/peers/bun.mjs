// better-auth 1.7.25 on Bun, as its documentation mounts it there: `Bun.serve` with the handler. The same options as
// tests/client/reference.mjs has on Node. Runs in that folder, for its packages.
import { createRequire } from "node:module";

process.env.NODE_ENV ??= "production";
const require = createRequire(`${process.cwd()}/bun.mjs`);
const pg = require("pg");
const { betterAuth } = require("better-auth");
const { getMigrations } = require("better-auth/db/migration");
const { bearer, jwt } = require("better-auth/plugins");

process.stdin.on("end", () => process.exit(0)).on("error", () => process.exit(0)).resume();

let handler;
const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: (request) => handler(request) });
const { jwt: tokens, ...rest } = JSON.parse(process.env.OPTIONS || "{}");
const options = {
  baseURL: `http://localhost:${server.port}`,
  secret: process.env.BETTER_AUTH_SECRET,
  database: new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 }),
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  plugins: [...(tokens ? [jwt(tokens)] : []), bearer()],
  logger: { disabled: true },
  ...rest,
};
await (await getMigrations(options)).runMigrations();
handler = betterAuth(options).handler;
console.log(`listening on http://localhost:${server.port}`);
