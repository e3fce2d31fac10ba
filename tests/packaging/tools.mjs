// The tools of the matrix. Each of script has a project in tools/<name>, as somebody has one before tokenkeep comes in.

/**
 * By name: what it is called, the package whose version counts, and where what it builds is (`dist`). `project` names
 * another folder, over which its own is laid if there is one, and `script` another script than `build`. `shared`: its page is the
 * one in shared/, with the script in that folder; `importMap`: with an import map. `untyped`: it can't do with trusted types. `guarded`: a page that a server renders too, and that
 * sends to sign in. `unpacked`: the one package whose install script is run, since it has no program before.
 * `crate`: a front end in Rust, which is in examples/<name>, with the crate whose version counts.
 */
export const tools = {
  vite: { title: "Vite", version: "vite", shared: "src" },
  webpack: { title: "webpack 5", version: "webpack", shared: "src" },
  rspack: { title: "Rspack", version: "@rspack/core", shared: "src" },
  rollup: { title: "Rollup", version: "rollup", shared: "src" },
  esbuild: { title: "esbuild", version: "esbuild", shared: "src" },
  parcel: { title: "Parcel", version: "parcel", shared: "src" },
  bun: { title: "Bun", version: "bun", shared: "src", unpacked: "bun" },
  none: { title: "no bundler", shared: "public" },
  importmap: { title: "import map, no bundler", project: "none", shared: "public", importMap: true },
  next: { title: "Next, Turbopack", version: "next", output: "out", untyped: true },
  "next-webpack": { title: "Next, webpack", version: "next", output: "out", project: "next", script: "build:webpack" },
  nuxt: { title: "Nuxt", version: "nuxt", output: ".output/public" },
  sveltekit: { title: "SvelteKit", version: "@sveltejs/kit", output: "build" },
  "sveltekit-adapter": {
    title: "SvelteKit, tokenkeep/svelte",
    version: "@sveltejs/kit",
    output: "build",
    project: "sveltekit",
    guarded: "/files?sort=name#newest",
  },
  astro: { title: "Astro", version: "astro" },
  "react-router": { title: "React Router", version: "react-router", output: "build/client" },
  solidstart: { title: "SolidStart", version: "@solidjs/start", output: ".output/public" },
  angular: { title: "Angular without zone.js", version: "@angular/core", output: "dist/app/browser" },
  "angular-zone": { title: "Angular with zone.js", version: "@angular/core", output: "dist/app/browser", project: "angular" },
  leptos: { title: "Leptos, Trunk", crate: "leptos" },
  yew: { title: "Yew, Trunk", crate: "yew" },
  dioxus: { title: "Dioxus, Trunk", crate: "dioxus" },
};
