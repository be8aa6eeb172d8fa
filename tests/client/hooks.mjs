// Serves the recipe for hooks on a free port, as a framework would.
//
//   HOOKS_SECRET=… node hooks.mjs
//
// Prints its URL. With `--judge JSON`, a list of { headers, body }, prints instead whether the recipe takes each of them for genuine.
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { transform } from "esbuild";
import { readFile } from "node:fs/promises";

const source = await readFile(new URL("../../recipes/node/hooks.ts", import.meta.url), "utf8");
const { code } = await transform(source, { loader: "ts", format: "esm" });
const { POST, isGenuine } = await import(`data:text/javascript;base64,${Buffer.from(code).toString("base64")}`);

const { values: args } = parseArgs({ options: { judge: { type: "string" } } });
if (args.judge) {
	const calls = JSON.parse(args.judge);
	console.log(JSON.stringify(calls.map(({ headers, body, now }) => isGenuine(new Headers(headers), body, process.env.HOOKS_SECRET, now))));
	process.exit();
}
const server = createServer(async (incoming, outgoing) => {
	const parts = [];
	for await (const part of incoming) parts.push(part);
	const answer = await POST(new Request(`http://localhost${incoming.url}`, { method: "POST", headers: incoming.headers, body: Buffer.concat(parts) }));
	outgoing.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
});
server.listen(0, "localhost", () => console.log(`listening on http://localhost:${server.address().port}`));
process.stdin.on("end", () => process.exit()).resume();
