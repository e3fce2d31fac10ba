// A holder at an address that stays. Compiling is the test.

import { connect, type Auth, type HolderWorker } from "tokenkeep";
import { holderAt, type HolderOptions } from "tokenkeep/worker";

const options: HolderOptions = { policy: "app" };
const make: () => HolderWorker = holderAt(new URL("https://app.example.com/tokenkeep/holder.js"), options);
export const auth: Auth = connect(holderAt("/tokenkeep/holder.js"));
void make;
// @ts-expect-error: not an object
holderAt({ url: "/tokenkeep/holder.js" });
// @ts-expect-error: no such option
holderAt("/tokenkeep/holder.js", { polcy: "app" });
