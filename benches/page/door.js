// The script of the two pages at the holder's own origin.

import { serve } from "/tokenkeep/serve";
import { places } from "/places.js";

const options = { type: "module", name: "own", extendedLifetime: true };

serve(() => new SharedWorker("/holder.js", options), { apps: places.apps });
