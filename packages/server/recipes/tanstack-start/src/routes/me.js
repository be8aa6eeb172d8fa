import { createFileRoute } from "@tanstack/react-router";
import { auth } from "../auth.js";

export const Route = createFileRoute("/me")({
  server: {
    handlers: {
      GET: async ({ request }) => {
        const session = await auth.api.getSession({ headers: request.headers });
        return session ? Response.json({ email: session.user.email }) : Response.json(null, { status: 401 });
      },
    },
  },
});
