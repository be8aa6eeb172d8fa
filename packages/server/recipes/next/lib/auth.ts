import { createAuth } from "@gatepost/server";
import { nextCookies } from "@gatepost/server/next";
import { usernameClient } from "better-auth/client/plugins";

export const auth = createAuth({
  baseURL: process.env.AUTH_URL ?? "http://localhost:3000",
  plugins: [usernameClient()],
  cookies: nextCookies(),
});

export type Session = typeof auth.$Infer.Session;
