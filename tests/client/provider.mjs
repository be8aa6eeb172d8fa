// A scripted provider: plays the documented answers of the providers that people sign in with, their oddities included. It
// stands for services that cannot be had in a test; that real software agrees is shown elsewhere, with `oidc-provider`.
//
// A request for https://HOST/PATH arrives as /HOST/PATH. The code that a test makes up says who signs in and what is odd:
// `ada`, `ada~unverified`, `ada~denied~…`. `ada~set:…`, with base64url of JSON behind it, changes members of what is said:
// {claims?, profile?, tokens?}, of the ID token, of user info and of the answer to a code. A text `raw:12` is written as 12,
// so that a number may have digits that JavaScript would not keep. Besides that:
//
//   GET  /asked?code=CODE   what token endpoints were asked with that code, as a list; with a host and path in its place,
//                           each request for that description or key set
//   POST /mint              a JWT with the claims of the body, signed with the key of the moment; {claims, alg?, kid?, key?}
//   POST /rotate            another key takes over
//
// Prints `listening on URL`, and ends when a piped stdin closes.
import { createHmac, createSign, generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";

process.stdin.on("end", () => process.exit(0)).on("error", () => process.exit(0)).resume();

const written = (value) => JSON.stringify(value).replace(/"raw:([^"]*)"/g, "$1");
const base64 = (value) => Buffer.from(typeof value === "string" ? value : written(value)).toString("base64url");
let key;
let made = 0;
const rotate = () => { key = { id: `key-${++made}`, ...generateKeyPairSync("rsa", { modulusLength: 2048 }) }; };
rotate();
// Made when it is needed: a key costs a tenth of a second of CPU and more.
let strangers;
const stranger = () => (strangers ??= generateKeyPairSync("rsa", { modulusLength: 2048 }));
const jwk = (more) => ({ ...key.publicKey.export({ format: "jwk" }), kid: key.id, use: "sig", ...more });

function jwt(claims, { alg = "RS256", kid = key.id, foreign = false } = {}) {
  const signed = `${base64({ alg, ...(kid && { kid }), typ: "JWT" })}.${base64(claims)}`;
  if (alg === "none") return `${signed}.`;
  if (alg === "HS256") return `${signed}.${createHmac("sha256", key.publicKey.export({ type: "spki", format: "pem" })).update(signed).digest("base64url")}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign((foreign ? stranger() : key).privateKey, "base64url")}`;
}

/** The person of a code. Equal names are one person with one number everywhere: numbers do collide in life. */
function person(code) {
  const [name, ...odd] = code.split("~");
  const id = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_000_000_007, 7);
  const is = (oddity) => odd.includes(oddity);
  const address = odd.find((one) => one.includes("@")) ?? `${name}@example.com`;
  const set = odd.find((one) => one.startsWith("set:"))?.slice(4);
  const said = set ? JSON.parse(Buffer.from(set, "base64url").toString()) : {};
  return { code, name, id, is, said, email: is("no-email") || is("told-later") ? undefined : address, verified: !is("unverified"), full: is("no-name") ? undefined : `${name[0].toUpperCase()}${name.slice(1)} L` };
}

const now = () => Math.floor(Date.now() / 1000);
const subject = (who) => (who.is("undefined-id") ? "undefined" : who.is("empty-id") ? "" : who.is("no-id") ? undefined : String(who.id));
const picture = (who) => (who.is("plain") ? null : who.is("no-picture") ? undefined : `https://example.com/${who.name}.png`);
const standard = (who) => ({ sub: subject(who), name: who.full, email: who.email, email_verified: who.verified, picture: picture(who) });
const issued = (issuer) => (who, client) => ({ iss: issuer, aud: client, iat: now(), exp: now() + 3_600, ...standard(who) });
const TENANT = "11111111-2222-3333-4444-555555555555";

/** Providers that describe themselves: with all of it, without the algorithms of their ID tokens, without ID tokens. */
const DISCOVERED = ["acme.example.com", "terse.example.com", "bare.example.com"];
const description = (host) => ({
  issuer: `https://${host}`, authorization_endpoint: `https://${host}/authorize`, token_endpoint: `https://${host}/token`, userinfo_endpoint: `https://${host}/userinfo`,
  ...(host !== "bare.example.com" && { jwks_uri: `https://${host}/keys` }),
  ...(host === "acme.example.com" && { id_token_signing_alg_values_supported: ["RS256"] }),
});

