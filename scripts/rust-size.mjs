import { readFileSync } from "node:fs";
import { join } from "node:path";

import { main, say } from "./lib/log.mjs";
import { root } from "./lib/paths.mjs";
import { keep } from "./lib/run.mjs";
import { rustSizes } from "./lib/rust-size.mjs";
import { setUp } from "./lib/setup.mjs";

const page = join(root, "docs", "rust.md");
const [begin, end] = ["<!-- written by npm run size-rust -->", "<!-- to here -->"];
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;

// npm run size-rust
// Has docs/rust.md say what tokenkeep adds to an app in Rust.
await main(async () => {
  await setUp();
  const sizes = await rustSizes();
  say(`with tokenkeep ${sizes.with}, without ${sizes.without} bytes of brotli`);
  const [before, rest] = readFileSync(page, "utf8").split(begin);
  const [, after] = rest.split(end);
  const row = [sizes.with, sizes.without, sizes.with - sizes.without].map(kilobytes).join(" | ");
  keep(page, `${before}${begin}\n| with tokenkeep | without | difference |\n|---|---|---|\n| ${row} |\n${end}${after}`);
  return 0;
});
