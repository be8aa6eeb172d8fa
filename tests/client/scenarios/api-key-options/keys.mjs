// Two configurations of API keys, with every other option.
import { counts, create, get, list, remove, update, use } from "../api-keys.mjs";

const DAY = 86_400;

export default {
  async "names, prefixes and expiries of the default configuration"(s) {
    const { jar } = await s.user();
    for (const json of [{}, { name: "" }, { name: "a" }, { name: "ab" }, { name: "abcdef" }, { name: "abc", prefix: "ab" }, { name: "abc", prefix: "abc" }, { name: "abc", prefix: "abcde" }, { name: "abc", expiresIn: 9 * DAY }, { name: "abc", metadata: {} }, { name: "abc", metadata: { a: 1 } }]) await create(s, json, { jar, label: JSON.stringify(json) });
    await list(s, "?sortBy=prefix&limit=1", { jar });
    await counts(s);
  },
  async "keys of two configurations"(s) {
    const { jar } = await s.user();
    const { json: own } = await create(s, { name: "own" }, { jar });
    const { json: ci } = await create(s, { configId: "ci" }, { jar });
    for (const seconds of [DAY, 2 * DAY, 3 * DAY, 4 * DAY]) await create(s, { configId: "ci", expiresIn: seconds }, { jar, label: `${seconds}` });
    for (const id of [own.id, ci.id]) {
      await get(s, id, { jar });
      await s.get(`/api-key/get?id=${id}&configId=ci`, { jar });
      await update(s, { keyId: id, configId: "ci", name: "abc" }, { jar });
      await update(s, { keyId: id, name: "abc" }, { jar });
      await update(s, { keyId: id, expiresIn: null }, { jar });
    }
    await list(s, "?configId=ci&limit=0", { jar });
    await list(s, "?configId=default", { jar });
    await use(s, own.key, { label: "in the first header" });
    await use(s, ci.key, { header: "x-build", label: "in its own header" });
    await use(s, own.key, { header: "x-ci", label: "in another's header" });
    await use(s, ci.key, { label: "in the default's header" });
    for (const label of ["again", "once more"]) await use(s, ci.key, { header: "x-ci", label });
    for (const label of ["again", "once more"]) await use(s, own.key, { label });
    await counts(s);
    await remove(s, { keyId: ci.id }, { jar });
    await remove(s, { keyId: ci.id, configId: "ci" }, { jar });
  },
};
