// A tab of a WebDriver session, with the members of Playwright's pages that the helpers of tests/browser/support use: so they
// work in every engine.

import { By, error } from "selenium-webdriver";

import { until } from "../../browser/support/until.mjs";

const patience = 30_000;

export class Page {
  #window;
  #profile;
  #calls = 0;

  /** `window` does a piece of work while the session looks at this tab, and nobody else's meanwhile. */
  constructor(window, profile) {
    this.#window = window;
    this.#profile = profile;
  }

  context() {
    return this.#profile;
  }

  url() {
    return this.#window.run((driver) => driver.getCurrentUrl());
  }

  async goto(url) {
    await this.#window.run((driver) => driver.get(url));
    await this.waitForFunction(hasRun);
  }

  async reload() {
    await this.#window.run((driver) => driver.navigate().refresh());
    await this.waitForFunction(hasRun);
  }

  close() {
    return this.#window.close();
  }

  isClosed() {
    return this.#window.isClosed();
  }

  fill(selector, text) {
    return this.#window.run((driver) => driver.findElement(By.css(selector)).sendKeys(text));
  }

  click(selector) {
    return this.#window.run((driver) => driver.findElement(By.css(selector)).click());
  }

  isVisible(selector) {
    return this.evaluate((wanted) => Boolean(document.querySelector(wanted)?.checkVisibility()), selector);
  }

  /** Resolves to what a function, or the expression in a text, comes to in the page. Other tabs are not held up meanwhile. */
  async evaluate(work, argument) {
    const id = String((this.#calls += 1));
    const first = await this.#run(startScript(work), argument ?? null, id);
    const end = first ?? (await until(() => this.#run(askScript, id), "an answer of the page", 60_000));
    const { value, thrown } = JSON.parse(end);
    if (thrown) throw new Error(thrown);
    return value;
  }

  /** As `evaluate`, in the first frame of the page; for what is answered at once. */
  async evaluateInFrame(work) {
    const answer = await this.#window.run(async (driver) => {
      await driver.switchTo().frame(0);
      const told = await driver.executeScript(startScript(work), null, "");
      await driver.switchTo().defaultContent();
      return told;
    });
    return JSON.parse(answer).value;
  }

  waitForFunction(work, argument) {
    return until(() => this.evaluate(work, argument).catch(whileLoading), String(work), patience);
  }

  async waitForURL(isWanted) {
    await until(async () => isWanted(new URL(await this.url())), "another URL", patience);
    await this.waitForFunction(hasRun);
  }

  async waitForSelector(selector, { state = "visible" } = {}) {
    const isThere = () => this.isVisible(selector).catch(whileLoading);
    await until(async () => (await isThere()) === (state === "visible"), `${selector} ${state}`, patience);
  }

  #run(script, ...given) {
    return this.#window.run((driver) => driver.executeScript(script, ...given));
  }
}

/** A document that is being left has no answer; a window that is closed will never have one. */
function whileLoading(failure) {
  if (failure instanceof error.NoSuchWindowError) throw failure;
  if (failure instanceof error.WebDriverError || failure.message === left) return undefined;
  throw failure;
}

const left = "the page was left";

/** In the page: whether it is there, with its script. WebKit calls it complete while a module waits for another. */
const hasRun = () => document.readyState === "complete" && Boolean(globalThis.app ?? !document.querySelector("script[type=module]"));

/**
 * Starts `work` in the page. What it comes to is answered at once, or kept there until it is asked for. Firefox runs scripts
 * of its driver beside the page's own global object.
 */
const startScript = (work) => `
  const globalThis = window;
  const [given, id] = arguments;
  const answers = (window.answersToDriver ??= {});
  const told = (thrown) => JSON.stringify({ thrown: String(thrown?.message ?? thrown) });
  try {
    const value = ${typeof work === "string" ? work : `(${work})(given)`};
    if (typeof value?.then !== "function") return JSON.stringify({ value });
    value.then((late) => (answers[id] = JSON.stringify({ value: late })), (thrown) => (answers[id] = told(thrown)));
  } catch (thrown) {
    return told(thrown);
  }
  return null;`;

const askScript = `
  return window.answersToDriver ? window.answersToDriver[arguments[0]] ?? null : JSON.stringify({ thrown: "${left}" });`;
