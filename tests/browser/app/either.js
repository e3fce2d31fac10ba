// A SharedWorker, or where there is none a Worker, as the documentation has it.

import * as tokenkeep from "tokenkeep";

import { holderUrl, setStage } from "./stage.js";

const options = { type: "module", name: "tokenkeep", extendedLifetime: true };
const url = holderUrl();

const worker = () => (globalThis.SharedWorker ? new SharedWorker(url, options) : new Worker(url, { type: "module", name: "tokenkeep" }));
setStage(tokenkeep.connect(worker), tokenkeep);
