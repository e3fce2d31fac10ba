import { test as base, expect } from "@playwright/test";

export { expect };

/** Without SharedWorker the app takes a Worker, whose requests Playwright sees. */
export const test = base.extend({
  context: async ({ context }, use) => {
    await context.addInitScript(() => delete globalThis.SharedWorker);
    await use(context);
  },
});