/** Providers by the host and path of their token endpoint: what the ID token says, if there is one. */
const TOKENS = {
  "oauth2.googleapis.com/token": issued("https://accounts.google.com"),
  "github.com/login/oauth/access_token": null,
  "appleid.apple.com/auth/token": (who, client) => ({ ...issued("https://appleid.apple.com")(who, client), name: undefined, picture: undefined, email_verified: String(who.verified) }),
  "login.microsoftonline.com/common/oauth2/v2.0/token": (who, client) => ({
    ...issued(`https://login.microsoftonline.com/${TENANT}/v2.0`)(who, client), email_verified: undefined, picture: undefined,
    tid: TENANT, sub: `pairwise-${who.id}`, ...(who.is("no-id") ? {} : { oid: who.is("empty-id") ? " " : `oid-${who.id}` }), verified_primary_email: who.verified ? [who.email] : [],
  }),
  "discord.com/api/oauth2/token": null,
  "graph.facebook.com/v24.0/oauth/access_token": null,
  "gitlab.com/oauth/token": null,
  "www.linkedin.com/oauth/v2/accessToken": null,
  "api.x.com/2/oauth2/token": null,
  "slack.com/api/openid.connect.token": issued("https://slack.com"),
  "id.twitch.tv/oauth2/token": (who, client) => ({ ...issued("https://id.twitch.tv/oauth2")(who, client), name: undefined, preferred_username: who.full }),
  "accounts.spotify.com/api/token": null,
  "pool.auth.example.com/oauth2/token": (who, client) => ({ ...issued("https://cognito-idp.eu-1.amazonaws.com/eu-1_Pool")(who, client), name: undefined, given_name: who.full }),
  "api.line.me/oauth2/v2.1/token": (who, client) => (who.is("info") ? null : issued("https://access.line.me")(who, client)),
  "idp.paybin.io/oauth2/token": (who, client) => ({ ...issued("https://idp.paybin.io")(who, client), name: undefined, preferred_username: who.full }),
  "api-m.sandbox.paypal.com/v1/oauth2/token": (who, client) => (who.is("oidc") ? { ...issued("https://www.paypal.com")(who, client), sub: who.is("another-user") ? "1" : subject(who) } : null),
  ...Object.fromEntries([
    "auth.atlassian.com/oauth/token", "dash.cloudflare.com/oauth2/token", "api.dropboxapi.com/oauth2/token", "api.figma.com/v1/oauth/token", "huggingface.co/oauth/token",
    "kauth.kakao.com/oauth/token", "id.kick.com/oauth/token", "api.linear.app/oauth/token", "nid.naver.com/oauth2.0/token", "api.notion.com/v1/oauth/token", "api.polar.sh/v1/oauth2/token",
    "backboard.railway.com/oauth/token", "www.reddit.com/api/v1/access_token", "apis.roblox.com/oauth/v1/token", "login.salesforce.com/services/oauth2/token", "test.salesforce.com/services/oauth2/token",
    "open.tiktokapis.com/v2/oauth/token/", "api.vercel.com/login/oauth/token", "id.vk.com/oauth2/auth", "api.weixin.qq.com/sns/oauth2/access_token", "api.weixin.qq.com/sns/oauth2/refresh_token",
    "zoom.us/oauth/token", "api-m.paypal.com/v1/oauth2/token",
  ].map((place) => [place, null])),
  // A server that several providers share.
  "own.example.com/oauth/token": null,
  "own.example.com/services/oauth2/token": null,
  "own.example.com/oauth2/token": (who, client) => ({ ...issued("https://own.example.com")(who, client), name: undefined, preferred_username: who.full }),
  "own.example.com/common/oauth2/v2.0/token": (who, client) => ({
    ...issued(`https://own.example.com/${TENANT}/v2.0`)(who, client), picture: undefined, tid: TENANT, sub: `pairwise-${who.id}`, oid: `oid-${who.id}`, verified_primary_email: who.verified ? [who.email] : [],
  }),
  ...Object.fromEntries(DISCOVERED.map((host) => [`${host}/token`, host === "bare.example.com" ? null : issued(`https://${host}`)])),
};

