// The holder, which tells every page what its policy forbids, and does something forbidden when it is asked to.

import { hold } from "tokenkeep/holder";

import { config } from "/config.js";

const channel = new BroadcastChannel("violations");
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
  channel.postMessage({ violation: `worker: ${violatedDirective} ${blockedURI}` });
});
channel.onmessage = ({ data }) => data.forbidden && fetch(data.forbidden).catch(() => {});

hold(config);
