// A page of its own that starts in the way that its URL names, and tells the page around it how long that took.
const begun = performance.now();
const way = new URLSearchParams(location.search);
const options = { type: "module", name: way.get("name") };

const ways = {
  sharedWorker: async () => (await connected(new SharedWorker("/holder.js", options))).resume(),
  worker: async () => (await connected(new Worker("/holder.js", options))).resume(),
  page: async () => {
    const [{ hold }, { config }] = await Promise.all([import("/tokenkeep/page"), import("/config.js")]);
    return hold(config).resume();
  },
  sharedRelay: () => spoken(new SharedWorker("/empty-worker.js", options)),
  workerRelay: () => spoken(new Worker("/empty-worker.js", options)),
};

/** The worker starts while the page's own script is on its way. */
async function connected(worker) {
  const { connect } = await import("/tokenkeep");
  return connect(worker);
}

function spoken(worker) {
  // A worker that nobody refers to may be collected before it answers.
  globalThis.port = worker.port ?? worker;
  port.postMessage("hello");
  return new Promise((resolve) => (port.onmessage = resolve));
}

await ways[way.get("mode")]();
const resumed = performance.now();
parent.postMessage({ script: resumed - begun, navigation: resumed }, location.origin);
