// One running function: a process, the platform's socket to it, and whether it is frozen.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import http from "node:http";
import net from "node:net";
import os from "node:os";
import path from "node:path";

/** A process that has not answered the ping by then never will. */
const START_LIMIT = 10_000;

export class Instance {
  #folder = fs.mkdtempSync(path.join(os.tmpdir(), "gatepost-"));
  #agent = new http.Agent({ keepAlive: true });
  /** The invocations under way, by request id: each resolves when the function says `end`. */
  #running = new Map();
  #child;
  #socket;
  #port;
  frozen = false;
  gone = false;

  /**
   * Starts the process; resolves when it has answered a ping.
   * @param say takes what it writes and logs
   * @param ended is called at each `end`
   */
  static async start(definition, environment, { freezes, say, ended }) {
    const instance = new Instance();
    Object.assign(instance, { definition, freezes, say, ended });
    try {
      await instance.#start(environment);
    } catch (error) {
      instance.stop();
      throw error;
    }
    return instance;
  }

  async #start(environment) {
    const begun = performance.now();
    const signal = AbortSignal.timeout(START_LIMIT);
    const place = path.join(this.#folder, "socket");
    let started;
    const ready = new Promise((resolve, reject) => {
      started = resolve;
      signal.addEventListener("abort", () => reject(new Error(`not started within ${START_LIMIT} ms`)));
      this.failed = reject;
    });
    // A request that waits for it gets the error; before that, no code handles it.
    ready.catch(() => {});
    this.#socket = net.createServer((connection) => this.#listen(connection, started)).listen(place);
    await once(this.#socket, "listening");
    const { executable, folder } = this.definition;
    this.#child = spawn(executable, [], {
      cwd: folder,
      env: { ...environment, VERCEL_IPC_PATH: place, VERCEL_DEV_PORT: String(await freePort()) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) stream.on("data", (bytes) => this.say(String(bytes)));
    this.#child.on("error", (error) => this.#over(error.message));
    this.#child.on("exit", (code, by) => this.#over(`ended with ${by ?? code}`));
    this.#port = await ready;
    const [answer] = await once(http.get({ port: this.#port, host: "127.0.0.1", path: "/_vercel/ping", signal }), "response");
    answer.resume();
    if (answer.statusCode !== 200) throw new Error(`the ping was answered with ${answer.statusCode}`);
    this.coldStartMs = Math.round((performance.now() - begun) * 100) / 100;
  }

  /** The function's messages: JSON, each with a zero byte after it. */
  #listen(connection, started) {
    let rest = "";
    connection.setEncoding("utf8").on("error", () => {});
    connection.on("data", (text) => {
      const messages = (rest + text).split("\0");
      rest = messages.pop();
      for (const { type, payload } of messages.map((message) => JSON.parse(message))) {
        if (type === "server-started") started(payload.httpPort);
        else if (type === "log") this.say(String(Buffer.from(payload.message, "base64")));
        else if (type === "end") this.#end(payload.context.requestId);
        else if (type === "unrecoverable-error") this.failed(new Error(payload.message));
      }
    });
  }

  #end(id) {
    if (!this.#running.has(id)) return this.say(`end of ${id}, which is not under way`);
    this.ended();
    this.#running.get(id)();
  }

  #over(why) {
    if (this.gone) return;
    this.gone = true;
    this.failed(new Error(why));
    if (this.coldStartMs !== undefined) this.say(why);
    this.#release();
    for (const end of this.#running.values()) end();
  }

  #release() {
    this.#socket?.close();
    this.#agent.destroy();
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }

  get pid() {
    return this.#child.pid;
  }

  /** Resident memory in KB, where the system tells. */
  get rss() {
    try {
      return Number(/^VmRSS:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${this.pid}/status`, "utf8"))[1]);
    } catch {
      return null;
    }
  }

  /**
   * Sends a request to the function. The invocation is over when the function has said `end` and its answer has left it
   * entirely; then, and when no other is under way, the instance is frozen.
   * @param answered takes the answer, whose body is still to come; or the error, in place of an answer.
   */
  invoke(id, request, body, answered) {
    if (this.frozen) this.#signal("SIGCONT", false);
    const ended = new Promise((resolve) => this.#running.set(id, resolve));
    const outgoing = http.request({ ...request, host: "127.0.0.1", port: this.#port, agent: this.#agent });
    const limit = setTimeout(() => {
      answered(null, Object.assign(new Error(`no end within ${this.definition.seconds} s`), { status: 504 }));
      this.stop();
    }, this.definition.seconds * 1000);
    const flushed = new Promise((resolve) => {
      outgoing.on("response", (answer) => {
        answered(answer);
        answer.on("close", resolve);
      });
      outgoing.on("error", (error) => {
        answered(null, error);
        resolve();
      });
    });
    outgoing.end(body);
    return Promise.all([ended, flushed]).then(() => {
      clearTimeout(limit);
      this.#running.delete(id);
      if (this.freezes && this.#running.size === 0 && !this.gone) this.#signal("SIGSTOP", true);
    });
  }

  #signal(name, frozen) {
    this.#child.kill(name);
    this.frozen = frozen;
  }

  /** Ends the process without a word, as the platform ends a frozen one. */
  stop() {
    this.#child?.kill("SIGKILL");
    this.#over("stopped");
    this.#release();
  }
}

async function freePort() {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** The id of a request as the platform makes them: where it came in, where it runs, and something unique. */
export const requestId = () => `iad1::iad1::${randomBytes(3).toString("hex")}-${Date.now()}-${randomBytes(6).toString("hex")}`;
