// What each tool wants: where its public folder is, where the two files of an app go, and what is left to do by hand. Paths are
// without an extension where that depends on the language; `base` is put before both if the project has it.
// `types` are the trusted types policies that a framework makes, `inline` and `styles` say that it writes script or styles into its pages,
// `based` that they have a `<base>`.

const own = "Where your app starts, before it renders: call callback() of the file above and wait for it. It is the session, or null.";
const besides = "Copy the public folder beside what is built, such as by `cp -r public/. dist` at the end of the build script.";

const chunks = (tool) =>
  `In ${tool}.config: \`output: { publicPath: "/", trustedTypes: { policyName: "webpack" } }\`, for what it loads later.`;

const turbopack =
  "Build by `next build --webpack`, or leave trusted types out of the pages' policy: Turbopack's loader makes no policy for what it loads.";

const solid =
  'In src/entry-client, before mount(): `setTrustedTypesPolicy(globalThis.trustedTypes?.createPolicy("solid", { createHTML: (html) => html }))`, ' +
  "with setTrustedTypesPolicy of solid-js/web (from 1.9.20 on), for the elements that Solid makes.";

/** In the order in which they are looked for: a framework before the tool that it is built on. */
export const stacks = [
  {
    name: "next",
    needs: "next",
    base: "src",
    probe: "src/app",
    client: "lib/auth",
    callback: "app/callback/page",
    template: "next.jsx",
    types: ["nextjs", "nextjs#bundler"],
    paste: [turbopack],
    inline: true,
  },
  {
    name: "nuxt",
    needs: "nuxt",
    base: "app",
    probe: "app",
    client: "utils/auth",
    callback: "pages/callback.vue",
    template: "nuxt.vue",
    types: ["vue"],
    inline: true,
    styles: true,
  },
  {
    name: "sveltekit",
    needs: "@sveltejs/kit",
    public: "static",
    client: "src/lib/auth",
    callback: "src/routes/callback/+page.svelte",
    template: "sveltekit.svelte",
    types: ["svelte-trusted-html"],
    inline: true,
    styles: true,
  },
  {
    name: "astro",
    needs: "astro",
    client: "src/lib/auth",
    callback: "src/pages/callback.astro",
    template: "astro.astro",
    paste: [
      "In astro.config.mjs: `vite: { build: { assetsInlineLimit: 0 } }`, else small scripts are in the page, which script-src forbids.",
    ],
  },
  {
    name: "react-router",
    needs: "@react-router/dev",
    client: "app/auth",
    callback: "app/routes/callback",
    template: "react-router.jsx",
    wired: ["app/routes", "callback"],
    paste: ['In app/routes.ts: `route("callback", "./routes/callback.tsx")`.'],
    inline: true,
  },
  {
    name: "solidstart",
    needs: "@solidjs/start",
    client: "src/lib/auth",
    callback: "src/routes/callback",
    template: "solidstart.jsx",
    types: ["solid"],
    paste: [solid],
    inline: true,
  },
  {
    name: "angular",
    needs: "@angular/core",
    client: "src/app/auth",
    callback: "src/app/callback",
    template: "angular.ts",
    types: ["angular", "angular#bundler"],
    based: true,
    wired: ["src/app/app.routes", "callback"],
    paste: [
      'In src/app/app.routes.ts: `{ path: "callback", loadComponent: () => import("./callback").then((file) => file.Callback) }`.',
      "Set `optimization: { styles: { inlineCritical: false } }` in angular.json, and ngCspNonce if components have styles.",
    ],
  },
  { name: "vite", needs: "vite", paste: [own], fallback: "Its server answers /callback with index.html by itself." },
  {
    name: "rspack",
    needs: "@rspack/core",
    types: ["webpack"],
    paste: [own, besides, chunks("rspack")],
    fallback: '`devServer: { historyApiFallback: true, static: "public" }` in rspack.config.',
  },
  {
    name: "webpack",
    needs: "webpack",
    types: ["webpack"],
    paste: [own, besides, chunks("webpack")],
    fallback: '`devServer: { historyApiFallback: true, static: "public" }` in webpack.config.',
  },
  {
    name: "parcel",
    needs: "parcel",
    inline: true,
    paste: [own, besides],
    fallback:
      "Its server answers /callback with index.html by itself, and /tokenkeep/holder.js only with parcel-reporter-static-files-copy.",
  },
  { name: "rollup", needs: "rollup", paste: [own, besides] },
  { name: "esbuild", needs: "esbuild", paste: [own, besides], fallback: "`--servedir=dist --serve-fallback=dist/index.html`" },
  {
    name: "bun",
    needs: "bun",
    probe: "bun.lock",
    paste: [own, besides],
    fallback: 'In Bun.serve(): `routes: { "/callback": index, "/tokenkeep/holder.js": Bun.file("public/tokenkeep/holder.js") }`.',
  },
  { name: "none", client: "%PUBLIC%/auth", callback: "%PUBLIC%/callback", vendor: true, paste: [own] },
].map((stack) => ({
  public: "public",
  client: "src/auth",
  callback: "src/callback",
  clientTemplate: "auth.js",
  template: "page.js",
  types: [],
  paste: [],
  ...stack,
}));
