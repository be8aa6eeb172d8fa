// Express with `@gatepost/server`.
import { APIError, createAuth } from "@gatepost/server";
import { fromNodeHeaders, toNodeHandler } from "@gatepost/server/node";
import express from "express";

export const auth = createAuth({ baseURL: process.env.AUTH_URL });
const app = express();

// Before any parser of bodies: the handler passes bodies on as they arrive.
app.all("/api/auth/{*all}", toNodeHandler(auth));
app.use(express.json());

const session = (request) => auth.api.getSession({ headers: fromNodeHeaders(request.headers) });

app.get("/me", async (request, response) => {
  const found = await session(request);
  if (!found) return response.status(401).json(null);
  response.json({ email: found.user.email });
});

app.get("/page", async (request, response) => {
  const found = await session(request);
  if (!found) return response.redirect("/sign-in");
  response.type("html").send(`<p>${found.user.email}</p>`);
});

app.post("/login", async (request, response) => {
  const { headers } = await auth.api.signInEmail({ body: request.body, headers: fromNodeHeaders(request.headers), returnHeaders: true });
  response.append("set-cookie", headers.getSetCookie()).json({ ok: true });
});

app.use((error, request, response, next) => {
  if (!(error instanceof APIError)) return next(error);
  response.status(error.statusCode).json(error.body);
});

app.listen(process.env.PORT, "127.0.0.1");
