import { readFileSync } from "node:fs";
import { join } from "node:path";

import { linkedCrates, lockedCrates } from "./crates.mjs";
import { CurableError } from "./log.mjs";
import { root, toolsBin } from "./paths.mjs";
import { npm, readJson, run, which } from "./run.mjs";
import * as rules from "./supply-rules.mjs";

const text = (...path) => readFileSync(join(root, ...path), "utf8");
const cratesWithLock = [[], ["fuzz"]];

/**
 * Holds everything that is depended on against the rules. `problems` fail; the text says what was looked at, and what could
 * not be and how it could. Only advisories need a network.
 */
export async function checkSupplyChain() {
  const parts = [await crates(), packages(), await cargoDeny(), await npmAudit()];
  return { problems: parts.flatMap(({ problems = [] }) => problems), text: parts.map(({ note }) => note).join("\n") };
}

async function crates() {
  const policy = rules.policyOf(text("deny.toml"));
  const linked = await linkedCrates();
  const problems = rules.duplicateProblems(linked);
  let count = 0;
  for (const folder of cratesWithLock) {
    problems.push(...rules.lockProblems(lockedCrates(text(...folder, "Cargo.lock"))));
    const metadata = await cargoMetadata(join(root, ...folder, "Cargo.toml"));
    if (!metadata)
      return { problems, note: "crates: SKIPPED, not all are here and the registry doesn't answer; cure: cargo fetch --locked" };
    problems.push(...rules.crateProblems(metadata.packages, policy), ...rules.pinProblems(metadata.packages));
    count += metadata.packages.length;
  }
  return { problems, note: `crates: ${count} looked at, ${linked.length - 1} of them in the wasm` };
}

/** A machine that has built needs no network for this. */
async function cargoMetadata(manifest) {
  for (const network of [["--offline"], []]) {
    const args = ["metadata", "--quiet", "--locked", ...network, "--format-version", "1", "--manifest-path", manifest];
    const { code, output } = await run("cargo", args, { timeout: 120_000 });
    if (code === 0) return jsonIn(output);
    if (output.includes("--locked was passed"))
      throw new CurableError(output.trim(), `cargo metadata --manifest-path ${manifest}, and commit it`);
  }
  return null;
}

function packages() {
  const lock = readJson(join(root, "package-lock.json"));
  const npm = rules.npmProblems(readJson(join(root, "package.json")), lock);
  const python = rules.requirementProblems(text("tests", "servers", "django", "requirements.txt"));
  return {
    problems: [...npm, ...python],
    note: `npm packages: ${Object.keys(lock.packages).length - 1} looked at, none of them published`,
  };
}

async function cargoDeny() {
  const program = which("cargo-deny", toolsBin) ?? which("cargo-deny");
  if (!program) return { note: "cargo deny: SKIPPED, not installed; cure: cargo install --root .tools cargo-deny@0.20.2 (a few minutes)" };
  const check = (...what) => run(program, ["--locked", ...what], { timeout: 120_000 });
  const policy = await check("--offline", "check", "bans", "licenses", "sources");
  const advisories = await check("check", "advisories");
  const isKnown = advisories.code === 0 || /^error\[/m.test(advisories.output);
  const failed = [policy, isKnown && advisories].filter((result) => result && result.code !== 0);
  const note = isKnown ? "advisories looked up" : "advisories SKIPPED, no advisory database; cure: let cargo deny fetch it once";
  return { problems: failed.map(({ output }) => `cargo deny:\n${output.trim()}`), note: `cargo deny: run, ${note}` };
}

async function npmAudit() {
  const { output } = await run(npm(), ["audit", "--json"], { timeout: 60_000 });
  return auditOutcome(output);
}

/** What `npm audit --json` found; anything that is no report means that it could not look. */
export function auditOutcome(output) {
  const report = jsonIn(output);
  if (!report?.vulnerabilities)
    return { note: "npm audit: SKIPPED, the registry has no advisories for us; cure: npm audit with the public registry" };
  const known = Object.values(report.vulnerabilities);
  const grave = known.filter(({ severity }) => ["high", "critical"].includes(severity));
  return {
    problems: grave.map(({ name, severity }) => `npm audit: ${name}, ${severity}`),
    note: `npm audit: run, ${known.length} advisories`,
  };
}

function jsonIn(output) {
  try {
    return JSON.parse(output.slice(output.indexOf("{"), output.lastIndexOf("}") + 1));
  } catch {
    return null;
  }
}
