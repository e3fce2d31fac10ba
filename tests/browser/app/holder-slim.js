import { hold } from "tokenkeep/holder/slim";

import { config } from "/config.js";

hold(config, new URL("/tokenkeep.wasm", location.href));
