import { auth } from "@/lib/auth";
import { APIError } from "@gatepost/server";

// `nextCookies` sets the cookies of the answer.
export async function POST(request: Request) {
  try {
    await auth.api.signInEmail({ body: await request.json(), headers: request.headers });
    return Response.json({ ok: true });
  } catch (error) {
    if (error instanceof APIError) return Response.json(error.body, { status: error.statusCode });
    throw error;
  }
}
