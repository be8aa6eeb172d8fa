import { createAuth } from "@gatepost/server";
import { tanstackStartCookies } from "@gatepost/server/tanstack-start";

export const auth = createAuth({ baseURL: process.env.AUTH_URL ?? "http://localhost:3000", cookies: tanstackStartCookies() });
