// Bans, and what a provider says of a user, with administration.
export default {
  async "a banned user"(s) {
    const { jar } = await s.come("github", "ada", { callbackURL: "/in", errorCallbackURL: "/no" });
    await s.get("/get-session", { jar });
    await s.sql("update {user} set banned = true");
    await s.come("github", "ada", { callbackURL: "/in", errorCallbackURL: "/no" });
    await s.come("github", "ada", { callbackURL: "/in" });
    await s.sql(`update {user} set "banExpires" = now() - interval '1 hour'`);
    await s.come("github", "ada", { callbackURL: "/in", errorCallbackURL: "/no" });
  },
};
