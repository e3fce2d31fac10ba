import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { AuthProvider } from "tokenkeep/react";

import { refusal, tell } from "./auth.js";
import { Status, tree } from "./react.js";

const missing = [Status, AuthProvider].map((component) => refusal(() => renderToString(createElement(component))));
tell({ html: renderToString(tree), missing });
