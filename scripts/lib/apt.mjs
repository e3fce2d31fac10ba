import { join } from "node:path";

import { CurableError, say } from "./log.mjs";
import { logs } from "./paths.mjs";
import { ask, must, run, which } from "./run.mjs";

/** How packages can be installed here: a command prefix such as `["sudo", "-n"]`, or null where it can't be done. */
export async function aptPrefix() {
  if (process.platform !== "linux" || !which("apt-get")) return null;
  if (process.getuid() === 0) return [];
  const sudo = which("sudo");
  return sudo && (await run(sudo, ["-n", "true"], { timeout: 10_000 })).code === 0 ? [sudo, "-n"] : null;
}

/** The versions apt would install, by name; null where it has none. */
export async function candidates(names) {
  const text = (await ask("apt-cache", ["policy", ...names])) ?? "";
  return Object.fromEntries(names.map((name) => [name, candidateOf(name, text)]));
}

export function candidateOf(name, policyText) {
  const lines = policyText.split("\n");
  const start = lines.indexOf(`${name}:`);
  const line = start < 0 ? undefined : lines.slice(start + 1, start + 3).find((text) => text.trim().startsWith("Candidate:"));
  const version = line?.split("Candidate:")[1].trim();
  return !version || version === "(none)" ? null : version;
}

/** The newest `lld-N` that apt knows, or null. */
export async function newestLld() {
  const text = (await ask("apt-cache", ["search", "--names-only", "^lld-[0-9]+$"])) ?? "";
  const numbers = [...text.matchAll(/^lld-(\d+) /gm)].map((match) => Number(match[1]));
  return numbers.length ? `lld-${Math.max(...numbers)}` : null;
}

let updating;

/** Refreshes the package lists, once per set-up: whoever asks again gets what came of it. */
export function aptUpdate(prefix) {
  updating ??= update(prefix);
  return updating;
}

async function update(prefix) {
  say("apt: refreshing the package lists (apt-get update)");
  await apt(prefix, ["update", "-q"], "apt-update");
}

/** The same as far as it goes: a system may have a source of packages that doesn't answer, and needs none of it. */
export async function tryAptUpdate(prefix) {
  await aptUpdate(prefix).catch(() => say("apt: not all lists could be refreshed, going on with those that are here"));
}

/** Installs packages system-wide, saying so first. Refuses anything that would remove another package. */
export async function aptInstall(prefix, names, why) {
  say(`apt: installing ${names.join(" ")} on this system: ${why}`);
  const install = () => apt(prefix, ["install", "-q", "-y", "--no-remove", "--no-install-recommends", ...names], `apt-install-${names[0]}`);
  try {
    await install();
  } catch {
    // Old lists name files that the mirrors no longer have.
    await aptUpdate(prefix);
    await install();
  }
}

/** Brings the lists up to date when `isGood` is not content with what apt has now; says whether it is at the end. */
export async function ensureCandidates(prefix, isGood) {
  if (await isGood()) return true;
  await aptUpdate(prefix);
  return isGood();
}

async function apt(prefix, args, name) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const command = [...prefix, "apt-get", "-o", "DPkg::Lock::Timeout=300", ...args];
  await must(command[0], command.slice(1), { env, timeout: 900_000, log: join(logs, `${name}.log`), cure: `run it by hand: ${command.join(" ")}` });
}

export function cannotInstall(what, names) {
  return new CurableError(what, `install these packages as root: apt-get install ${names.join(" ")}`);
}
