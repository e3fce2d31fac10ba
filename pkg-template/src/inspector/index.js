export { debug } from "./debug.js";
export { defineInspector } from "./element.js";
export { inspect } from "./inspect.js";
export { print } from "./lines.js";
export { recordRequests } from "./requests.js";
