// CaptchaFox below another base path.
import { everyProvider } from "../captchas.mjs";

export default everyProvider;
