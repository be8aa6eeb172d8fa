// Several users in one browser, with sessions in a secondary storage.
import { scenarios } from "../several-sessions.mjs";

// better-auth leaves sessions that end by their tokens in the list of the user's sessions; gatepost removes them (docs/DIFFERENCES.md,
// "the list of a user's sessions"). So the entries of the store differ after these.
const { "two users sign up, are listed, and one signs out": _, "signing in again ends the session of before": __, ...others } = scenarios;

export default others;
