import { digest } from "./digest.js";

// What a holder is made of in development; a bundle is one file.
const mostFiles = 50;
const imports = /(?:\bfrom|\bimport)\s*["']([^"'\n]+)["']/g;

/**
 * Looks whether the file at `url` is still what the running holder was made from, whose fingerprint is `print`, and says what it
 * found. `developed`: in the console too.
 */
export async function compare({ url, print, developed }, transport) {
  // The headers of the pages that lend a holder let them fetch nothing.
  if (transport.lends && !developed) return;
  const found = await fingerprint(url, print ? "no-cache" : "default").catch(() => {});
  if (!found) return;
  transport.post({ op: "found", print: found });
  if (print && print !== found && developed) console.warn(warning(url));
}

const warning = (url) =>
  `tokenkeep: ${url} has changed, and the SharedWorker that runs was made from what it was before, with the configuration of then: close all tabs of this origin and wait for two minutes, or end it at chrome://inspect/#workers, or set takeOver: true in hold()`;

/** The hash of a script and of all that it imports from its own origin. */
async function fingerprint(url, cache) {
  const texts = new Map();
  const wanted = [url];
  for (const href of wanted) {
    if (texts.has(href) || texts.size === mostFiles) continue;
    const response = await fetch(href, { cache, credentials: "same-origin" });
    if (!response.ok) throw new TypeError(`${href} answered ${response.status}`);
    const text = await response.text();
    texts.set(href, text);
    wanted.push(...importsOf(text, href));
  }
  return digest(JSON.stringify([...texts]));
}

function importsOf(text, base) {
  const named = [...text.matchAll(imports)].map(([, name]) => name).filter((name) => /^[./]/.test(name));
  return named.map((name) => new URL(name, base).href).filter((href) => new URL(href).origin === new URL(base).origin);
}
