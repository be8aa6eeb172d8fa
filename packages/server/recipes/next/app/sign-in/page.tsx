import { auth } from "@/lib/auth";
import { APIError } from "@gatepost/server";
import { headers } from "next/headers";
import { redirect } from "next/navigation";

async function signIn(form: FormData) {
  "use server";
  const body = { email: String(form.get("email")), password: String(form.get("password")) };
  try {
    await auth.api.signInEmail({ body, headers: await headers() });
  } catch (error) {
    if (error instanceof APIError) redirect(`/sign-in?error=${error.body?.code}`);
    throw error;
  }
  redirect("/page");
}

export default function Page() {
  return (
    <form action={signIn}>
      <input name="email" type="email" />
      <input name="password" type="password" />
      <button>Sign in</button>
    </form>
  );
}
