// Stands in for the APIs of captcha providers and of Have I Been Pwned, which no test can reach. It follows what they document, and
// nothing here says that the real ones agree.
//
// The first segment of a path names who asks, so that two servers can be told apart: `/theirs/…` and `/ours/…`.
//
//   POST /WHO/siteverify     A response of a captcha is JSON and says what the provider answers: {answer: {…}}, with status?, text?
//                            instead of the answer, location?, drop?: true for no answer, silent?: true for none ever, or
//                            padding?: bytes more. Any other response is refused as the providers do, and so is any other secret
//                            key than `captcha-secret`.
//   GET  /WHO/range/PREFIX   The breached passwords whose hash begins so, below, between padding with a count of 0.
//   POST /WHO/say            What `/range/` answers from now on, in the same words: {text?, status?, …}. In the text, `SUFFIX` stands
//                            for the rest of the hash of the first breached password with that prefix. {} is as in the beginning.
//   GET  /WHO/asked          What was asked since the last call, as a list.
//
// Prints `listening on URL`, and ends when a piped stdin closes.
import { createHash } from "node:crypto";
import { createServer } from "node:http";

process.stdin.on("end", () => process.exit(0)).on("error", () => process.exit(0)).resume();

const BREACHED = ["password123", "another breached one", "\u00c5ngstr\u00f6m password"];
const hashes = BREACHED.map((password) => createHash("sha1").update(password).digest("hex").toUpperCase());
const states = new Map();
const state = (who) => states.get(who) ?? states.set(who, { asked: [], said: {} }).get(who);

function list(prefix) {
  const found = hashes.filter((hash) => hash.startsWith(prefix)).map((hash, at) => `${hash.slice(5)}:${at + 3}`);
  return ["0".repeat(35) + ":0", ...found, "F".repeat(35) + ":0"].join("\r\n");
}

function scripted(response) {
  try { return JSON.parse(response); } catch { return { answer: { success: false, "error-codes": ["invalid-input-response"] } }; }
}

function answer(outgoing, { status = 200, text, location, drop, silent, padding = 0 }, type) {
  if (silent) return;
  if (drop) return outgoing.destroy();
  outgoing.writeHead(status, { "content-type": type, ...(location && { location }) });
  outgoing.end(text + " ".repeat(padding));
}

const server = createServer(async (incoming, outgoing) => {
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  const [, who, what, prefix] = incoming.url.split("/");
  const { asked, said } = state(who);
  const { method, headers } = incoming;
  const note = (...names) => asked.push({ method, url: `/${what}${prefix ? `/${prefix}` : ""}`, ...Object.fromEntries(names.map((name) => [name, headers[name]])), ...(body && { body }) });
  if (what === "asked") {
    const all = asked.splice(0);
    return answer(outgoing, { text: JSON.stringify(all) }, "application/json");
  }
  if (what === "say") {
    state(who).said = JSON.parse(body);
    return answer(outgoing, { text: "{}" }, "application/json");
  }
  if (what === "range") {
    note("add-padding");
    const hash = hashes.find((one) => one.startsWith(prefix)) ?? "";
    return answer(outgoing, { ...said, text: (said.text ?? list(prefix)).replaceAll("SUFFIX", hash.slice(5)) }, "text/plain");
  }
  note("content-type");
  const sent = headers["content-type"] === "application/json" ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body));
  const isKnown = sent.secret === "captcha-secret";
  const script = isKnown ? scripted(sent.response) : { answer: { success: false, "error-codes": ["invalid-input-secret"] } };
  answer(outgoing, { ...script, text: script.text ?? JSON.stringify(script.answer) }, "application/json; charset=utf-8");
});
server.listen(0, "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
