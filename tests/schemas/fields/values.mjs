// Values for additional fields, by the field's type. Each is put into a column of every type.
const INSTANTS = ["1990-05-01T00:00:00.000Z", "2026-03-08T02:30:00.000Z"];

export const VALUES = {
  string: ["a", "abcdef", "", "5", "1.50", "true", "2020-01-02", "2020-01-02T03:04:05.678Z", "8c5c6b1e-5d4b-4b6f-9a57-0f6c2f6c1d11", "10.0.0.1", "[1]", '{"a":1}', "{x,y}", "\\x4142", "12:30:00", "a@b", null],
  number: [5, 1.5, -3, 0, 3e9, 9_007_199_254_740_991, null],
  boolean: [true, false, null],
  date: [...INSTANTS, "1990-05-01", null],
  json: [{ a: [1, null], b: "x" }, [1], {}, null],
  strings: [["a", "b,c"], ['x"y', "{}"], [], null],
  numbers: [[1, 2], [1.5], [], null],
  a_b: ["a", "b", "c", null],
};

/** Differences on purpose: fields of these types, in columns of these, with any value. docs/DIFFERENCES.md has the reasons. */
export const DIFFERENCES = [
  // "a list, in a column that is an array of PostgreSQL"
  { types: ["strings", "numbers"], columns: ["texts", "integers", "labels", "tags"] },
  // "an additional field in a column of type `interval`"
  { columns: ["interval"] },
];
export const differs = (type, column) => DIFFERENCES.some(({ types, columns }) => (!types || types.includes(type)) && columns.includes(column));
