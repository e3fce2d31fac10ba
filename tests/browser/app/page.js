import * as tokenkeep from "tokenkeep/page";

import { config } from "/config.js";

import { describe, setStage } from "./stage.js";

let auth = null;
try {
  auth = tokenkeep.hold(config);
} catch (error) {
  globalThis.refusal = describe(error);
}
setStage(auth, tokenkeep);
