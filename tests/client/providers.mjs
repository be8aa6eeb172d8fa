// Prints the providers that better-auth 1.7.25 knows by name, one on each line.
import { socialProviderList } from "@better-auth/core/social-providers";

for (const name of socialProviderList) console.log(name);
