import { main } from "./lib/log.mjs";
import { must, run } from "./lib/run.mjs";
import { ensureRust } from "./lib/rust.mjs";

// As fast as a release and as suspicious as a debug build; a panic is caught and told, which abort would not allow.
const profile = [
  'inherits="release"',
  "opt-level=3",
  "lto=false",
  "codegen-units=16",
  'panic="unwind"',
  "debug-assertions=true",
  "overflow-checks=true",
].flatMap((setting) => ["--config", `profile.simulate.${setting}`]);

// npm run simulate [-- count [--from X] | --seed X | --schedule FILE]
await main(async () => {
  await ensureRust();
  const cargo = [...profile, "--profile", "simulate", "--quiet", "--example", "simulate"];
  await must("cargo", ["build", ...cargo]);
  const { code } = await run("cargo", ["run", ...cargo, "--", ...process.argv.slice(2)], { tee: true });
  return code;
});
