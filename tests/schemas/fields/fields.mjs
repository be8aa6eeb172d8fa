// Additional fields of every type in columns of every type: what is taken, what is stored, and what is answered.
import { PASSWORD, SIGN_IN, SIGN_UP, visitor } from "../people.mjs";
import { differs, VALUES } from "./values.mjs";

/** The names of a model's additional fields that do not differ on purpose; each has its type and its column in it: `string__varchar`. */
const names = (s, model = "user") => Object.keys(s.options[model]?.additionalFields ?? {});
const alike = (field) => !differs(...field.split("__"));
/** The fields of one type, as pairs of the field and the column. */
const fields = (s, model, type) => names(s, model).filter((field) => field.startsWith(`${type}__`)).map((field) => [field, field.slice(type.length + 2)]);

const stored = async (s, model, field) => (await s.sql(`select {${model}.${field}}::text as text from {${model}} order by {${model}.createdAt} desc limit 1`))[0].text;
/** The additional fields of a row as an answer shows them, a line for each. A field that the answer lacks has no value. */
const shown = (s, row, model = "user") => (row ? names(s, model).filter(alike).map((field) => ({ [field]: row[field] })) : []);

/** Puts values into fields and tells of each whether it was taken, as what it is stored and how it is answered. */
async function each(s, model, type, wanted, values = VALUES[type]) {
  const jar = await visitor(s);
  for (const [field, column] of fields(s, model, type))
    for (const value of values.filter((value) => wanted(column, value))) {
      await s.sql(`update {${model}} set {${model}.${field}} = default`);
      const { status } = await s.post(`/update-${model}`, { [field]: value }, { jar, record: false });
      const { json: read } = await s.get("/get-session", { jar, record: false });
      // A value that the column refuses is an empty 500 there, and VALUE_NOT_STORABLE here.
      s.note(`${type} in ${column}: ${JSON.stringify(value)}`, status === 200 ? "taken" : "refused", await stored(s, model, field), read?.[model]?.[field]);
    }
  // Hundreds of requests may take minutes, and not as many on both sides.
  await s.sql(`update {${model}} set {${model}.updatedAt} = {${model}.createdAt}`);
}

/** Signs up with the value that has this place in each type's list, in every field that takes it, and signs in. */
async function signUp(s, at) {
  // How many numbers a refused row uses up is not compared: every scenario counts from one.
  await s.sql("truncate {user}, {session}, {account} restart identity");
  const jar = await visitor(s);
  // Of each type the fields that take this value, as a change of the same user tells; of those that do not, one by one, a few.
  const given = names(s).filter(alike).map((field) => [field, VALUES[field.split("__")[0]][at]]).filter(([, value]) => value !== undefined);
  const taken = [], refused = [];
  for (const [field, value] of given) {
    const { status } = await s.post("/update-user", { [field]: value }, { jar, record: false });
    (status === 200 ? taken : refused).push([field, value]);
  }
  s.note("refused", refused.map(([field]) => field));
  const email = "grace@example.com";
  const { status, json } = await s.post(SIGN_UP, { name: "Grace", email, password: PASSWORD, ...Object.fromEntries(taken) }, { record: false });
  s.note("all others, at sign-up", status, json?.code, ...shown(s, json?.user));
  for (const [field] of taken) s.note(`${field}, stored`, await stored(s, "user", field));
  await signIn(s, email);
  for (const [field, value] of refused.filter((_, index) => index % 17 === at % 17)) {
    const { status, json } = await s.post(SIGN_UP, { name: "Ada", email: "refused@example.com", password: PASSWORD, [field]: value }, { record: false });
    s.note(`${field} at sign-up`, status, json?.code, value);
  }
  s.note("users", ...(await s.sql("select {user.email} as email from {user} order by 1")));
}

/** Signs in and tells what that answers, and the session after it. */
async function signIn(s, email) {
  const jar = s.jar();
  const { status, json } = await s.post(SIGN_IN, { email, password: PASSWORD }, { jar, record: false });
  s.note("at sign-in", status, ...shown(s, json?.user));
  await session(s, jar);
}
async function session(s, jar) {
  const { json } = await s.get("/get-session", { jar, record: false });
  s.note("in the session", ...shown(s, json?.user), ...shown(s, json?.session, "session"));
}

const types = Object.keys(VALUES);
const updates = types.map((type) => [`${type}, changed`, (s) => each(s, "user", type, (column) => !differs(type, column))]);
const signUps = VALUES.string.map((_, at) => [`value ${at}, at sign-up`, (s) => signUp(s, at)]);
const known = [
  ["known: a list of texts in an array", (s) => each(s, "user", "strings", (column, value) => column === "texts" && value)],
  ["known: a list of texts in a domain over an array", (s) => each(s, "user", "strings", (column, value) => column === "labels" && value)],
  ["known: a list of numbers in an array", (s) => each(s, "user", "numbers", (column, value) => column === "integers" && value)],
  ["known: times in a list of texts in a text", (s) => each(s, "user", "strings", (column) => column === "text", [["2020-01-02T03:04:05Z"]])],
  ["known: a number in an interval", (s) => each(s, "user", "number", (column, value) => column === "interval" && value)],
];

export default {
  ...Object.fromEntries(updates),
  "string of a session": (s) => each(s, "session", "string", (column) => !differs("string", column)),
  ...Object.fromEntries(signUps),
  /** The client gives no value: the columns' own defaults, counters and expressions do. */
  async "left out"(s) {
    const visiting = await visitor(s);
    await session(s, visiting);
    const email = "grace@example.com";
    const jar = s.jar();
    const { status, json } = await s.post(SIGN_UP, { name: "Grace", email, password: PASSWORD }, { jar, record: false });
    s.note("at sign-up", status, ...shown(s, json?.user));
    await session(s, jar);
    s.note("another name", (await s.post("/update-user", { name: "Grace Hopper" }, { jar, record: false })).status);
    await session(s, jar);
    await signIn(s, email);
    const { json: accounts } = await s.get("/list-accounts", { jar, record: false });
    s.note("accounts", ...accounts.flatMap((account) => shown(s, account, "account")));
    for (const model of ["user", "session", "account"])
      for (const field of names(s, model)) s.note(`${field} of ${model}, stored`, await stored(s, model, field));
  },
  ...Object.fromEntries(known),
};
