// hCaptcha in front of the usual endpoints, and the forms in which their paths can be written.
import { ACCEPTED, everyProvider, solved } from "../captchas.mjs";
import { person, SIGN_IN, SIGN_UP } from "../inputs.mjs";

const { email, password } = person();

export default {
  ...everyProvider,
  async "the usual endpoints"(s) {
    for (const path of [SIGN_UP, SIGN_IN, "/request-password-reset", "/reset-password", "/sign-in/social", "/sign-in/username", "/send-verification-email", "/sign-out"]) {
      await s.post(path, {});
      await s.post(path, {}, { headers: solved(ACCEPTED), label: "solved" });
    }
    await s.checked();
  },
  async "any method"(s) {
    for (const method of ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"]) {
      await s.request(method, SIGN_IN);
      await s.request(method, SIGN_IN, { headers: solved(ACCEPTED), label: "solved" });
    }
    await s.checked();
  },
  async "before anything is made of the body and the origin"(s) {
    const json = { "content-type": "application/json" };
    for (const [label, options] of Object.entries({
      "no JSON": { body: "{bad", headers: json }, "another type": { body: "x", headers: { "content-type": "text/plain" } }, "no body": {},
      "another origin": { json: person(), headers: { origin: "https://evil.example", cookie: "a=b" } }, form: { form: person() },
    })) {
      await s.request("POST", SIGN_UP, { ...options, label });
      await s.request("POST", SIGN_UP, { ...options, headers: { ...options.headers, ...solved(ACCEPTED) }, label: `${label}, solved` });
    }
    await s.checked();
  },
  async "forms of a path"(s) {
    const base = "/api/auth";
    for (const path of ["/sign-in/email/", "/sign-in/email//", "//sign-in/email", "/sign-in//email", "/sign-in/./email", "/x/../sign-in/email", "/sign-in/email?x=/y", "/sign-in/email/?", "/sign-in%2Femail", "/sign-in/%65mail", "/SIGN-IN/email", "/sign-in/email/x", "/sign-in/email;x"]) {
      await s.post(undefined, { email, password }, { whole: base + path });
      await s.post(undefined, { email, password }, { whole: base + path, headers: solved(ACCEPTED), label: "solved" });
    }
    for (const whole of ["//api/auth/sign-in/email", "/api//auth/sign-in/email", "/api/auth"]) await s.post(undefined, { email, password }, { whole });
    await s.checked();
  },
};
