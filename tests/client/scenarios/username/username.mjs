// Usernames: signing up, in, asking and changing.
import { person, SIGN_UP, VALUES } from "../inputs.mjs";
import { by, BY_NAME, IS_FREE, up, way } from "../usernames.mjs";

/** Valid ones, and what is wrong in each way. */
const NAMES = ["abc", "ab", "", "a".repeat(30), "a".repeat(31), "Ann_One.1", "a-b", "a b", "üni", "...", "___", "123", "abc\n", "abc\u0000", "😀😀", `${"a".repeat(29)}😀`, "\u212aelvin", "İstanbul"];

export default {
  "a way with it": (s) => way(s, "Ann_One.1", ["ann_one.1", "ANN_ONE.1", "other"]),
  async "signing in"(s) {
    await up(s, { username: "Ada", zodiac: "leo" });
    const jar = s.jar();
    await s.post(BY_NAME, by("ada", { rememberMe: false, callbackURL: "/dash" }), { jar });
    await s.post(BY_NAME, by("ADA", { rememberMe: true, callbackURL: "" }), { jar });
    await s.get("/get-session", { jar });
    for (const body of [by("ada", { password: "wrong password" }), by("nobody"), by(""), by("ada", { password: "" }), by("ab"), by("a".repeat(31)), by("a b"), by("ada", { password: "p".repeat(129) }), by("ab", { password: "p".repeat(129) }), by("ada", { callbackURL: "https://evil.example" })]) await s.post(BY_NAME, body);
    await s.request("POST", BY_NAME, { form: by("ada") });
    await s.get(BY_NAME);
    await s.request("POST", BY_NAME, {});
  },
  async "signing in without a password"(s) {
    await up(s, { username: "ada" });
    await s.sql("update account set password = null");
    await s.post(BY_NAME, by("ada"));
    await s.sql("delete from account");
    await s.post(BY_NAME, by("ada"));
  },
  async "what its bodies may be"(s) {
    for (const value of Object.values(VALUES)) {
      await s.post(BY_NAME, by(value));
      await s.post(BY_NAME, by("ada", { password: value, rememberMe: value, callbackURL: undefined }));
      await s.post(IS_FREE, { username: value });
    }
    for (const body of ["null", "[]", '"x"', "{"]) for (const path of [BY_NAME, IS_FREE]) await s.request("POST", path, { body, headers: { "content-type": "application/json" } });
  },
  async "which are valid"(s) {
    for (const [at, username] of NAMES.entries()) {
      await s.post(IS_FREE, { username });
      await s.post(SIGN_UP, person(`p${at}@example.com`, { username }));
      await s.post(BY_NAME, by(username));
    }
    const { jar } = await s.user();
    for (const username of NAMES) await s.post("/update-user", { username }, { jar });
  },
  async "which are taken"(s) {
    await up(s, { username: "Ada" });
    await s.post(SIGN_UP, person("eve@example.com", { username: "ADA" }));
    await s.post(SIGN_UP, person("ada@example.com", { username: "ada" }));
    await s.post(SIGN_UP, person("ada@example.com", { username: "free" }));
    await s.post(SIGN_UP, person("eve@example.com", { username: "ada", password: "short" }));
    await s.post(IS_FREE, { username: "ADA" });
  },
  async "before the rest of the body"(s) {
    await up(s, { username: "Ada" });
    for (const body of [{ username: "ab" }, { username: "ada" }, { username: "free" }, { username: null }, { displayUsername: "ada" }, { displayUsername: "x" }]) await s.post(SIGN_UP, body);
  },
  async "no text"(s) {
    for (const [at, username] of [5, true, {}, [], ["abc"], null].entries()) await s.post(SIGN_UP, person(`p${at}@example.com`, { username }));
    const { jar } = await s.user();
    for (const username of [5, true, {}, ["abc"]]) await s.post("/update-user", { username }, { jar });
  },
  async "as it is shown"(s) {
    const given = [{ displayUsername: "Cool_Guy" }, { displayUsername: "Cool Guy!" }, { displayUsername: "cool_guy" }, { username: "dname", displayUsername: "The D" }, { username: "ename", displayUsername: "" }, { username: "fname", displayUsername: null }, { username: null, displayUsername: "Gname" }, { displayUsername: "" }, { username: "hname", displayUsername: 5 }, {}];
    for (const [at, extra] of given.entries()) await s.post(SIGN_UP, person(`p${at}@example.com`, extra));
    await s.request("POST", SIGN_UP, { form: person("form@example.com", { username: "FormUser" }) });
  },
  async "changing"(s) {
    const jar = s.jar();
    await up(s, { username: "Ada" }, { jar });
    await s.post(SIGN_UP, person("bob@example.com", { username: "Bobby" }));
    for (const body of [{ username: "ADA" }, { username: "BOBBY" }, { username: "x", email: "y" }, { username: "NewAda" }, { displayUsername: "New ADA!" }, { username: "NewAda2", displayUsername: "Two" }, { username: null }, { username: "" }, { username: "again", name: "A" }]) await s.post("/update-user", body, { jar });
    await s.get("/get-session", { jar });
    await s.post("/update-user", { username: "free" });
  },
};
