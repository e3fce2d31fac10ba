import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { say } from "./log.mjs";
import { tools } from "./paths.mjs";

/** Runs `work` while no other process holds the lock of this name; a lock whose process is gone is taken over. */
export async function withLock(name, work, folder = tools) {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.lock`);
  for (let tries = 0; !take(file); tries += 1) {
    if (tries === 0) say(`waiting for another process, which holds the ${name} lock`);
    await pause(200);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  try {
    // A lock without an owner was made just now: 0 is this very process's group, which is there.
    process.kill(Number(readFileSync(file, "utf8")), 0);
  } catch (error) {
    if (error.code === "ESRCH") rmSync(file, { force: true });
  }
  return false;
}
