import { auth } from "@/lib/auth";
import { NextResponse, type NextRequest } from "next/server";

// Redirects early. The page itself checks the session.
export function middleware(request: NextRequest) {
  if (!auth.hasSessionCookie(request.headers)) return NextResponse.redirect(new URL("/sign-in", request.url));
  return NextResponse.next();
}

export const config = { matcher: ["/page"] };
