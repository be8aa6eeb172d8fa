// The scenarios of rate limits, with the counts in the table.
const from = (address) => ({ headers: { "x-forwarded-for": address } });
const rows = async (s) => s.note("counts", ...(await s.sql(`select key, count from "rateLimit" order by key`)));

export default {
  async "counted in the table"(s) {
    await s.sql(`delete from "rateLimit"`);
    for (let i = 0; i < 5; i++) await s.post("/sign-in/email", { email: "a@example.com", password: "x" }, from("203.0.113.1"));
    for (let i = 0; i < 3; i++) await s.get("/get-session", from("203.0.113.1"));
    await s.get("/nowhere");
    await rows(s);
  },
  async "a window that is over begins anew"(s) {
    await s.sql(`delete from "rateLimit"`);
    for (let i = 0; i < 4; i++) await s.post("/sign-in/email", { email: "a@example.com", password: "x" }, from("203.0.113.2"));
    await s.sql(`update "rateLimit" set "lastRequest" = "lastRequest" - 10000`);
    await s.post("/sign-in/email", { email: "a@example.com", password: "x" }, from("203.0.113.2"));
    await rows(s);
  },
};
