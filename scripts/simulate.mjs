import { CurableError, main } from "./lib/log.mjs";
import { must, run, which } from "./lib/run.mjs";
import { inspectRust, requireRecent, rustCure } from "./lib/rust.mjs";

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
  const rust = await inspectRust();
  if (!rust) throw new CurableError("there is no Rust compiler", rustCure);
  requireRecent(rust);
  const cargo = [...profile, "--profile", "simulate", "--quiet", "--example", "simulate"];
  await must(which("cargo"), ["build", ...cargo]);
  const { code } = await run(which("cargo"), ["run", ...cargo, "--", ...process.argv.slice(2)], { tee: true });
  return code;
});
