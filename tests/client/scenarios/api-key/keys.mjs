// API keys that stand for sessions and have metadata, with the defaults otherwise.
import { counts, create, get, list, remove, update, use } from "../api-keys.mjs";
import { BODIES, VALUES } from "../inputs.mjs";

const DAY = 86_400;
/** Values around what each member of a new key may have. */
const GIVEN = {
  name: ["", "a", "x".repeat(32), "x".repeat(33), 1, null],
  prefix: ["", "a-9_", "a b", "x".repeat(32), "x".repeat(33), 1, null],
  expiresIn: [0, 1, DAY - 1, DAY, 365 * DAY, 365 * DAY + 1, 1.5 * DAY, "1", -1],
  metadata: [{}, { a: { b: [1] } }, [], [1], "text", "", 0, 7, true, false],
  remaining: [0, 5, -1, null, "5"],
  refillAmount: [0, 1, "1"],
  refillInterval: [1, "1"],
  rateLimitMax: [1, "1"],
  rateLimitTimeWindow: [1, "1"],
  rateLimitEnabled: [true, false, "true", 1],
  permissions: [{}, { a: ["b"] }, { a: "b" }, { a: [1] }, [], "x"],
  configId: ["default", "unknown", "", 1],
  organizationId: ["x"],
};

export default {
  async "a key is made, read, listed, changed and removed"(s) {
    const { jar } = await s.user();
    const { json: { id, key } } = await create(s, { name: "CI", prefix: "ci_", expiresIn: 2 * DAY, metadata: { tags: ["a", null], team: "core" } }, { jar });
    await get(s, id, { jar });
    await list(s, "", { jar });
    await update(s, { keyId: id, name: "Builds" }, { jar });
    await update(s, { keyId: id, enabled: false, metadata: null }, { jar });
    await counts(s);
    await use(s, key, { label: "disabled" });
    await update(s, { keyId: id, enabled: true, expiresIn: null }, { jar });
    await use(s, key, { label: "enabled" });
    await get(s, id, { jar });
    await remove(s, { keyId: id }, { jar });
    await get(s, id, { jar });
    await remove(s, { keyId: id }, { jar });
    await use(s, key, { label: "removed" });
  },
  async "what a new key may have"(s) {
    const { jar } = await s.user();
    for (const [member, values] of Object.entries(GIVEN)) for (const value of values) await create(s, { [member]: value }, { jar, label: `${member} ${JSON.stringify(value)?.slice(0, 40)}` });
    await counts(s);
  },
  async "what may change"(s) {
    const { jar } = await s.user();
    const { json: { id } } = await create(s, {}, { jar, record: false });
    for (const [member, values] of Object.entries(GIVEN))
      if (!["prefix", "organizationId"].includes(member)) for (const value of values) await update(s, { keyId: id, [member]: value }, { jar, label: `${member} ${JSON.stringify(value)?.slice(0, 40)}` });
    await update(s, { keyId: id, permissions: null }, { jar });
    await update(s, { keyId: id }, { jar });
    // A text that cannot be an identifier is an empty 500 of better-auth where identifiers are no texts.
    for (const [label, value] of Object.entries(VALUES)) if (typeof value !== "string") await update(s, { keyId: value, name: "x" }, { jar, label });
    await counts(s);
  },
  async "bodies that are none"(s) {
    const { jar } = await s.user();
    for (const path of ["create", "update", "delete"]) {
      for (const [label, body] of Object.entries(BODIES)) await s.request("POST", `/api-key/${path}`, { body, jar, headers: { "content-type": "application/json" }, label });
      await s.request("POST", `/api-key/${path}`, { jar });
      await s.request("GET", `/api-key/${path}`, { jar });
    }
  },
  async "signed out, and another user"(s) {
    const { jar } = await s.user();
    const eve = await s.user("eve@example.com");
    const { json: { id } } = await create(s, { name: "Ada's" }, { jar, record: false });
    for (const other of [undefined, eve.jar]) {
      await get(s, id, { jar: other });
      await list(s, "", { jar: other });
      await update(s, { keyId: id, name: "Eve's" }, { jar: other });
      await remove(s, { keyId: id }, { jar: other });
      await create(s, { userId: eve.user.id }, { jar: other });
    }
    await update(s, { keyId: id, userId: eve.user.id, name: "x" }, { jar });
    await update(s, { keyId: id, userId: (await get(s, id, { jar, record: false })).json.referenceId, name: "x" }, { jar });
    for (const path of ["verify", "delete-all-expired-api-keys"]) await s.post(`/api-key/${path}`, { key: "x" }, { jar });
  },
  async "lists in pages and orders"(s) {
    const { jar } = await s.user();
    for (const name of ["b", "c", "a"]) await create(s, { name }, { jar, record: false });
    for (const query of ["?sortBy=name", "?sortBy=name&sortDirection=desc", "?sortBy=createdAt&limit=2", "?sortBy=name&limit=1&offset=1", "?limit=0", "?offset=9", "?configId=unknown", "?configId=default&sortBy=name", "?limit=x", "?limit=-1", "?limit=1.5", "?offset=-1&limit=x", "?sortDirection=up"]) await list(s, query, { jar });
  },
  async "keys that are over"(s) {
    const { jar } = await s.user();
    const { json: { key } } = await create(s, {}, { jar, record: false });
    await use(s, "short", { label: "short" });
    await use(s, "x".repeat(64), { label: "unknown" });
    await use(s, key, { path: "/ok", label: "valid" });
    await use(s, "x".repeat(64), { path: "/ok", label: "unknown" });
    await s.sql(`update apikey set remaining = 2`);
    for (const label of ["two are left", "one is left", "none is left", "it is gone"]) {
      await use(s, key, { label });
      await counts(s);
    }
    const { json: second } = await create(s, {}, { jar, record: false });
    await s.sql(`update apikey set "expiresAt" = now() - interval '1 minute'`);
    await use(s, second.key, { label: "expired" });
    await counts(s);
  },
  async "refills"(s) {
    const { jar } = await s.user();
    const { json: { key } } = await create(s, {}, { jar, record: false });
    await s.sql(`update apikey set remaining = 0, "refillAmount" = 2, "refillInterval" = 60000`);
    await use(s, key, { label: "too soon" });
    await s.sql(`update apikey set "createdAt" = now() - interval '2 minutes'`);
    for (const label of ["refilled", "one is left", "none is left"]) {
      await use(s, key, { label });
      await counts(s);
    }
    await s.sql(`update apikey set remaining = 1, "lastRefillAt" = date_trunc('second', now()) - interval '2 minutes'`);
    await use(s, key, { label: "refilled before it is empty" });
    await counts(s);
  },
  async "the rate limit of a key"(s) {
    const { jar } = await s.user();
    const { json: { key } } = await create(s, {}, { jar, record: false });
    for (let use_ = 1; use_ <= 11; use_++) await use(s, key, { label: `${use_}` });
    await counts(s);
    await s.sql(`update apikey set "lastRequest" = now() - interval '2 days'`);
    await use(s, key, { label: "in a new window" });
    await counts(s);
    await s.sql(`update apikey set "requestCount" = 99, "rateLimitEnabled" = false`);
    await use(s, key, { label: "without a limit" });
    await s.sql(`update apikey set "rateLimitEnabled" = true, "rateLimitMax" = null, "lastRequest" = null`);
    await use(s, key, { label: "without a maximum" });
    await counts(s);
  },
};
