// A page whose holder is on another origin.

import * as tokenkeep from "tokenkeep/remote";

import { describe, setStage } from "./stage.js";

const { holder } = document.documentElement.dataset;

let auth = null;
try {
  auth = tokenkeep.connect(holder);
} catch (error) {
  globalThis.refusal = describe(error);
}
setStage(auth, tokenkeep);
