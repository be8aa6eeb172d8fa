// Reads connection URLs as Node's driver `pg` does: a JSON array of them as the argument, an array of answers on standard output.
import { createRequire } from "node:module";

// `pg` reads URLs by this package, of which it is the only user.
const parse = createRequire(createRequire(import.meta.url).resolve("pg"))("pg-connection-string");

const answer = (url) => {
	try {
		const { user, password, host, port, database } = parse(url);
		return { user, password, host, port, database };
	} catch {
		return null;
	}
};
console.log(JSON.stringify(JSON.parse(process.argv[2]).map(answer)));
