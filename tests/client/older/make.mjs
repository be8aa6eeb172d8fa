// Makes a database as an older better-auth does, with a user in it.
//
//   node make.mjs VERSION        one of the names in package.json, without `better-auth-`
//   DATABASE_URL                 an empty database
//   BETTER_AUTH_SECRET, ORIGIN   as the server that takes over has them
//
// Prints one line of JSON: the session cookie of ada@example.com, whose password is `correct horse battery`, and the token
// for other services that the version signed.
import pg from "pg";

const [version] = process.argv.slice(2);
const part = async (...names) => {
  for (const name of names)
    try { return await import(`better-auth-${version}/${name}`); } catch (error) { if (error.code !== "ERR_PACKAGE_PATH_NOT_EXPORTED") throw error; }
};
const { betterAuth } = await import(`better-auth-${version}`);
const { getMigrations } = await part("db/migration", "db");
const { jwt } = await part("plugins");
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 2 });
const options = {
  baseURL: process.env.ORIGIN,
  secret: process.env.BETTER_AUTH_SECRET,
  database: pool,
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false, storage: "database" },
  telemetry: { enabled: false },
  plugins: [jwt()],
  logger: { disabled: true },
};
await (await getMigrations(options)).runMigrations();
const auth = betterAuth(options);
const ask = async (path, init) => {
  const answer = await auth.handler(new Request(`${process.env.ORIGIN}/api/auth${path}`, init));
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer;
};
const body = JSON.stringify({ name: "Ada", email: "ada@example.com", password: "correct horse battery" });
const signedUp = await ask("/sign-up/email", { method: "POST", headers: { "content-type": "application/json", origin: process.env.ORIGIN }, body });
const cookie = signedUp.headers.getSetCookie().find((line) => line.includes("session_token=")).split(";")[0];
const { token } = await (await ask("/token", { headers: { cookie } })).json();
console.log(JSON.stringify({ cookie, token }));
await pool.end();
