import { createFileRoute } from "@tanstack/react-router";
import { APIError } from "@gatepost/server";
import { auth } from "../auth.js";

export const Route = createFileRoute("/login")({
  server: {
    handlers: {
      POST: async ({ request }) => {
        try {
          await auth.api.signInEmail({ body: await request.json(), headers: request.headers });
          return Response.json({ ok: true });
        } catch (error) {
          if (error instanceof APIError) return Response.json(error.body, { status: error.statusCode });
          throw error;
        }
      },
    },
  },
});
