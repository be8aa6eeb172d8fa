export { default } from "../cache.mjs";
