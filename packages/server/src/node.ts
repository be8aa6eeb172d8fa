// Node's own `http`, and what is built on it, such as Express.
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** The headers of Node's request, for `auth.api`. */
export function fromNodeHeaders(from: IncomingHttpHeaders): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(from)) for (const one of [value ?? []].flat()) headers.append(name, one);
  return headers;
}

/** Answers Node's requests with `auth.handler`. Mount it before a parser of bodies. */
export function toNodeHandler(auth: { handler: (request: Request) => Promise<Response> }) {
  return async (incoming: IncomingMessage & { originalUrl?: string }, outgoing: ServerResponse): Promise<void> => {
    const gone = new AbortController();
    outgoing.on("close", () => gone.abort());
    const scheme = "encrypted" in incoming.socket && incoming.socket.encrypted ? "https" : "http";
    const host = incoming.headers.host ?? "localhost";
    // Express removes the mount point from `url`.
    const target = incoming.originalUrl ?? incoming.url ?? "/";
    const url = target.startsWith("/") && URL.canParse(target, `${scheme}://${host}`) ? new URL(`${scheme}://${host}${target}`) : undefined;
    if (!url) {
      outgoing.writeHead(400).end();
      return;
    }
    const hasBody = incoming.method !== "GET" && incoming.method !== "HEAD";
    const request = new Request(url, {
      method: incoming.method ?? "GET",
      headers: fromNodeHeaders(incoming.headers),
      body: hasBody ? (Readable.toWeb(incoming) as unknown as BodyInit) : null,
      signal: gone.signal,
      ...(hasBody && { duplex: "half" }),
    } as RequestInit);
    const response = await auth.handler(request);
    outgoing.statusCode = response.status;
    for (const [name, value] of response.headers) if (name !== "set-cookie") outgoing.setHeader(name, value);
    const cookies = response.headers.getSetCookie();
    if (cookies.length > 0) outgoing.setHeader("set-cookie", cookies);
    if (!response.body) {
      outgoing.end();
      return;
    }
    // A browser that goes away ends the pipeline, and needs no answer.
    await pipeline(Readable.fromWeb(response.body as never), outgoing).catch(() => outgoing.destroy());
  };
}
