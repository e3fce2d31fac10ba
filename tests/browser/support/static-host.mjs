// A static host that reads a `_headers` file, in the two ways in which such hosts differ.

import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { listen, send, urlOf } from "../../../www/server/http.mjs";

const types = { html: "text/html; charset=utf-8", js: "text/javascript; charset=utf-8" };

/** By name: what a host sends unasked, whether it leads from `/a.html` to `/a`, and whether it takes headers back. */
export const staticHosts = {
  Netlify: { own: {}, isPretty: false, takesBack: false },
  "Cloudflare Pages": {
    own: { "Access-Control-Allow-Origin": "*", "Referrer-Policy": "strict-origin-when-cross-origin" },
    isPretty: true,
    takesBack: true,
  },
};

/** Starts that host with the files of a folder. Resolves to `{ port, end }`. */
export async function startStaticHost({ own, isPretty, takesBack }, served) {
  const rules = rulesIn(await readFile(join(served, "_headers"), "utf8"));
  const { port, close } = await listen(async (request, response) => {
    const { pathname, search } = urlOf(request);
    const pretty = pathname.replace(/(\.html|\/)$/, "");
    if (isPretty && pretty !== pathname && (await read(served, pretty))) return send(response, 308, "", { location: pretty + search });
    const found = await read(served, pathname);
    const headers = headersOf(rules, pathname, { own, takesBack });
    send(response, found ? 200 : 404, found?.text ?? "", { "content-type": found?.type ?? "text/plain", ...headers });
  });
  return { port, end: close };
}

async function read(served, pathname) {
  const name = /\.\w+$/.test(pathname) ? pathname : `${pathname}.html`;
  if (name === "/_headers") return undefined;
  const text = await readFile(join(served, name)).catch(() => undefined);
  return text && { text, type: types[name.split(".").at(-1)] };
}

/** The rules of the file, each as `{ path, lines }`: a path at the start of a line, and lines that are indented below it. */
export function rulesIn(text) {
  const rules = [];
  for (const line of text.split("\n").filter((one) => one.trim() && !one.trim().startsWith("#"))) {
    if (/^\S/.test(line)) rules.push({ path: line.trim(), lines: [] });
    else rules.at(-1).lines.push(line.trim());
  }
  return rules;
}

/** What a path is answered with. Hosts differ in what comes of a header that two rules give, so that is an error here. */
function headersOf(rules, pathname, { own, takesBack }) {
  const given = new Map();
  const takenBack = new Set();
  for (const line of rules.filter(({ path }) => covers(path, pathname)).flatMap(({ lines }) => lines)) {
    const [, name, value] = /^([\w-]+): (.+)$/.exec(line) ?? [];
    if (!name) takenBack.add(/^! ([\w-]+)$/.exec(line)[1]);
    else if (given.has(name)) throw new Error(`${pathname}: two rules give ${name}`);
    else given.set(name, value);
  }
  const kept = Object.entries(own).filter(([name]) => !(takesBack && takenBack.has(name)));
  return { ...Object.fromEntries(kept), ...Object.fromEntries(given) };
}

const covers = (path, pathname) => (path.endsWith("*") ? pathname.startsWith(path.slice(0, -1)) : path === pathname);
