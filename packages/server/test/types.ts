// The types of `auth.api`, as an application sees them. `tsc` checks this file; it is not run.
import { inferAdditionalFields, organizationClient, twoFactorClient, usernameClient } from "better-auth/client/plugins";
import { createAuth } from "@gatepost/server";

type Equal<One, Other> = (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false;
const is = <_ extends true>(): void => {};

const plain = createAuth({ baseURL: "https://auth.example.com" });
const auth = createAuth({
  baseURL: "https://auth.example.com",
  plugins: [twoFactorClient(), usernameClient(), organizationClient(), inferAdditionalFields({ user: { plan: { type: "string" } } })],
});

export async function types(headers: Headers): Promise<void> {
  const session = await plain.api.getSession({ headers });
  is<Equal<NonNullable<typeof session>["user"]["email"], string>>();
  is<Equal<NonNullable<typeof session>["session"]["expiresAt"], Date>>();
  // @ts-expect-error: a session may be missing
  session.user;
  const response = await plain.api.getSession({ headers, asResponse: true });
  is<Equal<typeof response, Response>>();
  const both = await plain.api.getSession({ headers, returnHeaders: true });
  is<Equal<(typeof both)["headers"], Headers>>();
  const signedUp = await plain.api.signUpEmail({ body: { email: "a@example.com", password: "x", name: "A" } });
  is<Equal<(typeof signedUp)["user"]["id"], string>>();
  // @ts-expect-error: the name is missing
  await plain.api.signUpEmail({ body: { email: "a@example.com", password: "x" } });
  // @ts-expect-error: exists only in better-auth's process
  plain.api.setPassword;
  // @ts-expect-error: a plugin that is not listed
  plain.api.enableTwoFactor;

  const typed = await auth.api.getSession({ headers });
  is<Equal<NonNullable<typeof typed>["user"]["plan"], string>>();
  is<Equal<(typeof auth.$Infer.Session)["user"]["plan"], string>>();
  is<Equal<NonNullable<(typeof auth.$Infer.Session)["session"]["activeOrganizationId"]>, string>>();
  is<Equal<(typeof plain.$Infer.Session)["user"]["id"], string>>();
  const enabled = await auth.api.enableTwoFactor({ headers, body: { password: "x" } });
  is<Equal<Extract<typeof enabled, { method: "totp" }>["backupCodes"], string[]>>();
  await auth.api.signInUsername({ body: { username: "a", password: "x" } });
  const organization = await auth.api.createOrganization({ headers, body: { name: "A", slug: "a" } });
  is<Equal<NonNullable<typeof organization>["slug"], string>>();
  const { payload } = await plain.api.verifyJWT({ body: { token: "x" } });
  is<Equal<typeof payload, Record<string, unknown> | null>>();
}
