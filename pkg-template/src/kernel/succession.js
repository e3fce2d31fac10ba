// A SharedWorker outlives the file that made it: a page that connects looks whether that has changed, and says so here.

import { later } from "./calls.js";

const oftenEnough = 3_600_000;
const shape = /^[\w-]{43}$/;

/** What is known of this holder's file, and what follows from that once another one is there. */
export class Succession {
  #print;
  #looked;
  #last;
  #doors;
  #unanswered;
  // Whether every page so far can make another holder.
  #remade = true;

  /**
   * `doors` are the open ones, each with its `number`, how much is `underWay`, and `shut()` for the end; `unanswered` are the requests
   * that have no answer yet.
   */
  constructor(doors, unanswered) {
    this.#doors = doors;
    this.#unanswered = unanswered;
  }

  /**
   * What a page is to look at now, or undefined. Where the app is being developed every page looks; nowhere if the file has a
   * token in it.
   */
  due({ kernel }) {
    const { href, hostname } = location;
    const developed = isLoopback(hostname);
    // Who leaves at once, say to sign in, has told nothing: then the next one looks.
    if (!developed && this.#print && performance.now() - this.#looked < oftenEnough) return undefined;
    if (kernel.hasSecretFile()) return undefined;
    this.#looked = performance.now();
    return { url: href, print: this.#print, developed };
  }

  /** What pages that come later are told, if the file has changed. */
  news({ kernel }) {
    if (this.#last === undefined) return undefined;
    return { type: "outdated", detail: { givesWay: kernel.givesWay() }, session: kernel.snapshot() };
  }

  /** A page has found this fingerprint. The first is taken for the one of the file that this holder is made of. */
  found(print, latest, supervisor) {
    if (!shape.test(print)) return;
    this.#print ??= print;
    if (print === this.#print || this.#last !== undefined) return;
    this.#last = latest;
    supervisor.tell(this.news(supervisor));
    supervisor.listen(() => this.consider(supervisor));
    this.consider(supervisor);
  }

  /**
   * A page says hello at `door`; `again`: it makes another holder where this one ends. Returns whether that one is to answer: it is
   * time for this one to end.
   */
  greet(door, again, supervisor) {
    this.#remade &&= again;
    if (!again || !this.#isTime(supervisor, door)) return false;
    end(supervisor, this.#doors);
    return true;
  }

  /** Ends this holder where the configuration wants that and the time has come: its pages start another one. */
  consider(supervisor) {
    if (this.#last === undefined) return;
    // Who is being answered hears the end of it.
    setTimeout(() => {
      // A page that comes just when a worker ends is never heard, so the next one is told first, if it can do something then.
      if (this.#doors.size === 0 && this.#remade) return;
      if (this.#isTime(supervisor)) end(supervisor, this.#doors);
    });
  }

  /** `greeted` is a door where nothing is under way but a hello. */
  #isTime(supervisor, greeted) {
    if (this.#last === undefined || this.#unanswered.size > 0) return false;
    const way = supervisor.kernel.givesWay();
    const doors = [...this.#doors];
    if (way === "at-once") return doors.every((door) => door.underWay === (door === greeted ? 1 : 0));
    return way === "when-left" && doors.every(({ number }) => number > this.#last);
  }
}

function end(supervisor, doors) {
  if (supervisor.kernel.snapshot()) supervisor.tell({ type: "signedout", detail: { reason: "replaced" }, session: null });
  // Behind the news, and with nothing between the last word and the end.
  later(() => {
    for (const door of doors) door.shut();
    close();
  });
}

const isLoopback = (host) => /^(localhost|.*\.localhost|127\.[\d.]+|\[::1\])$/.test(host);
