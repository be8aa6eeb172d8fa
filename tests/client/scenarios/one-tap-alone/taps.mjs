// Google's One Tap without Google as a provider.
import { ways } from "../one-taps.mjs";

const { "a new user": first, "an address that has a user": known } = ways;
export default { "a new user": first, "an address that has a user": known };
