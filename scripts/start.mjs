import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

import { build } from "./lib/build.mjs";
import { buildDemo, www } from "./lib/demo.mjs";
import { main } from "./lib/log.mjs";
import { setUp } from "./lib/setup.mjs";

// npm start [-- --two-origins] [--port 4000]
await main(async () => {
  const { values } = parseArgs({ options: { port: { type: "string" }, "two-origins": { type: "boolean" } } });
  await setUp({ tests: false });
  await build();
  await buildDemo();
  const { start } = await import(pathToFileURL(join(www, "start.mjs")));
  await start({ port: values.port === undefined ? undefined : Number(values.port), twoOrigins: values["two-origins"] });
});
