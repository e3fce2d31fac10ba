import { every } from "./debug.js";
import { inspect, seconds, whyWaiting } from "./inspect.js";
import { lineOf, lineOfRequest, tools } from "./lines.js";

const pause = 500;
const mostLines = 50;
const css =
  ":host{display:block;font:12px/1.5 ui-monospace,monospace;color-scheme:light dark}dl{display:grid;grid-template-columns:max-content 1fr;gap:0 1em;margin:0}dt{opacity:.7}dd{margin:0;overflow-wrap:anywhere}ol{margin:.5em 0 0;padding:0;list-style:none;max-height:20em;overflow:auto}";

/** Defines `<tokenkeep-inspector>`; its property `auth` says whom it shows. */
export function defineInspector(name = "tokenkeep-inspector") {
  if (!customElements.get(name)) customElements.define(name, class extends Inspector {});
}

const Element = globalThis.HTMLElement ?? Object;

class Inspector extends Element {
  #auth;
  #stop;
  #facts = document.createElement("dl");
  #requests = document.createElement("ol");
  #lines = document.createElement("ol");

  constructor() {
    super();
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    root.append(this.#facts, this.#requests, this.#lines);
  }

  get auth() {
    return this.#auth;
  }

  set auth(auth) {
    this.#auth = auth;
    this.disconnectedCallback();
    if (this.isConnected) this.connectedCallback();
  }

  connectedCallback() {
    if (this.#auth) this.#stop ??= every(pause, () => this.#look(this.#auth));
  }

  disconnectedCallback() {
    this.#stop?.();
    this.#stop = undefined;
  }

  async #look(auth) {
    const facts = await inspect(auth).catch((error) => ({ error }));
    if (auth !== this.#auth) return;
    this.#facts.replaceChildren(...rowsOf(facts).flatMap(([term, value]) => [text("dt", term), text("dd", value)]));
    this.#requests.replaceChildren(...newest(facts.requests, lineOfRequest));
    this.#lines.replaceChildren(...newest(facts.audit, lineOf));
  }
}

const newest = (entries = [], lineOfOne) =>
  entries
    .slice(-mostLines)
    .reverse()
    .map((entry) => text("li", lineOfOne(entry)));

const text = (name, textContent) => Object.assign(document.createElement(name), { textContent });

function rowsOf({ error, phase, session, timers, state, servers, requests, ...facts }) {
  if (error) return [["error", `${error.code ?? error.name}: ${error.message}`]];
  const { circuit, online, locked, generation } = state;
  const { expiresIn } = timers;
  const until = expiresIn === null ? "" : `, for ${seconds(expiresIn)}`;
  return [
    ["phase", [phase, !online && "offline", locked && "locked", circuit !== "closed" && `circuit ${circuit}`].filter(Boolean).join(", ")],
    ["session", session ? `token ${generation} with ${session.scope || "no scope"}${until}` : "none"],
    ["waiting", whyWaiting({ phase, timers, state, ...facts }) ?? "nothing"],
    ...servers.map(({ server, requests, ...counts }) => [server, [`requests ${requests}`, ...said(counts)].join(", ")]),
    ["tools", tools],
  ];
}

const said = (counts) =>
  Object.entries(counts)
    .filter(([, count]) => count)
    .map(([name, count]) => `${name} ${count}`);
