// Anonymous users with every option that is not a function.
import { ways } from "../guests.mjs";

export default ways;
