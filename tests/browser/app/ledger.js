// Runs before everything else in a page: counts what a flow leaves behind, and writes down what it sends.

const ledger = { intervals: new Set(), ticks: 0, aborts: 0, channels: new Set(), heard: [], posted: [], opened: [] };

const { setInterval: start, clearInterval: stop, open } = globalThis;
globalThis.setInterval = (work, ...given) => {
  const id = start(
    () => {
      work();
      ledger.ticks += 1;
    },
    ...given,
  );
  ledger.intervals.add(id);
  return id;
};
globalThis.clearInterval = (id) => {
  ledger.intervals.delete(id);
  stop(id);
};
globalThis.open = (...given) => {
  ledger.opened.push(given.map(String));
  return open.apply(globalThis, given);
};

const { abort } = AbortController.prototype;
AbortController.prototype.abort = function (...given) {
  ledger.aborts += 1;
  return abort.apply(this, given);
};

globalThis.BroadcastChannel = class extends BroadcastChannel {
  constructor(name) {
    super(name);
    ledger.channels.add(this);
    this.addEventListener("message", ({ data }) => ledger.heard.push({ name, data }));
  }

  close() {
    ledger.channels.delete(this);
    super.close();
  }
};

// Messages between windows; there should be none.
globalThis.postMessage = (...given) => void ledger.posted.push(given.map(String));

globalThis.ledger = {
  ticks: () => ledger.ticks,
  channels: () => [...ledger.channels].map(({ name }) => name),
  aborts: () => ledger.aborts,
  left: () => ({ intervals: ledger.intervals.size, channels: ledger.channels.size }),
  take: () => JSON.parse(JSON.stringify({ heard: ledger.heard, posted: ledger.posted, opened: ledger.opened })),
};
