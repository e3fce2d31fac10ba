import { build } from "./lib/build.mjs";
import { main } from "./lib/log.mjs";
import { setUp } from "./lib/setup.mjs";

await main(async () => {
  await setUp({ tests: false });
  await build();
});
