// Two servers on one database and one secret, with any tables: each reads what the other wrote.
//
//   node crossing.mjs --a URL --b URL --mails-a FILE --mails-b FILE --options FILE…
//
// Prints `N passed, N failed`, and exits with 1 where something is not as it must be.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Jar, send } from "../client/http.mjs";
import { PASSWORD, person, SIGN_IN, SIGN_UP } from "./people.mjs";

const { values: args } = parseArgs({ options: { a: { type: "string" }, b: { type: "string" }, "mails-a": { type: "string" }, "mails-b": { type: "string" }, options: { type: "string", multiple: true } } });
const options = {};
for (const file of args.options) for (const [section, more] of Object.entries(JSON.parse(readFileSync(file, "utf8")))) options[section] = { ...options[section], ...more };

let passed = 0, failed = 0, visits = 0;
function equal(title, got, want) {
  const [one, other] = [got, want].map((value) => JSON.stringify(value));
  if (one === other) passed++;
  else { failed++; console.log(`DIFFERS ${title}\n    got  ${one}\n    want ${other}`); }
}

class Server {
  constructor(url, mails) { Object.assign(this, { url: new URL(url).origin, mails }); }
  async ask(method, path, json, jar) {
    visits++;
    const headers = { origin: this.url, "x-forwarded-for": `203.0.${visits >> 8}.${visits & 255}`, ...(json && { "content-type": "application/json" }), ...(jar?.header("/") && { cookie: jar.header("/") }) };
    const answer = await send(this.url, method, `/api/auth${path}`, { headers, body: json && JSON.stringify(json) });
    jar?.absorb(answer.setCookie);
    try { answer.json = JSON.parse(answer.text); } catch {}
    return answer;
  }
  get(path, jar) { return this.ask("GET", path, undefined, jar); }
  post(path, json, jar) { return this.ask("POST", path, json, jar); }
  /** The newest mail of a kind, once it is there. */
  async mail(kind) {
    for (let wait = 0; wait < 200; wait++) {
      let lines = "";
      try { lines = readFileSync(this.mails, "utf8"); } catch {}
      const mail = lines.split("\n").slice(0, -1).map((line) => JSON.parse(line)).filter((one) => one.kind === kind).at(-1);
      if (mail) return mail;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`there is no ${kind} within 5 seconds`);
  }
}

async function cross(first, second, title) {
  const email = `${title}@example.com`;
  const jar = new Jar();
  const { json: made, status } = await first.post(SIGN_UP, person({ options }, email), jar);
  equal(`${title}: sign-up`, status, 200);
  const here = (await first.get("/get-session", jar)).text;
  equal(`${title}: the session is read alike`, (await second.get("/get-session", jar)).text, here);
  const [ours, theirs] = [await first.get("/list-sessions", jar), await second.get("/list-sessions", jar)];
  equal(`${title}: sessions are listed alike`, theirs.text, ours.text);
  equal(`${title}: accounts are listed alike`, (await second.get("/list-accounts", jar)).text, (await first.get("/list-accounts", jar)).text);
  const other = new Jar();
  const entered = await second.post(SIGN_IN, { email, password: PASSWORD }, other);
  equal(`${title}: the password is known`, [entered.status, entered.json?.user?.id], [200, made.user.id]);
  equal(`${title}: and that session by the first`, (await first.get("/get-session", other)).json?.session?.token, entered.json?.token);
  await second.post("/update-user", { name: "Ada L" }, other);
  equal(`${title}: a new name`, (await first.get("/get-session", jar)).json?.user?.name, "Ada L");
  await second.get(`/verify-email?token=${(await first.mail("verify-email")).token}`, jar);
  equal(`${title}: a confirmed address`, (await first.get("/get-session", jar)).json?.user?.emailVerified, true);
  await first.post("/request-password-reset", { email });
  const { token } = await first.mail("reset-password");
  const reset = await second.post("/reset-password", { newPassword: "another password", token });
  equal(`${title}: a link for a new password`, [reset.status, reset.json], [200, { status: true }]);
  equal(`${title}: which is used up`, (await first.post("/reset-password", { newPassword: "another password", token })).json?.code, "INVALID_TOKEN");
  equal(`${title}: and the password is new`, (await first.post(SIGN_IN, { email, password: "another password" })).status, 200);
  await second.post("/revoke-sessions", {}, other);
  equal(`${title}: all sessions end`, (await first.get("/get-session", jar)).text, "null");
  if (!options.jwt) return;
  const again = new Jar();
  await first.post(SIGN_IN, { email, password: "another password" }, again);
  await first.get("/token", again);
  const [kids, others] = [await first.get("/jwks"), await second.get("/jwks")].map(({ json }) => json?.keys?.map(({ kid }) => kid).sort());
  equal(`${title}: the keys are the same`, others, kids);
  const { json } = await second.get("/token", again);
  equal(`${title}: and sign on both`, kids.includes(JSON.parse(Buffer.from(json.token.split(".")[0], "base64url")).kid), true);
}

const [a, b] = [new Server(args.a, args["mails-a"]), new Server(args.b, args["mails-b"])];
for (const [first, second, title] of [[a, b, "first"], [b, a, "second"]]) {
  try { await cross(first, second, title); }
  catch (error) { failed++; console.log(`broke: ${title}: ${error.stack}`); }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
