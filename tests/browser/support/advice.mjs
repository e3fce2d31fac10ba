// The headers and samples that docs/security/headers.md advises, read from that very page.

import { readFileSync } from "node:fs";

import { holderPlace } from "./places.mjs";

const page = readFileSync(new URL("../../../docs/security/headers.md", import.meta.url), "utf8");

/** The sets of a page by name, each as headers by name. */
export const setsOf = (text) =>
  Object.fromEntries([...text.matchAll(/^```http (\w+)\n([^]*?)^```$/gm)].map(([, name, lines]) => [name, headersIn(lines)]));

export const sets = setsOf(page);

/** What a page offers under a name: `nginx`, or for one piece of several in a language `js headers.js`. */
export function snippet(name, text = page) {
  const found = text.split(`\n\`\`\`${name}\n`);
  if (found.length !== 2) throw new Error(`the page has ${found.length - 1} pieces called ${name}`);
  return found[1].slice(0, found[1].indexOf("\n```") + 1);
}

/** A text of the page with these hosts in place of the examples. */
export const filled = (text, { app, authorizationServer, apis }) =>
  text
    .replaceAll("https://app.example.com", app ?? "https://app.example.com")
    .replaceAll("https://as.example.com", authorizationServer ?? "https://as.example.com")
    .replaceAll("https://api.example.com", apis?.join(" ") ?? "https://api.example.com");

/** A sample with its lines for an app that has a service worker of its own, whose URL the page's policy lists too. */
export const withOwnWorker = (text) =>
  text
    .replace(/^(\s*)(?:#|\/\/) (?=.*(?:\/app\/sw\.js|\bown\b))/gm, "$1")
    .replaceAll(`${holderPlace};`, `${holderPlace} https://app.example.com/app/sw.js;`);

/** A sample with its lines for the time after an incident. */
export const withClearing = (text) => text.replace(/^(\s*)(?:#|\/\/) (?=.*(?:[$@]clear|Clear-Site-Data))/gm, "$1");

/** The middleware for Express and Vite, as the page has it or as `change` makes it. */
export function middleware(change = (text) => text) {
  return import(`data:text/javascript,${encodeURIComponent(change(snippet("js headers.js")))}`);
}

function headersIn(text) {
  return Object.fromEntries(
    text
      .trimEnd()
      .split("\n")
      .map((line) => line.match(/^([\w-]+): (.*)$/).slice(1)),
  );
}

/**
 * The headers of an app's server: a function from a path to the set that the page has for it, with these hosts in place
 * of the examples and reports of violations to `/reports`. With `single`, one set for everything; `imports` has the paths
 * of what the holder imports, and of the app's service worker, to be listed in `worker-src`.
 */
export function advised({ single = false, imports = [], serviceWorker, ...hosts }) {
  const setOf = (path) => {
    if (single) return sets.single;
    if (path === holderPlace) return sets.worker;
    if (path === serviceWorker) return sets.own;
    if (/\.\w+$/.test(path)) return sets.others;
    return { ...sets.pages, ...(path === "/callback" && sets.callback) };
  };
  const listed = [holderPlace, ...imports, serviceWorker].filter(Boolean).map((path) => `https://app.example.com${path}`);
  return (path) => {
    const { "Content-Security-Policy": policy, ...more } = setOf(path);
    const named = filled(policy.replace(/(?<=worker-src )https:[^;]+/, listed.join(" ")), hosts);
    const all = { ...more, "Content-Security-Policy": `${named}; report-uri /reports` };
    return Object.fromEntries(Object.entries(all).map(([name, value]) => [name.toLowerCase(), value]));
  };
}
