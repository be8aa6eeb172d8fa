import { building } from "$app/environment";
import { auth } from "./lib/server/auth.js";
import { svelteKitHandler } from "@gatepost/server/svelte-kit";

export async function handle({ event, resolve }) {
  if (!building && !event.url.pathname.startsWith(`${auth.mountPath}/`)) event.locals.session = await auth.api.getSession({ headers: event.request.headers });
  return svelteKitHandler({ auth, event, resolve, building });
}
