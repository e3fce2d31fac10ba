// The one script of both pages at the holder's own origin: the frame of the app, and where sign-ins start and end.

import { serve } from "/tokenkeep/serve.js";

import { apps } from "/config.js";

const policy = globalThis.trustedTypes?.createPolicy("holder", { createScriptURL: () => "/holder.js" });
const url = policy?.createScriptURL("") ?? "/holder.js";
const options = { type: "module", name: "tokenkeep", extendedLifetime: true };

serve(() => ("SharedWorker" in globalThis ? new SharedWorker(url, options) : new Worker(url, options)), { apps });
