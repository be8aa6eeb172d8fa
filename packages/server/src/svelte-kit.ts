// SvelteKit: the hook that answers `/api/auth/*`, and cookies in actions and load functions.
import type { FrameworkCookies } from "./options.js";

interface RequestEvent {
  request: Request;
  url: URL;
  cookies: { set(name: string, value: string, options: object): void };
}

/** Sets the cookies of an answer. Give it `getRequestEvent` of `$app/server`. */
export function sveltekitCookies(getRequestEvent: () => Pick<RequestEvent, "cookies"> | undefined): FrameworkCookies {
  return {
    set(cookies) {
      let event: Pick<RequestEvent, "cookies"> | undefined;
      try {
        event = getRequestEvent();
      } catch {
        // Outside of a request there is nothing to set them in.
        return;
      }
      for (const { name, value, options } of cookies) {
        try {
          event?.cookies.set(name, value, { ...options, path: options.path ?? "/" });
        } catch {
          // After the response was generated, SvelteKit can set none.
        }
      }
    },
  };
}

/** Answers requests below the mount path, and lets SvelteKit answer the others. */
export async function svelteKitHandler<Event extends { request: Request; url: URL }>(input: {
  auth: { handler: (request: Request) => Promise<Response>; mountPath: string };
  event: Event;
  resolve: (event: Event) => Response | Promise<Response>;
  building?: boolean;
}): Promise<Response> {
  const { auth, event, resolve, building = false } = input;
  if (!building && event.url.pathname.startsWith(`${auth.mountPath}/`)) return auth.handler(event.request);
  return resolve(event);
}
