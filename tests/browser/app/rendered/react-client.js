import { hydrateRoot } from "react-dom/client";

import { tree } from "./react.js";

// What was rendered and isn't what is met is an error of the page here.
hydrateRoot(document.getElementById("app"), tree, { onRecoverableError: reportError });
