import { hold } from "tokenkeep/holder/slim";

import { config } from "/config.js";

const wasm = new URL("/tokenkeep.wasm", location.href);

hold(config, location.search === "?response" ? fetch(wasm) : wasm);
