// Codes by mail where sessions and codes are in the secondary storage.
import { changes, ways } from "../email-codes.mjs";

export default { ...ways, ...changes };