/** The answers about a person at other addresses. */
const PROFILES = {
  "api.github.com/user": (who) => ({ login: who.name, id: who.is("no-id") ? null : who.id, avatar_url: picture(who), name: who.full ?? null, email: who.is("public") ? who.email : null }),
  "api.github.com/user/emails": (who) => (who.is("no-email") ? [] : [
    { email: `other-${who.email}`, primary: false, verified: true, visibility: null },
    { email: who.email, primary: true, verified: who.verified, visibility: "private" },
  ]),
  "discord.com/api/users/@me": (who) => ({ id: String(who.id), username: who.name, global_name: who.full ?? null, discriminator: "0", avatar: who.is("plain") ? null : who.is("animated") ? "a_f00" : "f00", email: who.email, verified: who.verified }),
  "graph.facebook.com/me": (who) => ({ id: String(who.id), name: who.full, email: who.email, picture: { data: { url: `https://example.com/${who.name}.png` } } }),
  "gitlab.com/api/v4/user": (who) => ({ id: who.id, username: who.name, name: who.full, email: who.email, state: who.is("blocked") ? "blocked" : "active", locked: who.is("locked"), avatar_url: picture(who), email_verified: who.verified }),
  "own.example.com/api/v4/user": (who) => ({ id: who.id, username: who.name, name: who.full, email: who.email, state: who.is("blocked") ? "blocked" : "active", locked: who.is("locked"), avatar_url: picture(who), email_verified: who.verified }),
  "api.linkedin.com/v2/userinfo": standard,
  "api.x.com/2/users/me": (who, query) => ({ data: { id: String(who.id), name: who.full, username: who.name, ...(query.get("user.fields") === "profile_image_url" ? { profile_image_url: `https://example.com/${who.name}.png` } : who.email ? { confirmed_email: who.email } : {}) } }),
  "slack.com/api/openid.connect.userInfo": (who) => ({ ok: true, ...standard(who), "https://slack.com/user_id": `U${who.id}`, "https://slack.com/user_image_512": `https://example.com/${who.name}-512.png`, picture: undefined }),
  ...Object.fromEntries(DISCOVERED.map((host) => [`${host}/userinfo`, (who) => ({ ...standard(who), ...(host === "bare.example.com" && { id: `bare-${who.id}` }), ...(who.is("told-later") && { email: `${who.name}@example.com` }) })])),
  "api.atlassian.com/me": (who) => ({ account_id: subject(who), name: who.full, email: who.email, picture: picture(who) }),
  "api.cloudflare.com/client/v4/user": (who) => (who.is("refuses") ? { success: false, errors: [], result: null } : { success: true, result: { email: who.email, first_name: who.full, id: subject(who), last_name: who.is("plain") ? null : "M" } }),
  "pool.auth.example.com/oauth2/userinfo": (who) => ({ ...standard(who), name: undefined, username: who.full, email_verified: String(who.verified) }),
  "api.dropboxapi.com/2/users/get_current_account": (who) => ({ account_id: subject(who), name: { display_name: who.full }, email: who.email, email_verified: who.verified, profile_photo_url: picture(who) }),
  "api.figma.com/v1/me": (who) => ({ id: subject(who), handle: who.full, email: who.email, img_url: picture(who) }),
  "huggingface.co/oauth/userinfo": (who) => ({ ...standard(who), preferred_username: who.name }),
  "kapi.kakao.com/v2/user/me": (who) => ({ id: who.is("no-id") ? undefined : who.id, kakao_account: { email: who.email, is_email_valid: true, is_email_verified: who.verified, name: who.name, profile: { nickname: who.full, profile_image_url: picture(who), thumbnail_image_url: "https://example.com/thumb.png" } } }),
  "api.kick.com/public/v1/users": (who) => ({ data: who.is("refuses") ? [] : [{ email: who.email, name: who.full, profile_picture: picture(who), user_id: who.is("no-id") ? null : who.id }] }),
  "api.line.me/oauth2/v2.1/userinfo": standard,
  "api.linear.app/graphql": (who) => ({ data: { viewer: who.is("refuses") ? null : { active: true, avatarUrl: picture(who), email: who.email, id: subject(who), name: who.full } } }),
  "openapi.naver.com/v1/nid/me": (who) => ({ resultcode: who.is("refuses") ? "024" : "00", message: "success", response: { email: who.email, id: subject(who), name: who.full, nickname: who.name, profile_image: picture(who) } }),
  "api.notion.com/v1/users/me": (who) => ({ bot: { owner: who.is("refuses") ? { type: "workspace" } : { user: { avatar_url: picture(who), id: subject(who), name: who.full, person: { email: who.email } } } } }),
  "api-m.sandbox.paypal.com/v1/identity/oauth2/userinfo": (who) => ({ user_id: subject(who), name: who.full, email: who.email, email_verified: who.verified, picture: picture(who) }),
  "api-m.paypal.com/v1/identity/oauth2/userinfo": (who) => ({ user_id: subject(who), name: who.full, email: who.email, email_verified: who.verified, picture: picture(who) }),
  "api.polar.sh/v1/oauth2/userinfo": (who) => ({ id: subject(who), public_name: who.full, username: who.name, email: who.email, email_verified: who.verified, avatar_url: picture(who) }),
  "backboard.railway.com/oauth/me": standard,
  "oauth.reddit.com/api/v1/me": (who) => ({ id: subject(who), name: who.full, icon_img: who.is("plain") ? null : `https://example.com/${who.name}.png?width=1` }),
  "apis.roblox.com/oauth/v1/userinfo": (who) => ({ sub: subject(who), nickname: who.full, preferred_username: who.name, picture: picture(who) }),
  "login.salesforce.com/services/oauth2/userinfo": (who) => ({ user_id: subject(who), name: who.full, email: who.email, email_verified: who.verified, photos: { picture: picture(who), thumbnail: "https://example.com/thumb.png" } }),
  "own.example.com/services/oauth2/userinfo": (who) => ({ user_id: subject(who), name: who.full, email: who.email, email_verified: who.verified, photos: { picture: picture(who), thumbnail: "https://example.com/thumb.png" } }),
  "test.salesforce.com/services/oauth2/userinfo": (who) => ({ user_id: subject(who), name: who.full, email: who.email, email_verified: who.verified, photos: { picture: picture(who), thumbnail: "https://example.com/thumb.png" } }),
  "open.tiktokapis.com/v2/user/info/": (who) => ({ data: { user: { avatar_large_url: picture(who), display_name: who.full, email: who.is("mails") ? who.email : undefined, open_id: subject(who), username: who.name } } }),
  "api.vercel.com/login/oauth/userinfo": (who) => ({ ...standard(who), preferred_username: who.name }),
  "id.vk.com/oauth2/user_info": (who) => ({ user: { avatar: picture(who), birthday: "01.01.2000", email: who.email, first_name: who.full ?? "Ada", last_name: "M", sex: 1, user_id: subject(who) } }),
  "api.weixin.qq.com/sns/userinfo": (who) => (who.is("refuses") ? { errcode: 40001 } : { openid: subject(who), unionid: who.is("union") ? `u-${who.id}` : undefined, nickname: who.full, headimgurl: picture(who) }),
  "api.zoom.us/v2/users/me": (who) => ({ id: subject(who), display_name: who.full, email: who.email, pic_url: picture(who), verified: who.verified ? 1 : 0 }),
  "api.spotify.com/v1/me": (who) => ({ id: String(who.id), display_name: who.full, email: who.email, images: who.is("plain") ? [] : [{ url: `https://example.com/${who.name}.png` }] }),
};

