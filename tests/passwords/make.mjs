// Makes vectors.json: password hashes of the programs that adopters come from. Run `npm install --ignore-scripts`, and
// `python3 -m venv python && python/bin/pip install -r requirements.txt`, then `npm run make`. Each run has other salts.
import { execFileSync } from "node:child_process";
import { randomBytes, scryptSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { Algorithm, hash as hashOfNapi } from "@node-rs/argon2";
import argon2 from "argon2";
import bcrypt from "bcrypt";
import bcryptjs from "bcryptjs";
import { FirebaseScrypt } from "firebase-scrypt";

const PASSWORD = "correct horse battery";
const SIGNER_KEY = randomBytes(64).toString("base64");
const vectors = [];
const add = (scheme, made_by, stored, password = PASSWORD) => vectors.push({ scheme, made_by, password, stored });

add("bcrypt", "bcrypt 6", await bcrypt.hash(PASSWORD, 10));
add("bcrypt", "bcryptjs 3", await bcryptjs.hash(PASSWORD, 10));
// Of a long password 72 bytes count, and a NUL counts like any other byte.
const long = "naïve ".repeat(20);
add("bcrypt", "bcrypt 6, a long password", await bcrypt.hash(long, 4), long);
add("bcrypt", "bcryptjs 3, a long password", await bcryptjs.hash(long, 4), long);
add("bcrypt", "bcrypt 6, of which 72 bytes count", await bcrypt.hash(long, 4), Buffer.from(long).subarray(0, 72).toString());
add("bcrypt", "bcrypt 6, with a NUL", await bcrypt.hash("correct\0horse", 4), "correct\0horse");
add("bcrypt", "bcryptjs 3, with a NUL", await bcryptjs.hash("correct\0horse", 4), "correct\0horse");
add("bcrypt", "bcryptjs 3, $2a$", bcryptjs.hashSync(PASSWORD, bcryptjs.genSaltSync(4).replace("$2b$", "$2a$")));
add("bcrypt", "bcryptjs 3, $2y$", bcryptjs.hashSync(PASSWORD, bcryptjs.genSaltSync(4).replace("$2b$", "$2y$")));
for (const type of [argon2.argon2i, argon2.argon2d, argon2.argon2id]) {
  add("argon2", `argon2 npm, type ${type}`, await argon2.hash(PASSWORD, { type, memoryCost: 8192 }));
}
add("argon2", "argon2 npm, defaults", await argon2.hash(PASSWORD));
add("argon2", "@node-rs/argon2, defaults", await hashOfNapi(PASSWORD));
add("argon2", "@node-rs/argon2, argon2i", await hashOfNapi(PASSWORD, { algorithm: Algorithm.Argon2i, memoryCost: 4096 }));
const salt = randomBytes(16).toString("hex");
add("scrypt", "node:crypto, N=16384,r=8,p=1", `${salt}:${scryptSync(PASSWORD, salt, 64).toString("hex")}`);
add("scrypt", "node:crypto, a key of 32 bytes", `${salt}:${scryptSync(PASSWORD, salt, 32).toString("hex")}`);
const project = new FirebaseScrypt({ memCost: 14, rounds: 8, saltSeparator: "Bw==", signerKey: SIGNER_KEY });
const saltOfFirebase = randomBytes(12).toString("base64");
const key = await project.hash(PASSWORD, saltOfFirebase);
add("firebase-scrypt", "firebase-scrypt", `$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==$${saltOfFirebase}$${key}`);
const ofPython = JSON.parse(execFileSync("python/bin/python", ["make.py", PASSWORD], { encoding: "utf8" }));
for (const { scheme, made_by, stored } of ofPython) add(scheme, made_by, stored);
writeFileSync("vectors.json", JSON.stringify({ signer_key: SIGNER_KEY, vectors }, null, 2) + "\n");
