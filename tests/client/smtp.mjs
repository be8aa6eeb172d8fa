// A mail server that keeps what it is given: each mail, parsed, as a line of JSON in MAIL_FILE.
//
//   MAIL_FILE   where they go
//   LOGIN       `user:password` that it asks for
//   KEY, CERT   files for TLS: with STARTTLS, which it insists on, or with SECURE=1 from the start
//   REFUSE      a status that it answers every mail with, such as 550
//
// Prints `listening on smtp://127.0.0.1:PORT`. Stops when a piped stdin closes.
import { appendFileSync, readFileSync } from "node:fs";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

process.stdin.on("end", () => process.exit(0)).resume();
const [user, password] = (process.env.LOGIN ?? "").split(":");
const { KEY, CERT, SECURE } = process.env;
const server = new SMTPServer({
  ...(KEY ? { key: readFileSync(KEY), cert: readFileSync(CERT), secure: SECURE === "1" } : { disabledCommands: ["STARTTLS"] }),
  logger: false,
  authOptional: !user,
  onAuth: (auth, _, done) =>
    auth.username === user && auth.password === password ? done(null, { user }) : done(new Error("unknown user or password")),
  async onData(stream, session, done) {
    const mail = await simpleParser(stream);
    if (process.env.REFUSE) return done(Object.assign(new Error(`no mail for ${mail.to.text}`), { responseCode: Number(process.env.REFUSE) }));
    const { from, to, subject, text, html, messageId } = mail;
    const envelope = { from: session.envelope.mailFrom.address, to: session.envelope.rcptTo.map(({ address }) => address) };
    const headers = mail.headerLines.map(({ key }) => key);
    appendFileSync(process.env.MAIL_FILE, JSON.stringify({ from: from.text, to: to.text, subject, text, html, messageId, envelope, headers, user: session.user, secure: session.secure }) + "\n");
    done();
  },
});
// A client that gives up on the certificate is no reason to stop.
server.on("error", () => {});
server.listen(0, "127.0.0.1", () => console.log(`listening on smtp://127.0.0.1:${server.server.address().port}`));
