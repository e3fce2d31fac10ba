// Writes what the Rust client says after the types; scripts/test/rust-client.test.mjs says if it is something else.

import { codesFile, rustErrorCodes } from "./lib/error-codes.mjs";
import { keep } from "./lib/run.mjs";
import { optionsFile, rustOptions } from "./lib/rust-options.mjs";

keep(codesFile, rustErrorCodes());
keep(optionsFile, rustOptions());
