// The holder on an origin of its own. The configuration is served beside it because the demo's ports are only known at run
// time; a deployment would write it here.

import { hold } from "/tokenkeep/holder.js";

import { config } from "/config.js";

hold(config);
