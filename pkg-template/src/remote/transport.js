import { PortTransport } from "../client/port.js";
import { cancelBody, describe, unlessAborted } from "../client/requests.js";
import { explanationOf } from "../client/responses.js";
import { fail } from "../errors.js";
import { lost, openFrame } from "./frame.js";
import { pageOf } from "./pages.js";
import { random, tabName } from "./tab.js";

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
  explain = explanationOf;

  constructor(url) {
    this.#url = url;
  }

  async fetch(input, init) {
    if (this.#linked) return this.#linked.port.fetch(input, init);
    // What the caller does to the body meanwhile changes nothing.
    const described = Promise.resolve(describe(input, init));
    described.catch(() => {});
    const signal = init.signal === undefined ? input.signal : init.signal;
    const giveUp = (error) => {
      described.then((request) => cancelBody(request, error)).catch(() => {});
      throw error;
    };
    const { port } = await unlessAborted(this.#open(), signal).catch(giveUp);
    return port.send(await described);
  }

  async call(op, parameters, signal) {
    const operation = Object.hasOwn(this.#operations, op) && this.#operations[op];
    return operation ? operation(parameters, signal) : (await this.#open()).port.call(op, parameters);
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
    // Settles when the popup with this ticket is back.
    outcome: async ({ key }, signal) => void (await (await this.#open()).line.ask("outcome", { ticket: key }, signal)),
    accessToken: () => elsewhere(),
    enterToken: () => elsewhere(),
  };

  see(...seen) {
    this.#seen = seen;
    if (seen[0] && this.#linked?.port.left) this.#return();
    else this.#linked?.port.see(...seen);
  }

  leave() {
    this.#linked?.port.leave();
  }

  /** Says hello, and resolves to the session as it is. Pages that come back from the back/forward cache say it again. */
  async listen(listener) {
    this.#listener = listener;
    // Where there is no page, as on a server, there is no session.
    if (!globalThis.document) return null;
    if (this.#linked) this.#return();
    const { session } = await (this.#link ?? this.#connect());
    return session;
  }

  /** The holder has closed the door of a page that was left, and its frame may not have come back with it. */
  #return() {
    this.#drop(lost, "FRAME_LOST");
    this.#connect();
  }

  close() {
    this.#link = Promise.reject(this.#drop("it was closed; call connect() again", "HOLDER_FAILED"));
    this.#link.catch(() => {});
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

  /** For a call, after which a loss is mended again. */
  #open() {
    this.#isMended = false;
    return this.#link ?? this.#reconnect();
  }

  /** What happened to the session meanwhile went unheard, so that it is told as it is. */
  #reconnect() {
    const link = this.#connect();
    const tell = (session) => this.#listener({ type: "reconnected", detail: {}, session });
    link
      .then(({ session }) => session)
      .then(tell)
      .catch(() => {});
    return link;
  }

  #connect() {
    const link = openFrame(this.#url, () => this.#lose()).then((frame) => {
      if (this.#link === link) return this.#take(frame);
      // It was closed meanwhile, or is lost already.
      frame.remove();
      return this.#open();
    });
    this.#link = link;
    link.catch(() => {
      if (this.#link === link) this.#link = undefined;
    });
    return link;
  }

  /** The holder tells a port what happens to the session once that has said hello, and every frame has a new one. */
  #take({ port: given, ...frame }) {
    const port = new PortTransport(given);
    const linked = { ...frame, port, session: port.listen((event) => this.#listener(event)) };
    port.see(...this.#seen);
    frame.line.ask("lost").then(
      () => linked === this.#linked && this.#end(),
      () => {},
    );
    return (this.#linked = linked);
  }

  #drop(message, code) {
    const { line, port, remove } = this.#linked ?? {};
    this.#link = this.#linked = undefined;
    remove?.();
    const error = fail(code, message);
    line?.cut(error);
    port?.fail(code, message);
    return error;
  }

  /** The holder has ended: the next call makes another one. */
  #end() {
    this.#drop("the worker has ended; call again", "HOLDER_LOST");
    this.#listener({ type: "signedout", detail: { reason: "lost" }, session: null });
  }

  /**
   * Whoever waits is told, and the page hears again of what happens to the session. Who takes one frame after another away is
   * not kept busy: the third is made by a call.
   */
  #lose() {
    this.#drop(lost, "FRAME_LOST");
    if (!this.#isMended) this.#reconnect();
    this.#isMended = true;
  }
}

const elsewhere = () =>
  Promise.reject(fail("OPERATION_REFUSED", "the holder is on an origin of its own: no token comes from there or goes there"));

/** Where the user comes back to: a page of this origin, by default this one. */
function targetOf(returnTo = location.href) {
  const target = pageOf(location.origin, returnTo, location.href);
  if (target) return target;
  throw fail("RETURN_TARGET_REFUSED", "returnTo must be a path of this application, such as /inbox");
}
