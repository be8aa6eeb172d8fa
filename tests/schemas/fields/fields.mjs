// Additional fields of every type in columns of every type: what is taken, what is stored, and what is answered.
import { PASSWORD, SIGN_UP, visitor } from "../people.mjs";
import { differs, VALUES } from "./values.mjs";

/** The fields of a type, as pairs of the field and the column's type: they are called `string_varchar` and so on. */
const fields = (s, type) => Object.keys(s.options.user.additionalFields).filter((field) => field.startsWith(`${type}__`)).map((field) => [field, field.slice(type.length + 2)]);
const UNWRITABLE = ["generated", "identity"];

const stored = async (s, field, email) => (await s.sql(`select {user.${field}}::text as text from {user} where {user.email} = $1`, [email]))[0].text;

/** Puts values into fields and tells of each whether it was taken, as what it is stored and how it is answered. */
async function each(s, type, wanted) {
  const jar = await visitor(s);
  for (const [field, column] of fields(s, type))
    for (const value of VALUES[type].filter((value) => wanted(column, value))) {
      if (!UNWRITABLE.includes(column)) await s.sql(`update {user} set {user.${field}} = null`);
      const { status } = await s.post("/update-user", { [field]: value }, { jar, record: false });
      const { json: read } = await s.get("/get-session", { jar, record: false });
      // What the column refuses is an empty 500 there, and VALUE_NOT_STORABLE here.
      s.note(`${type} in ${column}: ${JSON.stringify(value)}`, status === 200 ? "taken" : "refused", await stored(s, field, "ada@example.com"), read?.user?.[field]);
    }
}

const types = Object.keys(VALUES);
const updates = types.map((type) => [`${type}, changed`, (s) => each(s, type, (column) => !differs(type, column))]);
const known = [
  ["known: a list of texts in an array", (s) => each(s, "strings", (column, value) => column === "texts" && value)],
  ["known: a list of numbers in an array", (s) => each(s, "numbers", (column, value) => column === "integers" && value)],
  ["known: a number in an interval", (s) => each(s, "number", (column, value) => column === "interval" && value)],
];

export default {
  ...Object.fromEntries(updates),
  async "at sign-up"(s) {
    const jar = await visitor(s);
    for (let at = 0; at < Math.max(...types.map((type) => VALUES[type].length)); at++) {
      // Of each type the fields that take this value, as a change of the same user tells; of those that do not, one by one, a few.
      const given = types.filter((type) => at < VALUES[type].length).flatMap((type) => fields(s, type).filter(([, column]) => !differs(type, column)).map(([field]) => [field, VALUES[type][at]]));
      const taken = [], refused = [];
      for (const [field, value] of given) {
        const { status } = await s.post("/update-user", { [field]: value }, { jar, record: false });
        (status === 200 ? taken : refused).push([field, value]);
      }
      const email = `all${at}@example.com`;
      const { status, json } = await s.post(SIGN_UP, { name: "Ada", email, password: PASSWORD, ...Object.fromEntries(taken) }, { record: false });
      s.note(`all that take value ${at}`, status, json?.code, Object.fromEntries(taken.map(([field]) => [field, json?.user?.[field]])));
      s.note(`and refuse it`, refused.map(([field]) => field));
      if (status === 200) for (const [field] of taken) s.note(`${field} of value ${at}`, await stored(s, field, email));
      for (const [field, value] of refused.filter((_, index) => index % 17 === at % 17)) {
        const { status, json } = await s.post(SIGN_UP, { name: "Ada", email: "refused@example.com", password: PASSWORD, [field]: value }, { record: false });
        s.note(`${field} at sign-up`, status, json?.code, value);
      }
    }
    s.note("users", ...(await s.sql("select {user.email} as email from {user} order by 1")));
  },
  ...Object.fromEntries(known),
};
