// Has the connection make its worker, so that the page lives on where that can't be made.

import * as tokenkeep from "tokenkeep";

import { holderUrl, setStage } from "./stage.js";

const options = { type: "module", name: "tokenkeep", extendedLifetime: true };
const url = holderUrl();

setStage(
  tokenkeep.connect(() => new SharedWorker(url, options)),
  tokenkeep,
);
