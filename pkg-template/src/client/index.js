import { Auth } from "./auth.js";
import { PortTransport } from "./port.js";

export { TokenKeepError, isTokenKeepError } from "../errors.js";

/** Connects this page to the holder that runs in `worker`. */
export const connect = (worker) => new Auth(new PortTransport(worker));
