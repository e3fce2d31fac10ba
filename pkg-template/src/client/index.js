import { scrub } from "./arrival.js";
import { Auth } from "./auth.js";
import { PortTransport } from "./port.js";

export { TokenKeepError, isTokenKeepError } from "../errors.js";

/** Connects this page to the holder that runs in `worker`, or in what that makes if it is a function. */
export const connect = (worker) => new Auth(new PortTransport(worker), scrub);
