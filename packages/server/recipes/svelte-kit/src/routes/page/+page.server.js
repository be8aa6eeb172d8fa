import { redirect } from "@sveltejs/kit";

export function load({ locals }) {
  if (!locals.session) redirect(307, "/sign-in");
  return { email: locals.session.user.email };
}
