// The holder of the two kinds of worker, as an application would write it; and a way to ask for the wasm's size.
import { memorySize } from "./memory.js";

import { hold } from "/tokenkeep/holder";
import { config } from "/config.js";

hold(config);

const channel = new BroadcastChannel(`memory ${self.name}`);
channel.onmessage = ({ data }) => data === "size" && channel.postMessage(memorySize());