const KEYS = {
  "www.googleapis.com/oauth2/v3/certs": { alg: "RS256" },
  "appleid.apple.com/auth/keys": { alg: "RS256" },
  // Microsoft does not say what its keys are for.
  "login.microsoftonline.com/common/discovery/v2.0/keys": {},
  "own.example.com/common/discovery/v2.0/keys": {},
  "limited.facebook.com/.well-known/oauth/openid/jwks/": { alg: "RS256" },
  "cognito-idp.eu-1.amazonaws.com/eu-1_Pool/.well-known/jwks.json": { alg: "RS256" },
  "acme.example.com/keys": { alg: "RS256" },
  "terse.example.com/keys": { alg: "RS256" },
};

const asked = [];
/** Every request for tokens and profiles: without what a client adds by itself. */
const requests = [];

/** The answer of a token endpoint to a form: status and JSON. */
function granted(claims, form, authorization, place) {
  const github = place.startsWith("github");
  const basic = /^Basic (.+)$/.exec(authorization ?? "");
  const client = form.get("client_id") ?? (basic && decodeURIComponent(Buffer.from(basic[1], "base64").toString().split(":")[0]));
  const code = form.get("code") ?? form.get("refresh_token")?.replace(/^refresh-/, "") ?? "";
  const who = person(code);
  if (form.get("grant_type") === "refresh_token") {
    if (who.is("refuses")) return [400, { error: "invalid_grant" }];
    return [200, { access_token: `access-${code}~again`, token_type: "bearer", expires_in: 3_600, scope: "narrower", ...(who.is("rotates") && { refresh_token: `refresh-${code}~again` }) }];
  }
  if (who.is("denied")) {
    if (place.startsWith("api.weixin")) return [200, { errcode: 40029, errmsg: "invalid code" }];
    if (place.startsWith("slack")) return [200, { ok: false, error: "invalid_code" }];
    return github ? [200, { error: "bad_verification_code", error_description: "no" }] : [400, { error: "invalid_grant" }];
  }
  if (who.is("moved")) return [307, {}, { location: "/elsewhere" }];
  if (who.is("huge")) return [200, { access_token: "x".repeat(200_000) }];
  return [200, {
    access_token: `access-${code}`, token_type: "bearer",
    scope: github ? "read:user,user:email" : "openid email profile",
    ...(who.is("short") ? { expires_in: 1 } : { expires_in: 3_600 }),
    ...(who.is("no-refresh") ? {} : { refresh_token: `refresh-${code}` }),
    ...(claims && { id_token: jwt({ ...claims(who, client), ...who.said.claims }) }),
    ...(place.startsWith("api.weixin") && !who.is("closed") && { openid: subject(who), scope: "snsapi_login,more" }),
    ...who.said.tokens,
  }];
}

