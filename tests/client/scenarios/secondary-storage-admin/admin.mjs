// Administration where sessions are in the secondary storage.
import { ways } from "../administration.mjs";

export default ways;
