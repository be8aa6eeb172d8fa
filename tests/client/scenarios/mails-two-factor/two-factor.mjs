export { default } from "../codes-by-mail.mjs";
