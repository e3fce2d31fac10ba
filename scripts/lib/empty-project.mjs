import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { pack } from "./pack.mjs";
import { npm, run } from "./run.mjs";

// Imports every JavaScript export and finds every other one, from inside the project.
const check = `
import { createRequire } from "node:module";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
const require = createRequire(import.meta.url);
const { exports } = require("tokenkeep/package.json");
const files = (target) => typeof target === "string" ? [target] : Object.values(target).flatMap(files);
for (const [name, target] of Object.entries(exports)) {
  const specifier = "tokenkeep" + name.slice(1);
  for (const file of files(target)) if (!existsSync(new URL("node_modules/tokenkeep/" + file, import.meta.url))) throw new Error(file + " is not in the package");
  const path = fileURLToPath(import.meta.resolve(specifier));
  if (path.endsWith(".js")) await import(specifier);
  console.log("ok", specifier);
}
`;

/** Installs the tarball in an empty project, without a registry, and uses everything that it exports. */
export async function tryInEmptyProject() {
  const tarball = await pack();
  const project = mkdtempSync(join(tmpdir(), "tokenkeep-empty-"));
  try {
    writeFileSync(join(project, "package.json"), JSON.stringify({ name: "empty", private: true, type: "module" }));
    writeFileSync(join(project, "check.mjs"), check);
    const installed = await run(npm(), ["install", tarball, "--offline", "--no-audit", "--no-fund"], { cwd: project, timeout: 120_000 });
    if (installed.code !== 0) return installed;
    return await run(process.execPath, ["check.mjs"], { cwd: project, timeout: 60_000 });
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}
