// Takes better-auth's client with the plugins `emailOTPClient` and `oneTimeTokenClient` through signing in with mailed codes, what else
// codes do, and handing a session over.
//
//   node email-otp.mjs --url http://localhost:3000 --mails FILE
//
// The server runs with codes by mail, which change addresses too, and with one-time tokens, mails to FILE, and has no rate limiting.
// Prints and exits as journey.mjs does.
import { parseArgs } from "node:util";
import { emailOTPClient, oneTimeTokenClient } from "better-auth/client/plugins";
import { browser, Checks, newAddress } from "./browser.mjs";
import { codes } from "./messages.mjs";

const { values: args } = parseArgs({ options: { url: { type: "string" }, mails: { type: "string" } } });
const checks = new Checks();
const plugins = () => [emailOTPClient(), oneTimeTokenClient()];
const { client } = browser(args.url, { plugins: plugins() });
const email = newAddress("email-otp").toLowerCase(), newEmail = newAddress("email-otp-new").toLowerCase(), password = "correct horse battery";
const refusal = ({ data, error }) => [data, error?.status, error?.code];

/** The code of the next message, which is of this kind. */
const code = codes(args.mails, checks);

await checks.part("signing in", async () => {
  checks.equal("asks for a code", (await client.emailOtp.sendVerificationOtp({ email, type: "sign-in" })).data, { success: true });
  const otp = await code("sign-in-otp");
  checks.equal("a wrong one", refusal(await client.signIn.emailOtp({ email, otp: "none" })), [null, 400, "INVALID_OTP"]);
  const { data, error } = await client.signIn.emailOtp({ email, otp, name: "Ada" });
  checks.equal("a right one", [error, data.user.email, data.user.name, data.user.emailVerified], [null, email, "Ada", true]);
  checks.equal("there is a session", (await client.getSession()).data.session.token, data.token);
});

await checks.part("a password", async () => {
  checks.equal("asks for a code", (await client.emailOtp.requestPasswordReset({ email })).data, { success: true });
  const otp = await code("forget-password-otp");
  checks.equal("it is right", (await client.emailOtp.checkVerificationOtp({ email, type: "forget-password", otp })).data, { success: true });
  checks.equal("sets it", (await client.emailOtp.resetPassword({ email, otp, password })).data, { success: true });
  checks.equal("signs in", (await client.signIn.email({ email, password })).data.user.email, email);
  await client.forgetPassword.emailOtp({ email });
  await code("forget-password-otp");
});

await checks.part("another address", async () => {
  checks.equal("asks for a code", (await client.emailOtp.requestEmailChange({ newEmail })).data, { success: true });
  const otp = await code("change-email-otp");
  checks.equal("changes it", (await client.emailOtp.changeEmail({ newEmail, otp })).data, { success: true });
  checks.equal("the session shows it", (await client.getSession()).data.user.email, newEmail);
  await client.emailOtp.sendVerificationOtp({ email: newEmail, type: "email-verification" });
  const verified = await client.emailOtp.verifyEmail({ email: newEmail, otp: await code("email-verification-otp") });
  checks.equal("confirms it", [verified.data.status, verified.data.user.email], [true, newEmail]);
});

await checks.part("one-time tokens", async () => {
  const { token } = (await client.oneTimeToken.generate()).data;
  const there = browser(args.url, { plugins: plugins() });
  const { data } = await there.client.oneTimeToken.verify({ token });
  checks.equal("hands the session over", data.session.token, (await client.getSession()).data.session.token);
  checks.equal("to that browser", (await there.client.getSession()).data.user.email, newEmail);
  checks.equal("once", refusal(await there.client.oneTimeToken.verify({ token })), [null, 400, undefined]);
});
checks.finish();
