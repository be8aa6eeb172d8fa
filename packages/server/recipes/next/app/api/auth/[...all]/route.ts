import { auth } from "@/lib/auth";
import { toNextJsHandler } from "@gatepost/server/next";

export const { GET, POST } = toNextJsHandler(auth);
