import { getRequestEvent } from "$app/server";
import { createAuth } from "@gatepost/server";
import { sveltekitCookies } from "@gatepost/server/svelte-kit";

export const auth = createAuth({ baseURL: process.env.AUTH_URL ?? "http://localhost:3000", cookies: sveltekitCookies(getRequestEvent) });
