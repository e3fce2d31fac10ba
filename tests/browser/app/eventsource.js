// An application that keeps the `eventsource` package and lets it fetch by the session.

import { EventSource } from "eventsource";

/** Follows `url`; what happens is kept in `heard` as ["open"], ["error", code] and ["message", data, id]. */
globalThis.follow = (url) => {
  const heard = [];
  const source = new EventSource(url, { fetch: app.auth.fetch });
  source.addEventListener("open", () => heard.push(["open"]));
  source.addEventListener("error", ({ code }) => heard.push(["error", code ?? null]));
  source.addEventListener("message", ({ data, lastEventId }) => heard.push(["message", data, lastEventId]));
  globalThis.feed = { source, heard };
};
