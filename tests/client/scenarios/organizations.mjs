// Steps that more than one configuration with organizations takes.
export const path = (name) => `/organization/${name}`;

/** Users whose addresses are confirmed: `post` and `get` ask as the user. */
export async function people(s, ...names) {
  const found = {};
  for (const name of names) {
    const user = await s.user(`${name}@example.com`);
    await s.sql("update {user} set {user.emailVerified} = true where {user.email} = $1", [user.email]);
    const { jar } = user;
    found[name] = {
      ...user,
      post: (name, body, options) => s.post(path(name), body, { jar, ...options }),
      get: (query, options) => s.get(path(query), { jar, ...options }),
      session: () => s.get("/get-session", { jar }),
    };
  }
  return found;
}

/** An organization of ada, unrecorded. */
export async function club(s, ada, more = {}) {
  const { json } = await ada.post("create", { name: "Club", slug: "club", ...more }, { record: false });
  return json.id;
}

/** Makes a user a member, unrecorded, and returns the row. */
export async function join(ada, user, role, organizationId) {
  const { json } = await ada.post("invite-member", { email: user.email, role, organizationId }, { record: false });
  const { json: accepted } = await user.post("accept-invitation", { invitationId: json.id }, { record: false });
  return accepted.member;
}
