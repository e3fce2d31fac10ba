// What a run saw in one engine, for docs/engines.md.

import { join } from "node:path";

import { artifacts } from "../../../scripts/lib/paths.mjs";
import { keep } from "../../../scripts/lib/run.mjs";

export const notesFolder = join(artifacts, "engines");

export class Notes {
  #engine;
  #seen = [];
  version = "";

  constructor(engine) {
    this.#engine = engine;
  }

  add(event, mode, outcome) {
    this.#seen.push({ event, mode, outcome });
  }

  write() {
    keep(join(notesFolder, `${this.#engine}.json`), JSON.stringify({ version: this.version, seen: this.#seen }));
  }
}
