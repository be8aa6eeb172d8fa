import { json } from "@sveltejs/kit";

export function GET({ locals }) {
  return locals.session ? json({ email: locals.session.user.email }) : json(null, { status: 401 });
}
