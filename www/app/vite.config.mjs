import { defineConfig } from "vite";

// The holder keeps its name from build to build: a SharedWorker is known by its URL, and a new name would be a new holder
// without the session.
const entryFileNames = ({ name }) => (name === "holder" ? "holder.js" : "assets/[name]-[hash].js");

export default defineConfig({
  root: import.meta.dirname,
  logLevel: "warn",
  build: {
    outDir: "../dist",
    emptyOutDir: true,
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // The policy allows no data: URL, so nothing may be inlined as one.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: "index.html", holder: "holder.js" },
      external: ["/config.js"],
      output: { entryFileNames },
    },
  },
});
