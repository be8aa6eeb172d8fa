// Reads URLs as Node does, each relative to a page: `node resolve.mjs PAGE FILE`, where FILE is a JSON list of texts. Prints
// a JSON list of their parts, null for what is no URL.
import { readFileSync } from "node:fs";

const [page, file] = process.argv.slice(2);
const read = (text) => {
  try {
    const { protocol, hostname, port, pathname } = new URL(text, page);
    return { protocol, hostname, port, pathname };
  } catch {
    return null;
  }
};
console.log(JSON.stringify(JSON.parse(readFileSync(file, "utf8")).map(read)));
