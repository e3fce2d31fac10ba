// Who frames the holder's page, and who is framed in its place. Each function runs in a page and stands alone.

/** Frames the holder's page and greets it as an app does. Resolves to the code of the refusal, "lent", or "silent" after so many ms. */
export async function knock(evil, { patience }) {
  const timer = new Promise((resolve) => setTimeout(resolve, patience, {}));
  const { port, error } = await Promise.race([evil.borrow(), timer]);
  return port ? "lent" : (error?.code ?? "silent");
}

/** Greets the holder's page in a frame of somebody else's document: the first one in `parent` or `opener`. */
export async function knockBeside(evil, { whose, holder }) {
  const { port1, port2 } = new MessageChannel();
  const ask = evil.asking(port1);
  globalThis[whose].frames[0].postMessage({ tokenkeep: 1 }, new URL(holder).origin, [port2]);
  const timer = new Promise((resolve) => setTimeout(resolve, 2_000, {}));
  const { port, error } = await Promise.race([ask("open"), timer]);
  return port ? "lent" : (error?.code ?? "silent");
}

/** Puts a frame into this document and resolves when it has loaded. */
export const frame = (evil, { url, ...more }) => evil.framed(url, more).then(() => {});

/** As soon as the app makes its frame, another page is in it; that one is told of a control, which comes after the greeting. */
export function replaceFrame(evil, { how, url }) {
  const manners = {
    "another src": (frame) => (frame.src = url),
    "a navigation": (frame) => frame.contentWindow.location.replace(url),
    "another src, once it has loaded": (frame) =>
      frame.addEventListener("load", () => frame.src !== url && (frame.src = url), { capture: true }),
  };
  const control = ({ target }) => setTimeout(() => target.contentWindow.postMessage("control", "*"), 100);
  const replace = (frame) => {
    frame.addEventListener("load", control);
    manners[how](frame);
  };
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) if (node.localName === "iframe") replace(node);
  }).observe(document, { childList: true, subtree: true });
}

/** Leads the frame that the app has to another page. */
export function leadFrameAway(evil, { url }) {
  document.querySelector("iframe").contentWindow.location.replace(url);
}

/** Makes events that say that they are from the holder's page, by the page's own script. */
export function forgeEvents(evil, { holder, words }) {
  const { origin } = new URL(holder);
  const source = document.querySelector("iframe").contentWindow;
  for (const data of words) {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener("message", (event) => evil.post({ heard: evil.strings(event.data) }));
    port1.start();
    for (const target of [globalThis, document, navigator.serviceWorker, document.querySelector("iframe")]) {
      target.dispatchEvent(new MessageEvent("message", { data, origin, source, ports: [port2] }));
    }
  }
}
