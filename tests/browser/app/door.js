// The one script of the pages at the holder's own origin.

import { serve } from "tokenkeep/serve";

import { apps } from "/apps.js";

const policy = globalThis.trustedTypes?.createPolicy("holder", { createScriptURL: (url) => (url === "/holder.js" ? url : "") });
const url = policy?.createScriptURL("/holder.js") ?? "/holder.js";
const options = { type: "module", name: "tokenkeep", extendedLifetime: true };

serve(() => (globalThis.SharedWorker ? new SharedWorker(url, options) : new Worker(url, { type: "module", name: "tokenkeep" })), { apps });
