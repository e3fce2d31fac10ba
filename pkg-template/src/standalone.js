import { fail } from "./errors.js";
import { hold } from "./holder.js";
import { open } from "./kernel/doors.js";

// The file that has this script has `const configuration = { .. }` above it.
if (typeof configuration === "undefined")
  open(
    Promise.reject(
      fail("CONFIG_INVALID", "the holder's file has no `const configuration = { .. };` above tokenkeep's part: write it there"),
    ),
  );
else hold(configuration);
