import { createFileRoute, redirect } from "@tanstack/react-router";
import { createServerFn } from "@tanstack/react-start";
import { getRequestHeaders } from "@tanstack/react-start/server";
import { auth } from "../auth.js";

const readSession = createServerFn({ method: "GET" }).handler(async () => {
  const session = await auth.api.getSession({ headers: getRequestHeaders() });
  return session && { email: session.user.email };
});

export const Route = createFileRoute("/page")({
  loader: async () => {
    const session = await readSession();
    if (!session) throw redirect({ to: "/sign-in" });
    return session;
  },
  component: Page,
});

function Page() {
  return <p>{Route.useLoaderData().email}</p>;
}
