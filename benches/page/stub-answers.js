// In a worker, before the package: whatever is fetched from the API is answered at once.
import { config } from "/config.js";

import { answerInPlaceOf } from "./stub.js";

const headers = { "content-type": "application/json", "content-length": "2" };
answerInPlaceOf(config.resourceServers[0], () => Promise.resolve(new Response("{}", { headers })));
