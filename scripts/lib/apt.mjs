import { join } from "node:path";

import { say } from "./log.mjs";
import { logs } from "./paths.mjs";
import { must, run, which } from "./run.mjs";

/** How packages can be installed here: a command prefix such as `["sudo", "-n"]`, or null where it can't be done. */
async function aptPrefix() {
  if (process.platform !== "linux" || !which("apt-get")) return null;
  if (process.getuid() === 0) return [];
  const sudo = which("sudo");
  return sudo && (await run(sudo, ["-n", "true"], { timeout: 10_000 })).code === 0 ? [sudo, "-n"] : null;
}

let updating;

/** Refreshes the package lists where that can be done, once per set-up: a new machine's are as old as its image. */
export async function aptUpdate(given = aptPrefix()) {
  const prefix = await given;
  if (prefix) await (updating ??= update(prefix));
}

// A system may have a source of packages that doesn't answer, and need none of it.
async function update(prefix) {
  say("apt: refreshing the package lists (apt-get update)");
  const told = () => say("apt: not all lists could be refreshed, going on with those that are here");
  await apt(prefix, ["update", "-q"], "apt-update").catch(told);
}

/** Installs packages system-wide where that can be done, saying so first. Refuses anything that would remove another package. */
export async function aptInstall(names, why, given = aptPrefix()) {
  const prefix = await given;
  if (!prefix) return;
  await aptUpdate(prefix);
  say(`apt: installing ${names.join(" ")} on this system: ${why}`);
  await apt(prefix, ["install", "-q", "-y", "--no-remove", "--no-install-recommends", ...names], `apt-install-${names[0]}`);
}

async function apt(prefix, args, name) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const [program, ...rest] = [...prefix, "apt-get", "-o", "DPkg::Lock::Timeout=300", ...args];
  await must(program, rest, { env, timeout: 900_000, log: join(logs, `${name}.log`) });
}
