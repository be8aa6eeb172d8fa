export { secrets as default } from "../store.mjs";
