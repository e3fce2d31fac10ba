/** A door that keeps everybody waiting at `passed` until it is opened. */
export class Gate {
  constructor() {
    this.passed = new Promise((resolve) => {
      this.open = resolve;
    });
  }
}
