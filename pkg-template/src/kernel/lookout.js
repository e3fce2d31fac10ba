/**
 * Looks out for a service worker between this realm and the network. Calls `tell` once, as soon as the browser has noted
 * one; returns a function that tells whether it has by now. Chromium notes it when a body has come to its end, Firefox and
 * WebKit when the realm starts.
 */
export function lookOut(tell) {
  let found = false;
  const read = (entries) => {
    if (found || !(isControlled() || entries.some(isIntercepted))) return;
    found = true;
    later(tell);
  };
  const observer = globalThis.PerformanceObserver && new PerformanceObserver((list) => read(list.getEntries()));
  observer?.observe({ type: "resource", buffered: true });
  const look = () => {
    read(observer?.takeRecords() ?? []);
    return found;
  };
  look();
  return look;
}

const isControlled = () => Boolean(globalThis.navigator?.serviceWorker?.controller);

const isIntercepted = ({ workerStart, workerRouterEvaluationStart, workerCacheLookupStart }) =>
  workerStart > 0 || workerRouterEvaluationStart > 0 || workerCacheLookupStart > 0;

// The core may be in the middle of something.
const later = (tell) => queueMicrotask(tell);
