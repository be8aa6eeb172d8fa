// Next.js: cookies in server actions and route handlers, and the route handler of `/api/auth/[...all]`.
import type { FrameworkCookies } from "./options.js";

interface NextHeaders {
  headers(): Promise<{ get(name: string): string | null }>;
  cookies(): Promise<{ set(name: string, value: string, options: object): unknown }>;
}

let loaded: Promise<NextHeaders> | undefined;
function nextHeaders(): Promise<NextHeaders> {
  // @ts-ignore: the application has the package.
  loaded ??= (import("next/headers.js") as Promise<NextHeaders>).catch((error: unknown) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
}

/** Sets the cookies of an answer in server actions and route handlers. Where Next.js permits none, it sets none. */
export function nextCookies(): FrameworkCookies {
  return {
    async isReadOnly() {
      try {
        const headers = await (await nextHeaders()).headers();
        // A server component that a page asks for on its way to another. A look at `cookies().set` would empty the router's cache.
        return headers.get("RSC") === "1" && !headers.get("next-action");
      } catch {
        return false;
      }
    },
    async set(cookies) {
      let store: Awaited<ReturnType<NextHeaders["cookies"]>>;
      try {
        store = await (await nextHeaders()).cookies();
      } catch {
        // Outside of a request, as in a script, there is nothing to set them in.
        return;
      }
      for (const { name, value, options } of cookies) {
        try {
          store.set(name, value, options);
        } catch {
          // A server component can set none.
        }
      }
    },
  };
}

/** The exports of `app/api/auth/[...all]/route.ts`. */
export function toNextJsHandler(auth: { handler: (request: Request) => Promise<Response> }) {
  const handler = (request: Request): Promise<Response> => auth.handler(request);
  return { GET: handler, POST: handler, PATCH: handler, PUT: handler, DELETE: handler };
}
