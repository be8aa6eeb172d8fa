// Runs the recipe for JavaScript.
//
//   node recipe.mjs --keys URL --issuer TEXT --audience TEXT --tokens JSON
//
// Prints, as one list of JSON, the subject of each token or the error's code.
import { parseArgs } from "node:util";
import { readFileSync } from "node:fs";

// The recipe is not beside the packages that are installed here: it is loaded as if it were.
const source = readFileSync(new URL("../../recipes/node/verify.mjs", import.meta.url), "utf8").replace('"jose"', JSON.stringify(import.meta.resolve("jose")));
const { verifier } = await import(`data:text/javascript;base64,${Buffer.from(source).toString("base64")}`);

const { values: args } = parseArgs({ options: { keys: { type: "string" }, issuer: { type: "string" }, audience: { type: "string" }, tokens: { type: "string" } } });
const verify = verifier({ url: args.keys, issuer: args.issuer, audience: args.audience });
const told = [];
for (const token of JSON.parse(args.tokens)) told.push(await verify(token).then(({ sub }) => sub, (error) => error.code ?? String(error)));
console.log(JSON.stringify(told));
