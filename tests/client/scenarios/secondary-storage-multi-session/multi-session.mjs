export { scenarios as default } from "../several-sessions.mjs";
