import { json } from "@sveltejs/kit";
import { auth } from "../../lib/server/auth.js";
import { APIError } from "@gatepost/server";

export async function POST({ request }) {
  try {
    await auth.api.signInEmail({ body: await request.json(), headers: request.headers });
    return json({ ok: true });
  } catch (error) {
    if (error instanceof APIError) return json(error.body, { status: error.statusCode });
    throw error;
  }
}
