// The holder: the one file where tokens are. The configuration is served beside it because the demo's ports are only
// known at run time; an app would write it here.

import { hold } from "tokenkeep/holder";

import { config } from "/config.js";

hold(config);
