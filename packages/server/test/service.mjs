// A scripted service on a free port: it records what reaches it, byte for byte, and answers what a test says.
import { createServer } from "node:http";
import { after } from "node:test";

const open = new Set();
after(() => open.forEach((server) => server.close()));

/** `answer(request, response, body)` answers; by default 200 and `null`. Connections are closed after each answer. */
export async function service(answer = (_, response) => response.end("null")) {
  const requests = [];
  const server = createServer((request, response) => {
    const chunks = [];
    const seen = { method: request.method, url: request.url, headers: request.headers, raw: request.rawHeaders, body: "" };
    requests.push(seen);
    request.on("data", (chunk) => {
      chunks.push(chunk);
      seen.arrived?.(String(chunk));
    });
    request.on("end", () => {
      seen.body = Buffer.concat(chunks).toString();
      response.setHeader("content-type", "application/json");
      response.setHeader("connection", "close");
      answer(request, response, seen.body);
    });
    request.on("error", () => {});
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  open.add(server);
  return { url: `http://127.0.0.1:${server.address().port}`, requests, server, close: () => new Promise((resolve) => (server.closeAllConnections?.(), server.close(resolve))) };
}
