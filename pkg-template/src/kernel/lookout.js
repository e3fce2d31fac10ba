// A busy Firefox takes its time.
const patience = 1_000;

/**
 * Looks out for a service worker between this realm and the network. Calls `tell` once, as soon as the browser has noted
 * one. The function that it returns tells whether that is so by now; given the URL of a request that has just been answered,
 * it resolves to that once the browser has noted the request, or doesn't for long.
 *
 * What browsers tell: Chromium notes when the service worker started, for requests to other origins too, once the body has
 * come to its end. Firefox and WebKit tell a realm of the one that controlled it when it started. Of one that claims a worker
 * which runs Firefox tells by leaving out the status of what was answered.
 */
export function lookOut(tell) {
  let found = false;
  const telling = new Set();
  const waiting = new Set();
  const read = (entries) => {
    for (const wait of waiting) wait(entries);
    if (found || !(isControlled() || entries.some(isIntercepted))) return;
    find();
  };
  const find = () => {
    found = true;
    queueMicrotask(tell);
  };
  const observer = globalThis.PerformanceObserver && new PerformanceObserver((list) => read(list.getEntries()));
  observer?.observe({ type: "resource", buffered: true });

  /** The note on the request to `url`, which may come a moment after its answer. */
  const noted = (url) =>
    new Promise((resolve) => {
      const { href } = new URL(url);
      const settle = (entry) => {
        waiting.delete(wait);
        resolve(entry);
      };
      const wait = (entries) => {
        const entry = entries.findLast(({ name }) => name === href);
        if (entry) settle(entry);
      };
      waiting.add(wait);
      setTimeout(settle, patience);
    });

  const look = (url) => {
    const note = url && observer && noted(url);
    read(observer?.takeRecords() ?? []);
    return note ? note.then(judge) : found;
  };

  // A status that is left out says something only where the browser tells that origin's.
  const judge = (entry) => {
    if (entry?.responseStatus > 0) telling.add(originOf(entry.name));
    if (!found && entry?.responseStatus === 0 && telling.has(originOf(entry.name))) find();
    return found;
  };

  look();
  return look;
}

const originOf = (href) => new URL(href).origin;

const isControlled = () => Boolean(globalThis.navigator?.serviceWorker?.controller);

const isIntercepted = ({ workerStart, workerRouterEvaluationStart, workerCacheLookupStart }) =>
  workerStart > 0 || workerRouterEvaluationStart > 0 || workerCacheLookupStart > 0;
