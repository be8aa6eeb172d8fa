// Counts of requests in the table.
const from = { headers: { "x-forwarded-for": "203.0.113.1" } };
const wrong = (s) => s.post("/sign-in/email", { email: "nobody@example.com", password: "wrong password" }, from);
const counts = async (s) => s.note("counts", ...(await s.sql("select {rateLimit.key} as key, {rateLimit.count}::int as count from {rateLimit} order by 1")));

export default {
  async "too many requests"(s) {
    await s.sql("delete from {rateLimit}");
    for (let i = 0; i < 5; i++) await wrong(s);
    await counts(s);
  },
  async "a window that is over"(s) {
    await s.sql("delete from {rateLimit}");
    for (let i = 0; i < 4; i++) await wrong(s);
    await s.sql("update {rateLimit} set {rateLimit.lastRequest} = {rateLimit.lastRequest} - 11000");
    await wrong(s);
    await counts(s);
  },
};
export const needs = "rateLimit";
