// Takes better-auth's client with the plugin `phoneNumberClient` through signing up by a code, another number, and a forgotten password.
//
//   node phone-number.mjs --url http://localhost:3000 --mails FILE
//
// The server runs with phone numbers, which sign up, sends messages to FILE, and has no rate limiting. Prints and exits as journey.mjs
// does.
import { parseArgs } from "node:util";
import { phoneNumberClient } from "better-auth/client/plugins";
import { browser, Checks } from "./browser.mjs";
import { codes } from "./messages.mjs";

const { values: args } = parseArgs({ options: { url: { type: "string" }, mails: { type: "string" } } });
const checks = new Checks();
const { client } = browser(args.url, { plugins: [phoneNumberClient()] });
const phoneNumber = "+41790000001", another = "+41790000002", password = "correct horse battery";
const refusal = ({ data, error }) => [data, error?.status, error?.code];

/** The code of the next message, which is of this kind. */
const code = codes(args.mails, checks);

await checks.part("signing up", async () => {
  checks.equal("asks for a code", (await client.phoneNumber.sendOtp({ phoneNumber })).data, { message: "code sent" });
  const right = await code("phone-number-otp");
  checks.equal("a wrong one", refusal(await client.phoneNumber.verify({ phoneNumber, code: "none" })), [null, 400, "INVALID_OTP"]);
  const { data, error } = await client.phoneNumber.verify({ phoneNumber, code: right });
  checks.equal("a right one", [error, data.status, data.user.phoneNumber, data.user.phoneNumberVerified], [null, true, phoneNumber, true]);
  checks.equal("there is a session", (await client.getSession()).data.session.token, data.token);
});

await checks.part("another number", async () => {
  await client.phoneNumber.sendOtp({ phoneNumber: another });
  const { data } = await client.phoneNumber.verify({ phoneNumber: another, code: await code("phone-number-otp"), updatePhoneNumber: true });
  checks.equal("changes it", data.user.phoneNumber, another);
  checks.equal("the session shows it", (await client.getSession()).data.user.phoneNumber, another);
});

await checks.part("a password", async () => {
  checks.equal("asks for a code", (await client.phoneNumber.requestPasswordReset({ phoneNumber: another })).data, { status: true });
  const otp = await code("phone-number-password-reset-otp");
  checks.equal("sets it", (await client.phoneNumber.resetPassword({ phoneNumber: another, otp, newPassword: password })).data, { status: true });
  checks.equal("a wrong one", refusal(await client.signIn.phoneNumber({ phoneNumber: another, password: "wrong password" })), [null, 401, "INVALID_PHONE_NUMBER_OR_PASSWORD"]);
  const { data } = await client.signIn.phoneNumber({ phoneNumber: another, password });
  checks.equal("signs in", [data.user.phoneNumber, (await client.getSession()).data.session.token], [another, data.token]);
});
checks.finish();
