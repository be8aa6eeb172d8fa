// Reads URLs as browsers do: a JSON list of texts from FILE, each resolved against BASE, as a JSON list of
// [protocol, host, origin]; null for what is no URL.
//
//   node whatwg.mjs FILE BASE
import { readFileSync } from "node:fs";

const [file, base] = process.argv.slice(2);
const read = (text) => {
  if (!URL.canParse(text, base)) return null;
  const { protocol, host, origin } = new URL(text, base);
  return [protocol, host, origin];
};
console.log(JSON.stringify(JSON.parse(readFileSync(file, "utf8")).map(read)));
