// Checks a built site: every relative link leads to a file, every anchor to an element, and the search finds words of the pages.
//
//   node .ci/check-site.mjs FOLDER
import fs from "node:fs";
import path from "node:path";
import vm from "node:vm";

const folder = path.resolve(process.argv[2]);
const problems = [];

const files = fs.readdirSync(folder, { recursive: true }).map(String);
const pages = files.filter((file) => file.endsWith(".html") && !["404.html", "print.html", "toc.html"].includes(file));
const anchors = new Map();
const read = (file) => fs.readFileSync(path.join(folder, file), "utf8");
for (const page of pages) anchors.set(page, new Set([...read(page).matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id)));

let links = 0;
for (const page of pages) {
  for (const [, link] of read(page).matchAll(/<a\b[^>]*\bhref="([^"]*)"/g)) {
    if (/^[a-z][a-z0-9+.-]*:/.test(link) || link === "") continue;
    const [target, anchor] = link.split("#", 2);
    let file = target === "" ? page : path.posix.normalize(path.posix.join(path.posix.dirname(page), decodeURI(target)));
    if (file.endsWith("/")) file += "index.html";
    links += 1;
    if (!fs.existsSync(path.join(folder, file))) problems.push(`${page}: ${link}: no such file`);
    else if (anchor && anchors.has(file) && !anchors.get(file).has(decodeURIComponent(anchor))) problems.push(`${page}: ${link}: no such anchor`);
  }
}

// The index is a script that hands elasticlunr's index to the page. Its documents have the text that the search looks through.
const script = files.find((file) => /^searchindex.*\.js$/.test(file));
const index = fs.existsSync(path.join(folder, script ?? "-")) ? read(script) : "";
const sandbox = { window: { search: {} } };
vm.runInNewContext(index, sandbox);
const found = sandbox.window.search?.index ?? sandbox.window.search;
const documents = Object.values(found?.documentStore?.docs ?? {});
for (const word of ["BETTER_AUTH_TRUSTED_ORIGINS", "revocation_check", "PgBouncer", "unknown_session", "accept-invitation"]) {
  if (!documents.some((document) => `${document.title} ${document.body}`.includes(word))) problems.push(`the search index has no '${word}'`);
}
// A term is in the index itself, letter by letter, as the search walks it.
const finds = (field, term) => {
  let node = found?.index?.[field]?.root;
  for (const letter of term) node = node?.[letter];
  return Object.keys(node?.docs ?? {}).length > 0;
};
for (const term of ["pgbouncer", "glossari"]) if (!finds("body", term) && !finds("title", term)) problems.push(`the search does not find '${term}'`);

for (const problem of problems) console.error(problem);
console.log(`${pages.length} pages, ${links} links, ${documents.length} sections in the search index, ${problems.length} problems`);
process.exitCode = problems.length === 0 && pages.length > 20 && links > 100 ? 0 : 1;
