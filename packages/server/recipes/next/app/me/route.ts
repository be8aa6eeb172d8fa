import { auth } from "@/lib/auth";

export async function GET(request: Request) {
  const session = await auth.api.getSession({ headers: request.headers });
  return session ? Response.json({ email: session.user.email }) : Response.json(null, { status: 401 });
}
