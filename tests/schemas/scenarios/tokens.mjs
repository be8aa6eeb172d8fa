// Signed tokens, and the table of keys.
import { KEY_SET } from "../../client/scenarios/tokens.mjs";
import { at, visitor } from "../people.mjs";

const scenarios = {
  async "a token"(s) {
    await s.get("/jwks", { ...KEY_SET, record: false });
    const jar = await visitor(s);
    await s.get("/token", { jar });
    await s.get("/jwks", KEY_SET);
    await s.get("/get-session", { jar });
  },
  async "a key of another time"(s) {
    await s.get("/jwks", { ...KEY_SET, record: false });
    const jar = await visitor(s);
    await s.sql(`update {jwks} set {jwks.createdAt} = ${at(-6 * 3_600)}`);
    await s.get("/token", { jar });
    await s.get("/jwks", KEY_SET);
  },
};
/** For schemas with a table of keys. */
export default scenarios;
export const needs = "jwt";
