// Steps that more than one configuration with API keys takes.
export const create = (s, json, options) => s.post("/api-key/create", json, options);
export const update = (s, json, options) => s.post("/api-key/update", json, options);
export const remove = (s, json, options) => s.post("/api-key/delete", json, options);
export const get = (s, id, options) => s.get(`/api-key/get?id=${encodeURIComponent(id)}`, options);
export const list = (s, query, options) => s.get(`/api-key/list${query}`, options);

/** The content of an answer with a key for a session, without the parts that differ (docs/DIFFERENCES.md). */
export async function use(s, key, { path = "/get-session", header = "x-api-key", label = "" } = {}) {
  const { status, json, text } = await s.get(path, { headers: { [header]: key }, record: false });
  const said = json?.session ? [Object.keys(json), Object.keys(json.session), json.user.email, json.session.userId === json.user.id] : [json?.code ?? text, json?.message, json?.details && Object.keys(json.details)];
  s.note(`a key at ${path} ${label}`, status, said);
}
/** The counts in the rows, oldest first. */
export async function counts(s) {
  const rows = await s.sql(`select enabled, "requestCount" as uses, remaining, "lastRequest" is null as unused, "lastRefillAt" is null as unfilled, metadata, permissions from apikey order by "createdAt"`);
  s.note("rows", ...rows);
}
