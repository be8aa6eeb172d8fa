// Google's One Tap beside Google as a provider.
import { ways } from "../one-taps.mjs";

export default ways;
