import { mode, options, tell } from "./start.js";

import { connect } from "/tokenkeep";

const holder = "/start/start-holder.js";

tell(connect(mode === "worker" ? new Worker(holder, options) : new SharedWorker(holder, options)).resume());
