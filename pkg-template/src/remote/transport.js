import { PortTransport } from "../client/port.js";
import { describe } from "../client/requests.js";
import { explanationOf } from "../client/responses.js";
import { fail } from "../errors.js";
import { openFrame } from "./frame.js";
import { random, tabName } from "./tab.js";

const lost = "the frame of the holder's origin was removed from the page; the next call makes another one";

/** Calls to a holder on another origin of this site: through a port of its own, which a frame of that origin hands out. */
export class RemoteTransport {
  #url;
  #link;
  #linked;
  #listener;
  #isMended = false;
  #seen = [false, true];
  // One holder serves every page, as a SharedWorker does.
  shared = true;

  constructor(url) {
    this.#url = url;
  }

  fetch(input, init) {
    if (this.#linked) return this.#linked.port.fetch(input, init);
    try {
      // What the caller does to the body meanwhile changes nothing.
      const described = Promise.resolve(describe(input, init, true));
      described.catch(() => {});
      return this.#open().then(async ({ port }) => port.send(await described));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async call(op, parameters) {
    this.#isMended = false;
    const operation = Object.hasOwn(this.#operations, op) && this.#operations[op];
    return operation ? operation(parameters) : (await this.#open()).port.call(op, parameters);
  }

  /** What can't be said to the holder from here, and what its origin's page does instead. */
  #operations = {
    signIn: ({ options }) => this.#visit("sign-in", options),
    finish: async ({ href }) => (await (await this.#open()).line.ask("arrive", { ticket: href })).arrival,
    signOut: async (parameters) => {
      const { options } = parameters;
      if (options?.endSession) return { url: await this.#visit("sign-out", options) };
      return (await this.#open()).port.call("signOut", {});
    },
    accessToken: () => elsewhere(),
    enterToken: () => elsewhere(),
  };

  see(...seen) {
    this.#seen = seen;
    this.#linked?.port.see(...seen);
  }

  /** Settles when the popup with this ticket is back. */
  async wait(ticket, signal) {
    await (await this.#open()).line.ask("outcome", { ticket }, signal);
  }

  explain(response) {
    return explanationOf(response);
  }

  /** Says hello, and resolves to the session as it is. Pages that come back from the back/forward cache say it again. */
  async listen(listener) {
    this.#listener = listener;
    // The holder has closed the door of a page that was left, and its frame may not have come back with it.
    if (this.#linked) this.#drop(lost, "FRAME_LOST");
    const { port } = await this.#open();
    return port.listen((event) => this.#listener(event));
  }

  close() {
    this.#drop("it was closed; call connect() again", "HOLDER_FAILED");
  }

  /** The ticket of the visit that this tab is back from, if it is from one. */
  async arrived() {
    return (await this.#open()).ticket;
  }

  /** Has the page of the other origin take note of what is wanted; answers where to go for it. */
  async #visit(kind, options) {
    const { returnTo, appState, mode, ...more } = { __proto__: null, ...options };
    const popup = mode === "popup";
    const [ticket, tab, target] = [random(), tabName(), targetOf(returnTo)];
    if (!popup && !tab) throw fail("STORAGE_BLOCKED", "allow site data, or use a popup");
    const { line, page } = await this.#open();
    const arrival = { returnTo: returnTo ?? null, appState: appState ?? null };
    await line.ask("begin", { ticket, visit: { kind, popup, tab: popup ? undefined : tab, options: more, returnTo: target, arrival } });
    return `${popup ? ticket : ""}${page}#start=${ticket}`;
  }

  #open() {
    if (!this.#link) {
      this.#link = this.#connect();
      this.#link.catch(() => (this.#link = undefined));
    }
    return this.#link;
  }

  async #connect() {
    const { port, ...frame } = await openFrame(this.#url, () => this.#lose());
    this.#linked = { ...frame, port: new PortTransport(port) };
    this.#linked.port.see(...this.#seen);
    return this.#linked;
  }

  #drop(message, code) {
    const { line, port, remove } = this.#linked ?? {};
    this.#link = this.#linked = undefined;
    remove?.();
    line?.cut(fail(code, message));
    port?.fail(message, code);
  }

  /**
   * Whoever waits is told, and the page hears again of what happens to the session. Who takes one frame after another away is
   * not kept busy: the third is made by a call.
   */
  #lose() {
    this.#drop(lost, "FRAME_LOST");
    if (!this.#isMended) this.#listen().catch(() => {});
    this.#isMended = true;
  }

  async #listen() {
    if (!this.#listener) return;
    const session = await this.listen(this.#listener);
    this.#listener({ type: "reconnected", detail: {}, session });
  }
}

const elsewhere = () => Promise.reject(fail("OPERATION_REFUSED", "the holder is on an origin of its own: no token comes from there or goes there"));

/** Where the user comes back to: a page of this origin, by default this one. */
function targetOf(returnTo = location.href) {
  const url = typeof returnTo === "string" && URL.canParse(returnTo, location.href) ? new URL(returnTo, location.href) : undefined;
  if (url?.origin === location.origin && /^https?:/.test(url.protocol)) return url.href;
  throw fail("RETURN_TARGET_REFUSED", "returnTo must be a path of this application, such as /inbox");
}
