export { default } from "../tokens.mjs";
