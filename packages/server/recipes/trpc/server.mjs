// tRPC with `@gatepost/server`: the session is in the context, and a procedure requires it.
import { createServer } from "node:http";
import { APIError, createAuth } from "@gatepost/server";
import { toNodeHandler } from "@gatepost/server/node";
import { initTRPC, TRPCError } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";

export const auth = createAuth({ baseURL: process.env.AUTH_URL });

export async function createContext({ req, resHeaders }) {
  return { session: await auth.api.getSession({ headers: req.headers }), headers: req.headers, resHeaders };
}

const t = initTRPC.context().create();
const signedIn = t.procedure.use(({ ctx, next }) => {
  if (!ctx.session) throw new TRPCError({ code: "UNAUTHORIZED" });
  return next({ ctx: { ...ctx, session: ctx.session } });
});
const router = t.router({
  me: signedIn.query(({ ctx }) => ({ email: ctx.session.user.email })),
  login: t.procedure.input((body) => body).mutation(async ({ ctx, input }) => {
    try {
      const { headers } = await auth.api.signInEmail({ body: input, headers: ctx.headers, returnHeaders: true });
      for (const cookie of headers.getSetCookie()) ctx.resHeaders.append("set-cookie", cookie);
      return { ok: true };
    } catch (error) {
      if (error instanceof APIError && error.statusCode === 401) throw new TRPCError({ code: "UNAUTHORIZED", message: error.body?.code, cause: error });
      throw error;
    }
  }),
});

const handler = (req) =>
  new URL(req.url).pathname.startsWith("/api/auth/") ? auth.handler(req) : fetchRequestHandler({ endpoint: "/trpc", req, router, createContext });
createServer(toNodeHandler({ handler })).listen(process.env.PORT, "127.0.0.1");
