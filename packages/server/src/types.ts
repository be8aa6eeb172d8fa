// The types of `auth.api`: those of better-auth's own `auth`, with the server plugins that belong to the client plugins.
import type { Auth as InProcess, BetterAuthClientPlugin, BetterAuthPlugin } from "better-auth";

type ServerPlugin<Plugin> = Plugin extends { $InferServerPlugin?: infer Server }
  ? NonNullable<Server> extends object
    ? { id: string } & NonNullable<Server>
    : never
  : never;

type ServerPlugins<Plugins extends readonly BetterAuthClientPlugin[]> = {
  -readonly [At in keyof Plugins]: ServerPlugin<Plugins[At]> extends BetterAuthPlugin ? ServerPlugin<Plugins[At]> : { id: string };
};

/** better-auth's `auth` in process, with these plugins. */
type Typed<Plugins extends readonly BetterAuthClientPlugin[]> =
  ServerPlugins<Plugins> extends infer Servers extends BetterAuthPlugin[] ? InProcess<{ plugins: Servers }> : InProcess;

/** Without the functions that have no path of their own: the service cannot answer them. */
type OfTheService<Api> = {
  [Name in keyof Api as Api[Name] extends { path: infer Path } ? (string extends Path ? never : Name) : Name]: Api[Name];
};

/** `auth.api`. The functions that exist only in better-auth's process are left out, except `verifyJWT`. */
export type Api<Plugins extends readonly BetterAuthClientPlugin[] = []> = OfTheService<Typed<Plugins>["api"]> & {
  /** Verifies a JWT of the service with its key set, here; `payload` is null if it is not valid. */
  verifyJWT: (input: { body: { token: string; issuer?: string } }) => Promise<{ payload: Record<string, unknown> | null }>;
};

/** The type of a session and its user. */
export type InferSession<Plugins extends readonly BetterAuthClientPlugin[] = []> = Typed<Plugins>["$Infer"] extends { Session: infer Session } ? Session : never;
