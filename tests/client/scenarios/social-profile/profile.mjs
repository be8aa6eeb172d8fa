// `mapProfileToUser`: members of a profile fill fields of the user.
const come = (server, provider, code) => server.come(provider, code, { callbackURL: "/dash", errorCallbackURL: "/no" });

export default {
  "a new user": async (server) => {
    for (const provider of ["github", "gitlab", "kakao", "discord", "bare"]) {
      const { jar } = await come(server, provider, `${provider}p~${provider}@example.com`);
      await server.get("/get-session", { jar });
    }
  },
  "a username that is taken, and one that is none": async (server) => {
    await server.user("own@example.com", { username: "adaada" });
    await come(server, "github", "adaada");
    await come(server, "github", "ab");
    await come(server, "github", "a-b-c-d");
  },
  "a later sign-in": async (server) => {
    await come(server, "discord", "ada");
    await server.sql(`update "user" set name = 'Own'`);
    await come(server, "discord", "ada");
    await come(server, "github", "eveeve");
    await server.sql(`update "user" set plan = 'own' where plan is not null`);
    await come(server, "github", "eveeve");
  },
  "members that are absent": async (server) => {
    await come(server, "gitlab", "ada~no-name~plain");
    await come(server, "kakao", "eve~no-name");
  },
};
