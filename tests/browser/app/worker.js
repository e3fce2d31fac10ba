import * as tokenkeep from "tokenkeep";

import { holderUrl, setStage } from "./stage.js";

const url = holderUrl();

setStage(tokenkeep.connect(new Worker(url, { type: "module", name: "tokenkeep" })), tokenkeep);
