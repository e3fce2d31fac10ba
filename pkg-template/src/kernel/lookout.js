// A busy Firefox takes its time.
const patience = 1_000;

/**
 * Looks out for a service worker between this realm and the network. Calls `tell` once, as soon as the browser has noted
 * one. The function that it returns tells whether that is so by now; given the URL of a request that has just been answered,
 * it resolves to that once the browser has noted the request, or doesn't for long. Its `expect` is told of a request before
 * that is made.
 *
 * What browsers tell: Chromium notes when the service worker started, for requests to other origins too, once the body has
 * come to its end. Firefox and WebKit note a request as soon as all of its answer is there, which is before that is read; they
 * tell a realm of the one that controlled it when it started. Of one that claims a worker which runs Firefox tells by leaving
 * out the status of what was answered.
 */
export function lookOut(tell) {
  let found = false;
  const telling = new Set();
  // By URL, since their requests were announced.
  const expected = new Map();
  const read = (entries) => {
    for (const entry of entries) expected.get(entry.name)?.settle(entry);
    if (found || !(isControlled() || entries.some(isIntercepted))) return;
    find();
  };
  const find = () => {
    found = true;
    queueMicrotask(tell);
  };
  const observer = globalThis.PerformanceObserver && new PerformanceObserver((list) => read(list.getEntries()));
  observer?.observe({ type: "resource", buffered: true });

  const expect = (url) => {
    const { href } = new URL(url);
    const note = {};
    note.came = new Promise((resolve) => (note.settle = resolve));
    note.forget = () => expected.get(href) === note && expected.delete(href);
    expected.set(href, note);
    return note;
  };

  const look = (url) => {
    const note = url && observer && (expected.get(new URL(url).href) ?? expect(url));
    read(observer?.takeRecords() ?? []);
    if (!note) return found;
    setTimeout(note.settle, patience);
    return note.came.then((entry) => (note.forget(), judge(entry)));
  };
  look.expect = expect;

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
