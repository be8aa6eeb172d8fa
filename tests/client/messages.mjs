// The mails and text messages that a server writes into a file, for programs that read them.
import { existsSync, readFileSync } from "node:fs";

/** Waits until the file has this many messages, and returns the last of them. */
export async function message(file, count) {
  for (let wait = 0; wait < 400; wait++) {
    const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
    if (lines.length >= count) return JSON.parse(lines[count - 1]);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`message ${count} was not sent`);
}

/** Returns a function that waits for the next message, which must be of the given kind, and returns its code. */
export function codes(file, checks) {
  let count = 0;
  return async (kind) => {
    const next = await message(file, ++count);
    checks.equal(`message ${count}`, next.kind, kind);
    return next.code;
  };
}
