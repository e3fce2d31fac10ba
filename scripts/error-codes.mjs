// Writes the Rust client's enum of error codes; scripts/test/tables.test.mjs says if it is another one than the types have.

import { codesFile, rustErrorCodes } from "./lib/error-codes.mjs";
import { keep } from "./lib/run.mjs";

keep(codesFile, rustErrorCodes());
