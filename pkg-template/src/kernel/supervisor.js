import { later } from "./calls.js";
import { Kernel } from "./kernel.js";
import { settings } from "./settings.js";

/** Sees to it that there is a kernel: where one broke down another one starts, which knows nothing of the session. */
export class Supervisor {
  #instantiate;
  #settings;
  #kernel;
  #listeners = new Set();
  #viewers = new Set();

  /** `instantiate` makes a new instance of the wasm and answers its class. Throws a TokenKeepError if the configuration is wrong. */
  constructor(instantiate, config) {
    this.#instantiate = instantiate;
    this.#settings = settings(config);
    this.#begin();
    for (const type of ["online", "offline"]) globalThis.addEventListener?.(type, () => this.kernel.online(isOnline()));
  }

  /** The one that runs now. */
  get kernel() {
    return this.#kernel ?? this.#begin();
  }

  /** Calls `listener` with every `{ type, detail, session }` until the returned function is called. */
  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Whether somebody looks at the page behind `viewer`, and what that page knows of the network. */
  see(viewer, visible, online) {
    if (visible) this.#viewers.add(viewer);
    else this.#viewers.delete(viewer);
    const { kernel } = this;
    if (online !== undefined) kernel.online(online);
    kernel.visible(this.#viewers.size > 0);
  }

  #begin() {
    const kernel = new Kernel(
      this.#instantiate(),
      this.#settings,
      (news) => this.tell(news),
      () => this.#broke(),
    );
    kernel.online(isOnline());
    kernel.visible(this.#viewers.size > 0);
    return (this.#kernel = kernel);
  }

  #broke() {
    this.#kernel = undefined;
    this.tell({ type: "signedout", detail: { reason: "failed" }, session: null });
  }

  /** Tells every listener soon: the core is in the middle of something, and in a page a listener may call it. */
  tell(news) {
    for (const listener of this.#listeners) later(() => listener(news));
  }
}

const isOnline = () => globalThis.navigator?.onLine !== false;
