import * as tokenkeep from "tokenkeep";
import { holderAt } from "tokenkeep/worker";

import { setStage } from "./stage.js";

globalThis.holderAt = holderAt;
setStage(tokenkeep.connect(holderAt("/tokenkeep/holder.js")), tokenkeep);
