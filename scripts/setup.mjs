import { main } from "./lib/log.mjs";
import { setUp } from "./lib/setup.mjs";

await main(setUp);
