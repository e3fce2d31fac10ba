import { isTokenKeepError } from "tokenkeep";

import { showFiles } from "./files.js";

showFiles(document.querySelector("main")).catch((error) => {
  // Of the session's end there is an event.
  if (!isTokenKeepError(error) || error.code !== "TOKENKEEP_LOGIN_REQUIRED") throw error;
});
