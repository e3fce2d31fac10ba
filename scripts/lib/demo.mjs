import { join } from "node:path";

import { say } from "./log.mjs";
import { installPackage } from "./pack.mjs";
import { root, target } from "./paths.mjs";
import { must } from "./run.mjs";
import { hashOf, unlessFresh } from "./stamp.mjs";

export const www = join(root, "www");

/** Builds the demo into www/dist, with the packed package as an app would have it. */
export async function buildDemo() {
  await installPackage(www);
  const app = join(www, "app");
  const key = hashOf([app, join(www, "theme.css"), join(www, "node_modules", "tokenkeep"), join(root, "package-lock.json")]);
  await unlessFresh({ stamp: join(target, "demo.stamp"), key, outputs: [join(www, "dist", "index.html")] }, async () => {
    say("building the demo");
    await must(process.execPath, [join(root, "node_modules", "vite", "bin", "vite.js"), "build", app], { cure: "correct www/app" });
  });
}
