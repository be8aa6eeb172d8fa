// Answers gatepost's hooks: a route handler for Next.js, Hono, or any framework with the `Request` and `Response` of the web.
//
//   [hooks.work_addresses]
//   before = "user.create"
//   url = "https://app.example.com/api/gatepost-hooks"
//
// It needs no package. HOOKS_SECRET is the variable of the auth service; while you replace it, either may have both secrets.
import { createHmac, timingSafeEqual } from "node:crypto";

/** The body that a hook receives, in version 1. docs/hooks.md says which members of `data` an event has. */
export interface Call {
	version: 1;
	id: string;
	hook: string;
	when: "before" | "after";
	event: string;
	at: string;
	data: {
		user?: { id: string; email: string; name: string | null; emailVerified: boolean } & Record<string, unknown>;
		session?: { id: string; userId: string; expiresAt: string } & Record<string, unknown>;
		changes?: Record<string, unknown>;
		way?: string;
		request?: { path?: string; method?: string; ipAddress: string; userAgent: string };
	};
}

/** The answer of a hook with `before`. */
export type Verdict =
	| { verdict: "continue" }
	| { verdict: "refuse"; status?: number; code?: string; message?: string }
	| { verdict: "set"; set: Record<string, unknown> };

/** How old a call may be, in seconds. An older one may be a repetition by a third party. */
const TOLERANCE = 300;

/** Whether one of the secrets has signed the call (Standard Webhooks), at a time near `now` in seconds. */
export function isGenuine(headers: Headers, body: string, secrets: string, now = Date.now() / 1000): boolean {
	const [id, timestamp, given] = ["id", "timestamp", "signature"].map((name) => headers.get(`webhook-${name}`) ?? "");
	if (!/^\d+$/.test(timestamp) || Math.abs(now - Number(timestamp)) > TOLERANCE) return false;
	const signatures = given.split(" ").filter((text) => text.startsWith("v1,")).map((text) => Buffer.from(text.slice(3), "base64"));
	return secrets.split(/\s+/).filter((secret) => secret.startsWith("whsec_")).some((secret) => {
		const key = Buffer.from(secret.slice("whsec_".length), "base64");
		const expected = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest();
		return signatures.some((signature) => signature.length === expected.length && timingSafeEqual(signature, expected));
	});
}

/** Your own decisions, one for each hook by its name. A hook with `after` answers nothing. */
export const hooks: Record<string, (call: Call) => Promise<Verdict | void> | Verdict | void> = {
	work_addresses({ data: { user } }) {
		if (user?.email.endsWith("@throwaway.example")) {
			return { verdict: "refuse", status: 400, code: "WORK_ADDRESS", message: "Use your work address" };
		}
		return { verdict: "set", set: { role: user?.email === "boss@corp.example" ? "staff" : "member" } };
	},
	billing({ id, data: { user } }) {
		// gatepost may tell of the same event twice, under the same id: let the billing service ignore a repetition.
		console.info(JSON.stringify({ idempotencyKey: id, customer: user?.id }));
	},
};

/** The route handler. */
export async function POST(request: Request): Promise<Response> {
	const body = await request.text();
	if (!isGenuine(request.headers, body, process.env.HOOKS_SECRET ?? "")) return new Response(null, { status: 401 });
	const call = JSON.parse(body) as Call;
	const hook = hooks[call.hook];
	if (!hook || call.version !== 1) return new Response(null, { status: 404 });
	return Response.json((await hook(call)) ?? { verdict: "continue" });
}
