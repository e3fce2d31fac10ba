import { misuse } from "./refusals.js";

const encodings = 4;

/** A URL, where a page may say it by its path alone. */
export const absolute = (url) => new URL(url, globalThis.document?.baseURI);

/** Answers whether a URL is within one of `servers`, as the holder judges; without a list every URL is. */
export function targets(servers) {
  if (!servers) return () => true;
  const bases = servers.map(baseOf);
  return (href) => {
    const { origin, pathname } = new URL(href);
    return bases.some((base) => base.origin === origin && isBelow(base.path, pathname));
  };
}

function baseOf(server) {
  const url = server?.url ?? server;
  if (!URL.canParse(url, globalThis.document?.baseURI)) throw misuse("resourceServers", "must be an array of base URLs");
  const { origin, pathname } = absolute(url);
  return { origin, path: pathname.replace(/\/+$/, "") };
}

function isBelow(base, path) {
  const below = path.slice(base.length);
  return path.startsWith(base) && (below === "" || below[0] === "/") && !climbs(below);
}

/** Whether a server that decodes the path could find a `..` in it. */
function climbs(path) {
  let text = path;
  for (let n = 0; n < encodings; n += 1) {
    if (text.split(/[/\\]/).some((segment) => /^\.{1,2}(;|$)/.test(segment))) return true;
    const decoded = text.replace(/%([0-7][\da-f])/gi, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)));
    if (decoded === text) return false;
    text = decoded;
  }
  return true;
}
