export { sessions as default } from "../store.mjs";
