import { auth, type Session } from "@/lib/auth";
import { headers } from "next/headers";
import { redirect } from "next/navigation";

// A server component: reads the session, and cannot set cookies.
export default async function Page() {
  const session: Session | null = await auth.api.getSession({ headers: await headers() });
  if (!session) redirect("/sign-in");
  return <p>{session.user.email}</p>;
}
