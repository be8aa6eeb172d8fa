// Times, which JSON has as texts, become the `Date`s that better-auth answers in process.

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;
/** The members of better-auth's tables that are times. A text of another member stays one, also if it looks like a time. */
const TIMES = [
  "createdAt",
  "updatedAt",
  "expiresAt",
  "accessTokenExpiresAt",
  "refreshTokenExpiresAt",
  "banExpires",
  "lockedUntil",
  "lastPolledAt",
  "lastRequest",
  "lastRefillAt",
];
/** Members with JSON of the application, in which a time is a text in process as well. */
const OPAQUE = new Set(["metadata", "permissions"]);

/** Reads JSON of the service; `further` are additional fields that are times. */
export function withDates(json: string, further: readonly string[]): unknown {
  const times = new Set([...TIMES, ...further]);
  const convert = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(convert);
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).map(([name, member]): [string, unknown] => {
      if (times.has(name) && typeof member === "string" && ISO.test(member)) return [name, new Date(member)];
      return [name, OPAQUE.has(name) ? member : convert(member)];
    });
    // `fromEntries` defines members, so that one named `__proto__` changes no prototype.
    return Object.fromEntries(entries);
  };
  return convert(JSON.parse(json));
}
