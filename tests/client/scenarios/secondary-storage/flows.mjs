export { flows as default } from "../store.mjs";
