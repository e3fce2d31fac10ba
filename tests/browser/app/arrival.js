// What an app without a framework goes on with.

import * as arrival from "tokenkeep/arrival";

Object.assign(globalThis, { arrival });
