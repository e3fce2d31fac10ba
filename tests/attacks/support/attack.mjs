// The registration of attacks: a test for each way of running and placement, and the record of what was observed.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { after, test } from "node:test";

import { artifacts } from "../../../scripts/lib/paths.mjs";
import { startRig } from "./rig.mjs";

export const modes = ["page", "worker", "shared", "own"];
/** The ways of running in which the holder is on the app's own origin. */
export const withTheApp = modes.filter((mode) => mode !== "own");
/** What comes of an attack with the app, where a holder on an origin of its own stops it. */
export const butOwn = (outcome) => ({ ...Object.fromEntries(withTheApp.map((mode) => [mode, outcome])), own: "stopped" });
const words = ["stopped", "limited", "works"];
const folder = process.env.ATTACKS_RECORDS ?? join(artifacts, "attacks");
const wantedModes = process.env.ATTACKS_MODES?.split(",") ?? modes;
const observations = [];
const shared = new Map();
const endings = [];
const patience = 180_000;

// A hook that is set within a test would be that test's.
after(async () => {
  for (const end of endings.reverse()) await end();
});

/**
 * Registers an attack: `id` and `threat` are those of the threat model, `when` has "late" and "early" where the script's
 * place matters, `outcome` is what must be observed, see rig.mjs. `rig` has the rig's options, `share` the name of a rig
 * that attacks of this file use together.
 */
export function attack(definition, work) {
  const { id, title, modes: wanted = modes, when = [undefined] } = definition;
  for (const mode of wanted.filter((one) => wantedModes.includes(one))) {
    for (const place of when) {
      const expected = expectedOf(definition, mode, place);
      const name = `${id} ${[mode, place].filter(Boolean).join(", ")}: ${title}`;
      test(name, { timeout: patience }, async (t) => {
        const rig = await rigFor(t, definition, mode, place);
        const [saw, note] = [await work(rig, { mode, when: place, t })].flat();
        assert.ok(words.includes(saw), `${saw} is no outcome`);
        record({ definition, mode, when: place, saw, note, expected });
        assert.equal(saw, expected, note);
      });
    }
  }
}

function expectedOf({ id, outcome }, mode, when) {
  const expected = typeof outcome === "string" ? outcome : (outcome[`${mode}, ${when}`] ?? outcome[mode]);
  if (!words.includes(expected)) throw new Error(`${id}: no outcome for ${mode}, ${when}`);
  return expected;
}

function rigFor(t, { rig = {}, share }, mode, when) {
  const start = (owner) => startRig(owner, { mode, when, ...(typeof rig === "function" ? rig({ mode, when }) : rig) });
  if (!share) return start(t);
  const key = [share, mode, when].join();
  if (!shared.has(key)) shared.set(key, start({ after: (end) => endings.push(end) }));
  return shared.get(key);
}

function record({ definition: { id, threat, title }, ...seen }) {
  observations.push({ id, threat, title: title.replace(/ \([A-Z]+-\d[^)]*\)$/, ""), ...seen });
  const file = basename(process.argv[1], ".test.mjs");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${file}.json`), JSON.stringify(observations, null, 1));
}
