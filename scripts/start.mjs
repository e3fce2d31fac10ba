import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { build } from "./lib/build.mjs";
import { CurableError, main, say } from "./lib/log.mjs";
import { installPackage } from "./lib/pack.mjs";
import { root } from "./lib/paths.mjs";
import { must } from "./lib/run.mjs";
import { setUp } from "./lib/setup.mjs";
import { filesUnder, hashOf, unlessFresh } from "./lib/stamp.mjs";

const www = join(root, "www");

await main(async () => {
  await setUp();
  await build();
  await installPackage(www);
  await buildDemo();
  const { start } = await import(pathToFileURL(join(www, "start.mjs")));
  await start({ port: Number(process.env.PORT ?? 0) });
});

async function buildDemo() {
  if (!existsSync(join(www, "start.mjs"))) throw new CurableError("www/start.mjs is missing", "restore it with git");
  const app = join(www, "app");
  const out = join(www, "dist");
  const key = hashOf([app, join(www, "node_modules", "tokenkeep"), join(root, "package-lock.json")]);
  const stamp = join(out, ".stamp");
  await unlessFresh({ stamp, key, outputs: [join(out, "index.html")] }, async () => {
    say("building the demo");
    await must(process.execPath, [join(root, "node_modules", "vite", "bin", "vite.js"), "build", app]);
  });
}
