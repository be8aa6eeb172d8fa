// How many requests of one client are answered. Each scenario has addresses of its own: counts outlive it.
const from = (address) => ({ headers: { "x-forwarded-for": address } });
const times = async (count, request) => { for (let i = 0; i < count; i++) await request(i); };
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const signIn = { email: "nobody@example.com", password: "correct horse battery" };

export default {
  async "the general limit, by path and by client"(s) {
    await times(8, () => s.get("/get-session", from("203.0.113.1")));
    await s.get("/get-session", from("203.0.113.2"));
    await s.get("/list-accounts", from("203.0.113.1"));
  },
  async "unknown paths and wrong methods count too"(s) {
    await times(7, () => s.get("/nowhere", from("203.0.113.3")));
    await times(7, (i) => s.request(i % 2 ? "PUT" : "GET", "/error", from("203.0.113.3")));
    await times(7, (i) => s.get(`/get-session${i % 2 ? "/" : ""}`, from("203.0.113.3")));
  },
  async "signing in and up have less"(s) {
    await times(4, () => s.post("/sign-in/email", signIn, from("203.0.113.4")));
    await times(4, () => s.post("/sign-up/email", {}, from("203.0.113.4")));
    await times(4, () => s.post("/sign-in/nowhere", {}, from("203.0.113.4")));
    await times(4, () => s.post("/change-email", {}, from("203.0.113.4")));
    await times(4, () => s.post("/request-password-reset", {}, from("203.0.113.4")));
    await times(4, () => s.post("/send-verification-email", {}, from("203.0.113.4")));
  },
  async "rules of one's own"(s) {
    await times(3, () => s.get("/list-sessions", from("203.0.113.5")));
    await times(3, () => s.get("/list-nothing", from("203.0.113.5")));
    await times(2, () => s.post("/change-password", {}, from("203.0.113.5")));
    await times(9, () => s.get("/ok", from("203.0.113.5")));
  },
  async "the window begins anew with every answer"(s) {
    await s.post("/change-password", {}, from("203.0.113.6"));
    await s.post("/change-password", {}, from("203.0.113.6"));
    await pause(2_100);
    await s.post("/change-password", {}, from("203.0.113.6"));
    await s.post("/change-password", {}, from("203.0.113.6"));
  },
  async "a network of IPv6 is one client, and so are all who have no address"(s) {
    await times(2, (i) => s.get("/list-x", from(`2001:db8:0:1::${i}`)));
    await s.get("/list-x", from("2001:0DB8:0:1:ffff::1"));
    await s.get("/list-x", from("2001:db8:0:2::1"));
    await s.get("/list-y", from("203.0.113.7, 203.0.113.8"));
    await s.get("/list-y", from("not an address"));
    await s.get("/list-y");
  },
  async "a refused request changes nothing"(s) {
    await times(4, () => s.post("/sign-up/email", { name: "A", email: "a@example.com", password: "short" }, from("203.0.113.9")));
    await s.post("/sign-up/email", { name: "A", email: "a@example.com", password: "correct horse battery" }, from("203.0.113.9"));
  },
};
