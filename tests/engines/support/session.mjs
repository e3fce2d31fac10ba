// One browser for all stories of an engine, and a set of tabs for each of them.

import { error } from "selenium-webdriver";

import { until } from "../../browser/support/until.mjs";
import { startDriver } from "./drivers.mjs";
import { Page } from "./page.mjs";

/** Starts the engine of that name. */
export async function startSession(engine) {
  return new Session(await startDriver(engine));
}

class Session {
  #driver;
  #turn = Promise.resolve();
  #current = null;
  // Without it the browser would end with the last tab of a story.
  #anchor;
  #kind;

  constructor({ driver, close, kind }) {
    this.#driver = driver;
    this.#kind = kind;
    this.close = close;
  }

  async version() {
    return (await this.#driver.getCapabilities()).get("browserVersion");
  }

  handles() {
    return this.#inTurn(() => this.#driver.getAllWindowHandles());
  }

  async openTab() {
    this.#anchor ??= await this.#inTurn(() => this.#driver.getWindowHandle());
    return this.#inTurn(async () => {
      await this.#lookAt(this.#anchor);
      await this.#driver.switchTo().newWindow(this.#kind);
      this.#current = await this.#driver.getWindowHandle();
      return this.#current;
    });
  }

  /** Does `work` while the session looks at that window. */
  run(handle, work) {
    return this.#inTurn(async () => {
      await this.#lookAt(handle);
      return work(this.#driver);
    });
  }

  async closeTab(handle) {
    await this.run(handle, (driver) => driver.close());
    this.#current = null;
  }

  async #lookAt(handle) {
    if (this.#current === handle) return;
    await this.#driver.switchTo().window(handle);
    this.#current = handle;
  }

  /** A session looks at one window at a time, so everything has to wait for what went before. */
  #inTurn(work) {
    const done = this.#turn.then(work);
    this.#turn = done.catch((failure) => {
      if (failure instanceof error.NoSuchWindowError) this.#current = null;
    });
    return done;
  }
}

/** The tabs of one story; stands where Playwright has a browser context. Stores and cookies are those of the session. */
export class Profile {
  #session;
  #pages = new Map();

  constructor(session) {
    this.#session = session;
  }

  async newPage() {
    return this.#pageOf(await this.#session.openTab());
  }

  /** Does `work`, which has a page open a window. Resolves to that. */
  async windowOf(work) {
    const before = await this.#session.handles();
    await work();
    const isNew = (handle) => !before.includes(handle);
    return this.#pageOf(await until(async () => (await this.#session.handles()).find(isNew), "another window"));
  }

  async close() {
    const open = await this.#session.handles();
    for (const [handle, page] of this.#pages) if (open.includes(handle)) await page.close();
  }

  #pageOf(handle) {
    const session = this.#session;
    const window = {
      run: (work) => session.run(handle, work),
      close: () => session.closeTab(handle),
      isClosed: async () => !(await session.handles()).includes(handle),
    };
    const page = new Page(window, this);
    this.#pages.set(handle, page);
    return page;
  }
}
