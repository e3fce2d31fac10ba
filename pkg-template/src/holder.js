import { base64 } from "tokenkeep:wasm";

import { open } from "./kernel/doors.js";
import { decode, start } from "./kernel/load.js";

export { TokenKeepError, isTokenKeepError } from "./errors.js";

/** Holds the session in this worker. Pages that connect learn of a configuration error too. */
export function hold(config) {
  try {
    open(start(decode(base64), config));
  } catch (error) {
    open(Promise.reject(error));
    throw error;
  }
}
