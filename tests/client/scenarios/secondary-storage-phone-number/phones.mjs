// Phone numbers whose codes are in a secondary storage.
import { ways } from "../phones.mjs";

export default ways;
