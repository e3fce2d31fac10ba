import { fail } from "../errors.js";
import { Line } from "./line.js";
import { tabName } from "./tab.js";

export const version = 1;
export const lost = "the frame of the holder's origin was removed from the page; the next call makes another one";
const patience = 30_000;

/**
 * Makes the hidden frame of the holder's origin; resolves to `{ line, port, page, ticket, remove }` once the page in it has
 * handed out the holder's port, the URL of the page where sign-ins start, and the ticket of a visit that this tab is back
 * from. Only a document of exactly that origin gets the other end of the line. Once that is done, `gone` is called if
 * the frame goes without `remove`.
 */
export async function openFrame(url, gone) {
  if (!globalThis.document) throw fail("BROWSER_MISSING", "there is no page here; do this in one, not while it is rendered");
  if (top !== globalThis) throw fail("PAGE_FRAMED", "the holder's origin answers no page in a frame; open it in a tab");
  const frame = Object.assign(document.createElement("iframe"), { hidden: true, title: "sign-in", src: url.href });
  const { port1, port2 } = new MessageChannel();
  const line = new Line(port1);
  const patient = failures(url);
  const loaded = appended(frame);
  let tell = patient.lose;
  const watch = follow(frame, port1, () => tell());
  const remove = () => {
    watch.end();
    frame.remove();
  };
  try {
    await Promise.race([patient.failed, loaded]);
    frame.contentWindow.postMessage({ tokenkeep: version }, url.origin, [port2]);
    // An older page doesn't know the question.
    line.ask("here").then(patient.end, () => {});
    const { port, page, ticket } = await Promise.race([patient.failed, line.ask("open", { tab: tabName() })]);
    watch.stay();
    tell = gone;
    return { line, port, page: own(page, url), ticket, remove };
  } catch (error) {
    remove();
    throw error;
  } finally {
    patient.end();
  }
}

function appended(frame) {
  return new Promise((resolve) => {
    frame.addEventListener("load", resolve, { once: true });
    document.documentElement.append(frame);
  });
}

/** Sign-ins start at that origin, whatever it says. */
function own(page, { origin }) {
  if (URL.canParse(page) && new URL(page).origin === origin) return page;
  throw fail("CONFIG_INVALID", `the holder's redirectUri must be a page of ${origin}, beside the frame`);
}

/**
 * Calls `gone` once if the frame is taken out of the document; from `stay` on also if its document ends, where the browser tells
 * that, or if another document takes its place.
 */
function follow(frame, port, gone) {
  let over = false;
  const end = () => {
    over = true;
    observer.disconnect();
  };
  const go = () => {
    if (!over) end(), gone();
  };
  const observer = new MutationObserver(() => frame.isConnected || go());
  observer.observe(document, { childList: true, subtree: true });
  const stay = () => {
    port.addEventListener("close", go);
    frame.addEventListener("load", go, { once: true });
  };
  return { end, stay };
}

/** `failed` rejects as soon as it is clear that the frame won't say anything, as after `lose`, or when it has said nothing for long. */
function failures(url) {
  let lose, note, timer;
  const failed = new Promise((_, reject) => {
    const silent = `${url.href} doesn't answer: check that it is there and calls serve(), and that its frame-ancestors (or X-Frame-Options) lets ${location.origin} frame it`;
    timer = setTimeout(() => reject(fail("FRAME_SILENT", silent)), patience);
    lose = () => reject(fail("FRAME_LOST", lost));
    note = ({ disposition, effectiveDirective, blockedURI }) => {
      if (disposition !== "enforce" || effectiveDirective !== "frame-src" || !blockedURI || !url.href.startsWith(blockedURI)) return;
      reject(fail("FRAME_BLOCKED", `the Content-Security-Policy of this page forbids the frame: add ${url.origin} to frame-src`));
    };
    document.addEventListener("securitypolicyviolation", note);
  });
  failed.catch(() => {});
  const end = () => {
    clearTimeout(timer);
    document.removeEventListener("securitypolicyviolation", note);
  };
  return { failed, lose, end };
}
