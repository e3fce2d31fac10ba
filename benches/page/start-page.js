import { tell } from "./start.js";

import { hold } from "/tokenkeep/page";
import { config } from "/config.js";

tell(hold(config).resume());
