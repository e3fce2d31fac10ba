import { hold } from "tokenkeep/holder/core";

import { config } from "/config.js";

hold(config);
