import { texts } from "tokenkeep:wasm";

import { open } from "./kernel/doors.js";
import { start } from "./kernel/load.js";
import { decode } from "./kernel/spelling.js";

export { TokenKeepError, isTokenKeepError } from "./errors.js";

/** Holds the session in this worker. Pages that connect learn of a configuration error too. */
export function hold(config) {
  try {
    open(start(() => decode(texts.spelt, texts.reader), config));
  } catch (error) {
    open(Promise.reject(error));
    throw error;
  }
}
