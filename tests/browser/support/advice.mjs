// The headers that docs/security/headers.md advises, read from that very page.

import { readFileSync } from "node:fs";

const page = readFileSync(new URL("../../../docs/security/headers.md", import.meta.url), "utf8");

/** The sets by name, each as headers by name. */
export const sets = Object.fromEntries([...page.matchAll(/^```http (\w+)\n([^]*?)^```$/gm)].map(([, name, text]) => [name, headersIn(text)]));

/** The last piece of code that the page offers in a language, or the one at that place. */
export const snippet = (language, place = -1) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "gm"))].map(([, code]) => code).at(place) ?? "";

/** The middleware for Express and Vite, as the page has it. */
export async function middleware() {
  const { headers } = await import(`data:text/javascript,${encodeURIComponent(snippet("js"))}`);
  return headers;
}

function headersIn(text) {
  return Object.fromEntries(text.trimEnd().split("\n").map((line) => line.match(/^([\w-]+): (.*)$/).slice(1)));
}

/**
 * The headers of an app's server: a function from a path to the set that the page has for it, with these servers in place
 * of the examples and reports of violations to `/reports`. With `single`, one set for everything.
 */
export function advised({ authorizationServer, apis, single = false, holders = ["/holder.js"] }) {
  const setOf = (path) => {
    if (single) return sets.single;
    if (holders.includes(path)) return sets.worker;
    if (/\.\w+$/.test(path)) return sets.others;
    return { ...sets.pages, ...(path === "/callback" && sets.callback) };
  };
  return (path) => {
    const { "Content-Security-Policy": policy, ...more } = setOf(path);
    const named = policy.replaceAll("https://as.example.com", authorizationServer).replaceAll("https://api.example.com", apis.join(" "));
    const all = { ...more, "Content-Security-Policy": `${named}; report-uri /reports` };
    return Object.fromEntries(Object.entries(all).map(([name, value]) => [name.toLowerCase(), value]));
  };
}
