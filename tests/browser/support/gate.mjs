/** Runs in a page or a worker, which does nothing else until `url` is answered. */
export function waitForNothingElse(url) {
  const request = new XMLHttpRequest();
  request.open("GET", url, false);
  request.send();
}

/** A door that keeps everybody waiting at `passed` until it is opened. */
export class Gate {
  constructor() {
    this.passed = new Promise((resolve) => {
      this.open = resolve;
    });
  }
}
