import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";

const browser = { enabled: true, headless: true, provider: playwright(), instances: [{ browser: "chromium" }] };

export default defineConfig({
  // What is found while tests run would have Vite load the page anew.
  optimizeDeps: { include: ["msw/browser", "tokenkeep", "tokenkeep/holder", "tokenkeep/testing"] },
  test: {
    projects: [
      { extends: true, test: { name: "jsdom", environment: "jsdom", include: ["files.test.js", "msw-node.test.js", "page.test.js"] } },
      { extends: true, test: { name: "happy-dom", environment: "happy-dom", include: ["files.test.js", "msw-node.test.js"] } },
      { extends: true, test: { name: "browser", browser, include: ["files.test.js", "msw-browser.test.js"] } },
    ],
  },
});
