// TanStack Start: cookies in server functions and server routes.
import type { FrameworkCookies } from "./options.js";

/** Sets the cookies of an answer. */
export function tanstackStartCookies(): FrameworkCookies {
  return {
    async set(cookies) {
      // @ts-ignore: the application has the package.
      const { setCookie } = (await import("@tanstack/react-start/server")) as {
        setCookie(name: string, value: string, options: object): void;
      };
      for (const { name, value, options } of cookies) {
        try {
          setCookie(name, value, options);
        } catch {
          // Outside of a request there is nothing to set them in.
        }
      }
    },
  };
}
