// Serves the build on Node.
import { createServer } from "node:http";
import { toNodeHandler } from "@gatepost/server/node";
import server from "./dist/server/server.js";

createServer(toNodeHandler({ handler: (request) => server.fetch(request) })).listen(process.env.PORT, "127.0.0.1");
