// The one script of frame.html and callback.html.
import { serve } from "./tokenkeep/serve.js";

const holder = "/holder.js";
const policy = globalThis.trustedTypes?.createPolicy("door", {
  createScriptURL(url) {
    if (url !== holder) throw new TypeError(`not the holder: ${url}`);
    return url;
  },
});
const url = policy?.createScriptURL(holder) ?? holder;

serve(
  () =>
    globalThis.SharedWorker
      ? new SharedWorker(url, { type: "module", name: "tokenkeep", extendedLifetime: true })
      : new Worker(url, { type: "module", name: "tokenkeep" }),
  { apps: ["https://app.example.com"] },
);
