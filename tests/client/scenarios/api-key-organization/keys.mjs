// API keys of organizations, beside those of users.
import { counts, create, list, remove, update, use } from "../api-keys.mjs";
import { club, join, people } from "../organizations.mjs";

const configId = "team";
const read = (s, id, jar, query = "&configId=team") => s.get(`/api-key/get?id=${id}${query}`, { jar });

export default {
  async "what a request names"(s) {
    const { ada, eve } = await people(s, "ada", "eve");
    const organizationId = await club(s, ada);
    for (const json of [{ configId }, { configId, organizationId }, { configId, remaining: 1 }, { configId, userId: "x", organizationId }]) await create(s, json);
    for (const value of [undefined, "", null, 0, 5, true, {}, [], [organizationId], [organizationId, null], "nothing"]) await create(s, { configId, organizationId: value, name: "x".repeat(33) }, { jar: ada.jar });
    await create(s, { configId, organizationId, remaining: 5 }, { jar: ada.jar });
    await create(s, { configId, organizationId, userId: "x" }, { jar: ada.jar });
    await create(s, { configId, organizationId, name: "x".repeat(33) }, { jar: ada.jar });
    await create(s, { configId, organizationId, metadata: "text" }, { jar: eve.jar });
    for (const query of ["?organizationId=", "?organizationId=nothing", `?organizationId=${organizationId}`, `?organizationId=${organizationId}&limit=x`]) {
      await list(s, query, { jar: ada.jar });
      await list(s, query, { jar: eve.jar });
      await list(s, query);
    }
  },
  async "what each role may do"(s) {
    const { ada, ben, eve, zoe } = await people(s, "ada", "ben", "eve", "zoe");
    const organizationId = await club(s, ada);
    await join(ada, ben, "admin", organizationId);
    await join(ada, eve, "member", organizationId);
    const { json: { id } } = await create(s, { configId, organizationId, name: "CI", metadata: { a: 1 }, expiresIn: 172_800 }, { jar: ada.jar });
    for (const { jar } of [zoe, eve, ben, ada]) {
      await create(s, { configId, organizationId, name: "another" }, { jar });
      await read(s, id, jar);
      await list(s, `?organizationId=${organizationId}&sortBy=name&limit=1`, { jar });
      await update(s, { keyId: id, configId, name: "Builds", enabled: false }, { jar });
      await update(s, { keyId: id, configId }, { jar });
      await remove(s, { keyId: id, configId }, { jar });
    }
    for (const { jar } of [zoe, ada]) {
      await read(s, id, jar);
      await remove(s, { keyId: id, configId }, { jar });
    }
    await counts(s);
  },
  async "roles that the organization makes"(s) {
    const { ada, eve } = await people(s, "ada", "eve");
    const organizationId = await club(s, ada);
    await ada.post("create-role", { role: "keys", permission: { apiKey: ["update", "delete"] } });
    await ada.post("create-role", { role: "keys", permission: { apiKey: ["create", "read"] } });
    const row = await join(ada, eve, "member", organizationId);
    await create(s, { configId, organizationId }, { jar: eve.jar });
    await ada.post("update-member-role", { memberId: row.id, role: ["member", "keys"] }, { record: false });
    const { json: { id } } = await create(s, { configId, organizationId }, { jar: eve.jar });
    await read(s, id, eve.jar);
    await update(s, { keyId: id, configId, name: "x" }, { jar: eve.jar });
    await remove(s, { keyId: id, configId }, { jar: eve.jar });
    await ada.post("remove-member", { memberIdOrEmail: row.id }, { record: false });
    await read(s, id, eve.jar);
    await create(s, { configId, organizationId }, { jar: eve.jar });
    await list(s, `?organizationId=${organizationId}`, { jar: eve.jar });
  },
  async "keys of users and of organizations"(s) {
    const { ada, zoe } = await people(s, "ada", "zoe");
    const { jar } = ada;
    const organizationId = await club(s, ada);
    const home = await club(s, zoe, { name: "Home", slug: "home" });
    const { json: own } = await create(s, { organizationId, name: "own" }, { jar });
    const { json: team } = await create(s, { configId, organizationId, name: "team" }, { jar });
    const { json: other } = await create(s, { configId, organizationId: home, name: "other" }, { jar: zoe.jar });
    await create(s, { configId, organizationId: home }, { jar });
    for (const query of ["", "?configId=team", "?configId=default", "?configId=unknown", `?organizationId=${organizationId}`, `?organizationId=${organizationId}&configId=team`, `?organizationId=${organizationId}&configId=default`, `?organizationId=${home}`]) await list(s, query, { jar });
    for (const { id } of [own, team, other])
      for (const config of [undefined, "default", configId, "unknown"]) {
        await read(s, id, jar, config ? `&configId=${config}` : "");
        await update(s, { keyId: id, configId: config, name: "changed", organizationId }, { jar });
        if (id !== own.id || config === configId) await remove(s, { keyId: id, configId: config, organizationId: home }, { jar });
      }
    await counts(s);
  },
  async "a key of an organization is no session"(s) {
    const { ada } = await people(s, "ada");
    const organizationId = await club(s, ada);
    const { json: { key } } = await create(s, { configId, organizationId }, { jar: ada.jar });
    const { json: own } = await create(s, {}, { jar: ada.jar });
    await use(s, own.key, { label: "of a user" });
    await use(s, own.key, { header: "x-team-key", label: "of a user as one of a team" });
    await use(s, key, { header: "x-team-key", label: "first" });
    await use(s, key, { header: "x-team-key", path: "/ok", label: "second" });
    await use(s, key, { header: "x-team-key", label: "third" });
    await counts(s);
    await s.sql(`update apikey set enabled = false`);
    await use(s, key, { header: "x-team-key", label: "disabled" });
    await ada.post("delete", { organizationId }, { record: false });
    await list(s, `?organizationId=${organizationId}`, { jar: ada.jar });
  },
};
