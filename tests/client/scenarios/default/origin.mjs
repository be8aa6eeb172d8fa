// The origins that may send a request: the Origin of requests with cookies, fetch metadata of sign-in and sign-up without.
import { SIGN_IN, SIGN_UP } from "../inputs.mjs";

const EVIL = "https://evil.example";
/** Headers that name a sender, by what they stand for. A null takes the default Origin away. */
const senders = (s) => ({
  "own origin": { origin: s.origin },
  "no origin": { origin: null },
  "foreign origin": { origin: EVIL },
  "origin null": { origin: "null" },
  "origin empty": { origin: "" },
  "origin empty, own referer": { origin: "", referer: `${s.origin}/x` },
  "origin null, own referer": { origin: "null", referer: `${s.origin}/x` },
  "own referer": { origin: null, referer: `${s.origin}/page?x=1#y` },
  "foreign referer": { origin: null, referer: `${EVIL}/${s.origin}` },
  "referer empty": { origin: null, referer: "" },
  "foreign origin, own referer": { origin: EVIL, referer: `${s.origin}/` },
  "own origin, foreign referer": { origin: s.origin, referer: EVIL },
  "own origin with a path": { origin: `${s.origin}/x` },
  "own origin with a slash": { origin: `${s.origin}/` },
  "own origin in upper case": { origin: s.origin.toUpperCase() },
  "own origin with a user": { origin: s.origin.replace("://", "://user:pw@") },
  "own origin as a user": { origin: `${s.origin}@evil.example` },
  "another port": { origin: `${s.origin.replace(/:\d+$/, "")}:1` },
  "no port": { origin: "http://localhost" },
  "another scheme": { origin: s.origin.startsWith("https") ? s.origin.replace("https", "http") : s.origin.replace("http", "https") },
  "longer host": { origin: `${s.origin}.evil.example` },
  "by address": { origin: s.origin.replace("localhost", "127.0.0.1") },
  "a relative URL": { origin: "/x" },
  "a relative referer": { origin: null, referer: "/x" },
  "two origins": { origin: `${s.origin}, ${EVIL}` },
  "no URL": { origin: "nonsense" },
});
const METADATA = {
  "same-origin": { "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" },
  "cross-site cors": { "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" },
  "cross-site navigate": { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" },
  "same-site navigate": { "sec-fetch-site": "same-site", "sec-fetch-mode": "navigate" },
  "upper case": { "sec-fetch-site": "Cross-Site", "sec-fetch-mode": "Navigate" },
  "site alone": { "sec-fetch-site": "cross-site" },
  "mode alone": { "sec-fetch-mode": "navigate" },
  "dest alone": { "sec-fetch-dest": "document" },
  blank: { "sec-fetch-site": "", "sec-fetch-mode": " ", "sec-fetch-dest": "" },
  none: { "sec-fetch-site": "none", "sec-fetch-mode": "navigate" },
};

export default {
  async "sign-out with a cookie, from everywhere"(s) {
    for (const [label, headers] of Object.entries(senders(s)))
      await s.post("/sign-out", {}, { headers: { cookie: "a=b", ...headers }, label });
  },
  async "a refused sign-out leaves the session alone"(s) {
    const { jar } = await s.user();
    await s.post("/sign-out", {}, { jar, headers: { origin: EVIL } });
    await s.post("/sign-out", {}, { jar, headers: { origin: null } });
    await s.get("/get-session", { jar });
  },
  async "sign-out without a cookie, from everywhere"(s) {
    for (const [label, headers] of Object.entries(senders(s))) await s.post("/sign-out", {}, { headers, label });
  },
  async "what counts as a cookie"(s) {
    for (const cookie of ["a=b", "", "=", "nonsense", ";", s.cookie("session_token", "")])
      await s.post("/sign-out", {}, { headers: { cookie, origin: EVIL }, label: JSON.stringify(cookie) });
  },
  async "fetch metadata is no origin"(s) {
    for (const [label, metadata] of Object.entries(METADATA)) {
      await s.post("/sign-out", {}, { headers: { cookie: "a=b", origin: null, ...metadata }, label });
      await s.post("/sign-out", {}, { headers: { cookie: "a=b", origin: "null", ...metadata }, label: `${label}, origin null` });
      await s.post("/sign-out", {}, { headers: { cookie: "a=b", ...metadata }, label: `${label}, own origin` });
    }
  },
  async "sign-in without a cookie, from everywhere"(s) {
    const { email, password } = await s.user();
    for (const [label, headers] of Object.entries(senders(s))) await s.post(SIGN_IN, { email, password }, { headers, label });
  },
  async "sign-in with a cookie, from everywhere"(s) {
    const { email, password } = await s.user();
    for (const [label, headers] of Object.entries(senders(s))) await s.post(SIGN_IN, { email, password }, { headers: { cookie: "a=b", ...headers }, label });
  },
  async "sign-in with fetch metadata"(s) {
    const { email, password } = await s.user();
    for (const [label, metadata] of Object.entries(METADATA))
      for (const [from, headers] of Object.entries({ "own origin": {}, "no origin": { origin: null }, "foreign origin": { origin: EVIL }, "origin null": { origin: "null" }, "own referer": { origin: null, referer: `${s.origin}/` }, "cookie": { cookie: "a=b" }, "cookie, no origin": { cookie: "a=b", origin: null } }))
        await s.post(SIGN_IN, { email, password: "wrong password" }, { headers: { ...metadata, ...headers }, label: `${label}, ${from}` });
    await s.post(SIGN_IN, { email, password }, { headers: METADATA["same-origin"], label: "right password" });
  },
  async "sign-up with fetch metadata"(s) {
    for (const [label, metadata] of Object.entries(METADATA))
      for (const [from, headers] of Object.entries({ "own origin": {}, "no origin": { origin: null }, "foreign origin": { origin: EVIL } }))
        await s.post(SIGN_UP, { name: "A", email: "a@example.com", password: "short" }, { headers: { ...metadata, ...headers }, label: `${label}, ${from}` });
  },
  async "what answers first"(s) {
    const evil = { origin: EVIL, cookie: "a=b" };
    await s.request("POST", SIGN_IN, { body: "{", headers: { ...evil, "content-type": "application/json" }, label: "JSON before origin" });
    await s.request("POST", SIGN_IN, { body: "x", headers: { ...evil, "content-type": "text/plain" }, label: "content type before origin" });
    await s.post(SIGN_IN, {}, { headers: evil, label: "origin before validation, with a cookie" });
    await s.post(SIGN_IN, {}, { headers: { origin: EVIL }, label: "validation before origin, without" });
    await s.post(SIGN_IN, { callbackURL: "//evil.example" }, { headers: evil, label: "origin before callbackURL" });
    await s.post(SIGN_IN, { callbackURL: "//evil.example" }, { label: "callbackURL before validation" });
    await s.post(SIGN_IN, { email: "a@b", password: "x", callbackURL: "//evil.example" }, { headers: METADATA["cross-site navigate"], label: "callbackURL before fetch metadata" });
    await s.post("/get-session", {}, { headers: evil, label: "origin before the method of get-session" });
  },
  async "all four URLs, on every endpoint"(s) {
    for (const path of [SIGN_IN, SIGN_UP, "/sign-out"])
      for (const field of ["callbackURL", "redirectTo", "errorCallbackURL", "newUserCallbackURL"])
        for (const value of ["//evil.example", "/fine", "", 7, 0, true, false, null, {}, []])
          await s.post(path, { [field]: value }, { label: `${field} ${JSON.stringify(value)}` });
  },
  async "the first bad URL answers"(s) {
    await s.post("/sign-out", { newUserCallbackURL: "//a", errorCallbackURL: "//a", redirectTo: "//a", callbackURL: "//a" });
    await s.post("/sign-out", { newUserCallbackURL: "//a", errorCallbackURL: "//a", redirectTo: "//a" });
    await s.post("/sign-out", { newUserCallbackURL: "//a", errorCallbackURL: 7 });
  },
  async "a GET is never refused"(s) {
    const { jar } = await s.user();
    for (const [label, headers] of Object.entries(senders(s))) await s.get("/get-session", { jar, headers: { ...headers, ...METADATA["cross-site navigate"] }, label });
    await s.get("/get-session?callbackURL=//evil.example", { jar });
  },
};
