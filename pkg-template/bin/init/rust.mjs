// Front ends in Rust. There is no package.json to name things by: the page's scripts are copies in the public folder, which an import map
// names for the crate tokenkeep-client.

/** Where a framework looks for an element of the page. */
const roots = { dioxus: '<div id="main"></div>' };

/** In the order in which they are looked for among the crates; the last is any other project for wasm-bindgen. */
export const rustStacks = ["leptos", "yew", "dioxus", "wasm-bindgen"].map((crate) => ({
  ...{ name: crate, crate, rust: true, public: "public", client: "src/auth.rs", callback: "index.html", vendor: true },
  ...{ clientTemplate: `${crate}.rs`, template: "trunk.html", types: [], paste: [], inline: true, wasm: true },
  root: roots[crate] ?? "",
  fallback: "`trunk serve` answers /callback with index.html by itself.",
}));

/** How the crate is added, with its part for the framework. */
export const cargoAdd = ({ crate }) => `cargo add tokenkeep-client${crate === "wasm-bindgen" ? "" : ` --features ${crate}`}`;

const mapped = (served) =>
  'In index.html, above every other script: `<script type="importmap">{ "imports": { "tokenkeep": "/vendor/tokenkeep/index.js", ' +
  `"tokenkeep/worker": "/vendor/tokenkeep/worker.js" } }</script>\`, and \`<link data-trunk rel="copy-dir" href="${served}/tokenkeep">\` and ` +
  `\`<link data-trunk rel="copy-dir" href="${served}/vendor">\` for Trunk.`;

/** What is left to do where the page was there already (`left` has the paths of such files), or the crate isn't. */
export function rustTodos({ stack, dependencies, public: served }, left) {
  const page = left.includes(stack.callback) ? [mapped(served)] : [];
  const crate = dependencies.includes("tokenkeep-client") ? [] : [`${cargoAdd(stack)}.`];
  return [...crate, ...page, "In src/main.rs: `mod auth;`, and what that file says above what it has."];
}

/** The names of the crates that a Cargo.toml depends on. */
export function cratesOf(text) {
  const names = [];
  let within = false;
  for (const line of text.split("\n")) {
    const section = /^\s*\[+\s*(.+?)\s*\]+/.exec(line)?.[1];
    // A key such as [dependencies.leptos] is a table of the crate's own.
    const [, list, name] = /^(?:target\..*\.)?(dependencies)(?:\.["']?([\w-]+)["']?)?$/.exec(section ?? "") ?? [];
    if (section !== undefined) within = list !== undefined && !name;
    const key = section === undefined && within ? /^\s*["']?([\w-]+)["']?\s*[.=]/.exec(line)?.[1] : name;
    if (key) names.push(key);
  }
  return names;
}
