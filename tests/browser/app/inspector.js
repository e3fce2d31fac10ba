// What developers see of a session.

import * as inspector from "tokenkeep/inspector";

Object.assign(globalThis, { inspector });
