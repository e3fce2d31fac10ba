// The limit of what a page with a worker can do: a worker that says hello and nothing else.
import { mode, options, tell } from "./start.js";

const file = "/start/empty-worker.js";
const worker = mode === "workerRelay" ? new Worker(file, options) : new SharedWorker(file, options);
// A worker that nobody refers to may be collected before it answers.
globalThis.port = worker.port ?? worker;
port.postMessage("hello");

tell(new Promise((resolve) => (port.onmessage = resolve)));
