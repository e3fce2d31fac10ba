const words = {
  anomaly: "out of the ordinary",
  "api-pause": "an API asked for a pause",
  "api-refused": "an API refused",
  "callback-refused": "an authorization response was refused",
  clock: "the clocks differ",
  intercepted: "a service worker stands between the holder and the network",
  locked: "the session is locked",
  "queue-full": "too many requests wait",
  "queue-timeout": "requests gave up waiting",
  refreshfailed: "the refresh failed",
  slept: "the machine slept",
  "step-up": "an API asks for more rights",
  "step-up-ignored": "an API asks for more rights again and again",
  "target-refused": "requests to what is not on the list were refused",
};

/** Where a worker's requests are to be seen, by browser. */
export const tools =
  "the requests of a SharedWorker are shown by its own tools: chrome://inspect/#workers, about:debugging#/runtime/this-firefox, Safari's Develop menu; a Worker's are among the page's";

/** An entry of the audit log in words. */
export function lineOf({ time, kind, reason, count, server }) {
  const more = [reason, count > 1 && `(${count})`, server].filter(Boolean);
  return ["tokenkeep", clock(time), words[kind] ?? kind, ...more].join(" ");
}

/** A request that was noted, in words. */
export function lineOfRequest({ time, method, url, status, error, explanation, ms }) {
  const outcome = ms === null ? "is under way" : `${status ?? error}${explanation ? ` (${explanation})` : ""} after ${ms} ms`;
  return ["tokenkeep", clock(time), method, url, outcome].join(" ");
}

const clock = (time) => new Date(time).toISOString().slice(11, 23);

/** For `hold({ auditSink: print })`: the worker's console has the lines. */
export function print(entries) {
  for (const entry of entries) console.debug(lineOf(entry));
}
