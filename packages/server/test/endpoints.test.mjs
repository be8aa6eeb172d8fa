// The table of endpoints is what the installed better-auth has.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

test("src/endpoints.ts is what npm run endpoints writes", async () => {
  const { source } = await import("../scripts/endpoints.mjs");
  assert.equal(readFileSync(new URL("../src/endpoints.ts", import.meta.url), "utf8"), source);
});
