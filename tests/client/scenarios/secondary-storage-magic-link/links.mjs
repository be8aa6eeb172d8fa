// Links by mail that sign in where sessions and links are in the secondary storage.
import { ways } from "../magic-links.mjs";

export default ways;
