// Passkeys whose challenges and sessions are in a store.
export { scenarios as default } from "../passkeys.mjs";
