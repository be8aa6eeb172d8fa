// A certified OpenID provider, oidc-provider, that signs in the user of `login_hint` without asking.
//
// Prints `listening on URL`. Answers once it is configured:
//
//   POST /configure   {"redirects": [URL…], "inIdToken": true, "codeSeconds": 60, "authentication": "client_secret_post"}
//                     again for other keys
//
// Ends when a piped stdin closes.
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

process.stdin.on("end", () => process.exit(0)).on("error", () => process.exit(0)).resume();
console.info = console.warn = () => {};

let provider;
let made = 0;
const server = createServer();
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const issuer = `http://localhost:${server.address().port}`;

function configure({ redirects, inIdToken = true, codeSeconds = 60, authentication = "client_secret_post" }) {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  provider = new Provider(issuer, {
    clients: [{ client_id: "acme-client", client_secret: "acme-secret", redirect_uris: redirects, token_endpoint_auth_method: authentication, grant_types: ["authorization_code", "refresh_token"] }],
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid: `key-${++made}`, use: "sig", alg: "RS256" }] },
    pkce: { required: () => true, methods: ["S256"] },
    conformIdTokenClaims: !inIdToken,
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "picture"] },
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId, email: `${accountId}@example.com`, email_verified: true, name: accountId.toUpperCase(), picture: "https://example.com/p.png" }) }),
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    issueRefreshToken: () => true,
    cookies: { keys: ["a key for cookies"] },
    ttl: { AuthorizationCode: codeSeconds, AccessToken: 3_600, IdToken: 3_600, Session: 600, Interaction: 600, Grant: 3_600, RefreshToken: 3_600 },
  });
}

async function interact(request, response) {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  if (prompt.name === "login") return provider.interactionFinished(request, response, { login: { accountId: params.login_hint ?? "ada" } });
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
}

server.on("request", async (request, response) => {
  if (request.url === "/configure") {
    let body = "";
    for await (const chunk of request) body += chunk;
    configure(JSON.parse(body));
    return response.end("{}");
  }
  if (request.url.startsWith("/interaction/")) return interact(request, response);
  return provider.callback()(request, response);
});
console.log(`listening on ${issuer}`);
