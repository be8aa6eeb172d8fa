// The parts that the scenarios of all schemas share: people, values for additional columns, and instants that any column takes.

export const SIGN_UP = "/sign-up/email";
export const SIGN_IN = "/sign-in/email";
export const PASSWORD = "correct horse battery";

/** Values for an additional field, by its type. Not every column takes every one. */
const SAMPLES = {
  string: ["no", "something longer"],
  number: [36, -7],
  boolean: [true, false],
  date: ["1990-05-01T00:00:00.000Z", "2026-03-08T02:30:00.000Z"],
  json: [{ a: [1, null] }, []],
  "string[]": [["a", "b,c"], []],
  "number[]": [[1, 2], []],
};
export const samples = (type) => (Array.isArray(type) ? [type.at(-1), "another"] : SAMPLES[type]);

/**
 * The additional fields of a model that a client may set, as pairs of name and type.
 *
 * Lists are left out. Their columns are arrays in these schemas: better-auth on a `pg.Pool` answers with an empty 500, and gatepost
 * stores them, which tests/conformance/additional_fields.rs compares.
 */
export const own = (s, model = "user") =>
  Object.entries(s.options[model]?.additionalFields ?? {})
    .filter(([, { input, type }]) => input !== false && !String(type).endsWith("[]"))
    .map(([name, { type }]) => [name, type]);

/** The body of a sign-up: every field that the schema demands. */
export function person(s, email = "ada@example.com", extra = {}) {
  const demanded = Object.entries(s.options.user?.additionalFields ?? {}).filter(([, { required, defaultValue }]) => required !== false && defaultValue === undefined);
  return { name: "Ada", email, password: PASSWORD, ...Object.fromEntries(demanded.map(([name, { type }]) => [name, samples(type)[0]])), ...extra };
}

/** Signs a user up, unrecorded, and returns the jar with the session. From now on each request is from another address. */
export async function user(s, email, extra) {
  s.roam();
  const jar = s.jar();
  const { status, text } = await s.post(SIGN_UP, person(s, email, extra), { jar, record: false });
  if (status !== 200) throw new Error(`sign-up answered ${status} ${text}`);
  return jar;
}
/** Signs a user up without a password, which costs a hash: a provider sends the user, if the schema allows that. */
export async function visitor(s) {
  if (Object.keys(person(s)).length > 3) return user(s);
  s.roam();
  const { jar, answer } = await s.come("google", "ada", { callbackURL: "/dash" }, { record: false });
  if (answer.headers.location !== "/dash") throw new Error(`${answer.status} ${answer.headers.location}`);
  return jar;
}

/** An instant so many seconds from now as Node writes it. A column without a time zone passes the offset over. */
export const at = (seconds) => `'${new Date(Date.now() + seconds * 1_000).toISOString().replace("Z", "+00:00")}'`;
