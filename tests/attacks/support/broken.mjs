// Holders that are broken on purpose, to see that the attacks notice. The package knows nothing of this: the text of the
// bundled holder is changed here, or that of the script of the pages beside it at an origin of its own.

import { bundles } from "../../browser/support/bundles.mjs";

const SCRIPT = "text/javascript; charset=utf-8";

/** Each as `[search, replacement, how often it is there]`, in which file, and what the holder's begins with. */
const faults = {
  // The session's event after a refresh has the access token.
  event: {
    prelude: `globalThis.tell = (news) => {
      if (news.type === "refreshed") news.detail.leak = globalThis.last;
      return news;
    };`,
    changes: [
      [/authorization: (\w+) \}/g, "authorization: (globalThis.last = $1) }", 1],
      [/(changed: \((\w+)\) => \{[^}]*?)JSON\.parse\(\2\)/g, "$1globalThis.tell(JSON.parse($2))", 1],
    ],
  },
  // Whatever URL is asked for, the list is asked about one that is on it.
  list: {
    prelude: 'globalThis.judge = () => config.resourceServers[0] + "files";',
    changes: [[/\.authorize\(([\w.]+), ([\w.]+), /g, ".authorize($1, globalThis.judge($2), ", 1]],
  },
  // A service worker in between is not seen.
  lookout: {
    changes: [[/(\(\{ workerStart: (\w+), [^}]*\}\) => )/g, "$1false && ", 1]],
  },
  // A message may bring another list.
  configuration: {
    prelude: `let more = [];
      globalThis.judge = (url) => (more.some((one) => url.startsWith(one)) ? config.resourceServers[0] + "files" : url);
      globalThis.hear = ({ op, config: other }) => {
        if (op === "configure" && other?.resourceServers) more = other.resourceServers;
        return true;
      };`,
    changes: [
      [/\.authorize\(([\w.]+), ([\w.]+), /g, ".authorize($1, globalThis.judge($2), ", 1],
      [/(onmessage = \(\{ data: (\w+), ports: \[\w+\] \}\) => )/g, "$1globalThis.hear($2) && ", 1],
    ],
  },
  // A page of another origin may do everything.
  lent: { changes: [[/if \(this\.#\w+ && ![\w$]+\.has\(\w+\)\) throw/g, "if (false) throw", 1]] },
  // The page in the frame answers whatever frames it.
  apps: { file: "door", changes: [[/return \w+\.includes\(\w+\) \? (?=\(function\(\) \{\s+let \w+ = `; SameSite)/g, "return true ? ", 1]] },
};

/** The names of all. */
export const faultNames = Object.keys(faults);

/** Files that take the place of the app's own; none, unless the check of the checker asks for them. */
export async function brokenFiles(name = process.env.ATTACKS_BROKEN) {
  if (!name) return {};
  const { scripts } = await bundles();
  const { file = "holder" } = faults[name];
  const text = breakText(scripts[file], { file, ...faults[name] });
  return { [`/${file}.js`]: () => [SCRIPT, text] };
}

/** A fault that does not go in any more would show nothing. */
function breakText(text, { file, prelude = "", changes }) {
  let changed = text;
  for (const [search, replacement, times] of changes) {
    const found = [...changed.matchAll(search)].length;
    if (found !== times) throw new Error(`${search} is ${found} times in the ${file}, not ${times}: adapt the fault`);
    changed = changed.replace(search, replacement);
  }
  if (file !== "holder") return changed;
  return `import { config } from "/config.js";\n${prelude}\n${changed.replace(/^import \{ config(?: as (\w+))? \} from "\/config\.js";$/m, (_, as) => (as ? `const ${as} = config;` : ""))}`;
}