const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  const url = new URL(request.url, "http://provider");
  const place = decodeURIComponent(url.pathname.slice(1));
  // WeChat takes everything in the query of a GET.
  const form = place.startsWith("api.weixin.qq.com/sns/oauth2/") ? url.searchParams : new URLSearchParams(body);
  const answer = (status, json, headers = {}) => response.writeHead(status, { "content-type": "application/json", ...headers }).end(written(json));
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? form.get("access_token") ?? url.searchParams.get("access_token");
  const bearer = /^access-(.+)$/.exec(token ?? "")?.[1].replace(/~again$/, "");
  if (place in TOKENS || place in PROFILES) {
    const { authorization, "content-type": type, "notion-version": version, "user-agent": agent } = request.headers;
    const code = bearer ?? form.get("code") ?? form.get("refresh_token")?.replace(/^refresh-/, "");
    const accept = place in TOKENS && request.method === "POST" ? request.headers.accept : undefined;
    requests.push({ code, method: request.method, place, query: url.search, body, type, authorization, version, accept, named: /reddit/.test(place) && !!agent, ours: agent === "gatepost" });
  }
  if (place === "requests") return answer(200, requests.filter((one) => one.code === url.searchParams.get("code")));
  if (place === "api.line.me/oauth2/v2.1/verify") {
    const said = JSON.parse(Buffer.from(form.get("id_token").split(".")[1], "base64url"));
    const fits = said.aud === form.get("client_id") && (!form.has("nonce") || said.nonce === undefined || said.nonce === form.get("nonce"));
    return fits ? answer(200, said) : answer(400, { error: "invalid_request" });
  }
  if (place === "asked") return answer(200, asked.filter((one) => one.code === url.searchParams.get("code")));
  if (place === "rotate") { rotate(); return answer(200, { kid: key.id }); }
  if (place === "mint") { const { claims, ...how } = JSON.parse(body); return answer(200, { token: jwt(claims, how) }); }
  if (place in TOKENS) {
    const { authorization, "content-type": type, accept, "x-extra": extra } = request.headers;
    asked.push({ code: form.get("code") ?? form.get("refresh_token"), place, form: [...form], authorization, type, accept, extra });
    return answer(...granted(TOKENS[place], form, authorization, place));
  }
  const described = DISCOVERED.find((host) => place === `${host}/.well-known/openid-configuration`);
  if (described || place in KEYS) asked.push({ code: place, extra: request.headers["x-extra"] });
  if (described) return answer(200, description(described));
  if (place in KEYS) return answer(200, { keys: [jwk(KEYS[place])] });
  if (place === "graph.facebook.com/debug_token") {
    const who = person(url.searchParams.get("input_token").replace(/^access-/, ""));
    const [client] = url.searchParams.get("access_token").split("|");
    return answer(200, { data: { is_valid: !who.is("revoked"), app_id: who.is("another-app") ? "other" : client, user_id: who.is("another-user") ? "1" : (who.said.profile?.id ?? String(who.id)) } });
  }
  if (!bearer) return answer(401, { message: "who asks?" });
  if (place in PROFILES) {
    const who = person(bearer);
    if (who.is("mute")) return answer(500, { message: "not today" });
    const told = PROFILES[place](who, url.searchParams);
    return answer(200, Array.isArray(told) ? told : { ...told, ...who.said.profile });
  }
  if (/^graph\.microsoft\.com\/v1\.0\/me\/photos\//.test(place)) return person(bearer).is("photo") ? response.end("JPEG") : answer(404, {});
  answer(404, { message: "no such place" });
});
server.listen(0, "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
