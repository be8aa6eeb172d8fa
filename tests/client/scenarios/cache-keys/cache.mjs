// The scenarios of the cache, with the keys that sign tokens.
import shared from "../cache.mjs";
import { KEY_SET } from "../tokens.mjs";

const knowingTheKeys = (scenario) => async (s) => {
  await s.get("/jwks", { ...KEY_SET, record: false });
  await scenario(s);
};

export default Object.fromEntries(Object.entries(shared).map(([name, scenario]) => [name, knowingTheKeys(scenario)]));
