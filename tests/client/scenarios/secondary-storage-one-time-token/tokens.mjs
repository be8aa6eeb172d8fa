// One-time tokens where sessions and tokens are in the secondary storage.
import { ways } from "../one-time-tokens.mjs";

export default ways;
