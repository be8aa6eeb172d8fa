// Takes better-auth's client with the plugin `twoFactorClient` through setting a second factor up, signing in with it, and
// removing it.
//
//   node two-factor.mjs --url http://localhost:3000
//
// The server runs with second factors, and without rate limiting. Prints and exits as journey.mjs does.
import { createHmac } from "node:crypto";
import { parseArgs } from "node:util";
import { twoFactorClient } from "better-auth/client/plugins";
import { browser, Checks, newAddress } from "./browser.mjs";

const { values: args } = parseArgs({ options: { url: { type: "string", default: "http://localhost:3000" } } });
const checks = new Checks();
const asked = [];
const plugins = () => [twoFactorClient({ onTwoFactorRedirect: ({ twoFactorMethods }) => asked.push(twoFactorMethods) })];
const email = newAddress("two-factor"), password = "correct horse battery";
const refusal = ({ data, error }) => [data, error?.status, error?.code];

/** The code of an app, so many steps from now. */
function code(uri, later) {
  const { searchParams } = new URL(uri);
  const bits = [...searchParams.get("secret")].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later));
  const hash = createHmac("sha1", Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)))).update(step).digest();
  return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

const here = browser(args.url, { plugins: plugins() });
const { client } = here;
let uri, codes;

await checks.part("setting up", async () => {
  await client.signUp.email({ name: "Ada", email, password });
  checks.equal("needs the password", refusal(await client.twoFactor.enable({ password: "wrong password" })), [null, 400, "INVALID_PASSWORD"]);
  const { data } = await client.twoFactor.enable({ password });
  ({ totpURI: uri, backupCodes: codes } = data);
  checks.equal("ten backup codes", codes.length, 10);
  checks.equal("not before a code", (await client.getSession()).data.user.twoFactorEnabled, false);
  checks.equal("a wrong code", refusal(await client.twoFactor.verifyTotp({ code: "no code" })), [null, 401, "INVALID_CODE"]);
  checks.equal("a right one", (await client.twoFactor.verifyTotp({ code: code(uri, 0) })).error, null);
  checks.equal("the session shows it", (await client.getSession()).data.user.twoFactorEnabled, true);
  checks.equal("the same key", (await client.twoFactor.getTotpUri({ password })).data.totpURI.includes(new URL(uri).searchParams.get("secret")), true);
  await client.signOut();
});

await checks.part("signing in", async () => {
  const { data } = await client.signIn.email({ email, password });
  checks.equal("a second factor is asked for", [data.twoFactorRedirect, asked], [true, [["totp"]]]);
  checks.equal("no session yet", (await client.getSession()).data, null);
  const signedIn = await client.twoFactor.verifyTotp({ code: code(uri, 1), trustDevice: true });
  checks.equal("with the code", [signedIn.error, signedIn.data.user.email], [null, email.toLowerCase()]);
  checks.equal("a session", (await client.getSession()).data.user.twoFactorEnabled, true);
  await client.signOut();
  checks.equal("a trusted device is not asked", (await client.signIn.email({ email, password })).data.user.email, email.toLowerCase());
});

await checks.part("backup codes", async () => {
  const there = browser(args.url, { plugins: plugins() });
  await there.client.signIn.email({ email, password });
  checks.equal("one signs in", (await there.client.twoFactor.verifyBackupCode({ code: codes[0] })).error, null);
  await there.client.signOut();
  await there.client.signIn.email({ email, password });
  checks.equal("and not again", refusal(await there.client.twoFactor.verifyBackupCode({ code: codes[0] })), [null, 401, "INVALID_BACKUP_CODE"]);
  const fresh = await client.twoFactor.generateBackupCodes({ password });
  checks.equal("new ones", fresh.data.backupCodes.length, 10);
  checks.equal("in the place of the older", refusal(await there.client.twoFactor.verifyBackupCode({ code: codes[1] })), [null, 401, "INVALID_BACKUP_CODE"]);
});

await checks.part("removing", async () => {
  checks.equal("needs the password", refusal(await client.twoFactor.disable({ password: "wrong password" })), [null, 400, "INVALID_PASSWORD"]);
  checks.equal("is done", (await client.twoFactor.disable({ password })).data, { status: true });
  const there = browser(args.url, { plugins: plugins() });
  checks.equal("nothing is asked for", (await there.client.signIn.email({ email, password })).data.user.twoFactorEnabled, false);
  checks.equal("codes are not mailed here", refusal(await client.twoFactor.sendOtp()), [null, 400, "OTP_NOT_CONFIGURED"]);
});
checks.finish();
