// Hono with `@gatepost/server`, on Node; on Bun, `export default app` serves it.
import { APIError, createAuth } from "@gatepost/server";
import { serve } from "@hono/node-server";
import { Hono } from "hono";

export const auth = createAuth({ baseURL: process.env.AUTH_URL });
const app = new Hono();

app.on(["GET", "POST"], "/api/auth/*", (context) => auth.handler(context.req.raw));

app.use("*", async (context, next) => {
  context.set("session", await auth.api.getSession({ headers: context.req.raw.headers }));
  await next();
});

app.get("/me", (context) => {
  const session = context.get("session");
  return session ? context.json({ email: session.user.email }) : context.json(null, 401);
});

app.get("/page", (context) => {
  const session = context.get("session");
  return session ? context.html(`<p>${session.user.email}</p>`) : context.redirect("/sign-in");
});

// The answer with its cookies, as it is.
app.post("/login", async (context) => auth.api.signInEmail({ body: await context.req.json(), headers: context.req.raw.headers, asResponse: true }));

app.onError((error, context) => {
  if (error instanceof APIError) return context.json(error.body, error.statusCode);
  throw error;
});

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: "127.0.0.1" });
