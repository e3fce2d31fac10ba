// T46: have a sign-in started by message, completed by somebody else, and finished by message: the user works in that
// person's session from then on.

import assert from "node:assert/strict";

import { resume } from "../browser/support/calls.mjs";
import { askForRequest, handResponse, handResponseToPage } from "./scripts/fixation.mjs";
import { attack } from "./support/attack.mjs";
import { mallorysSignIn } from "./support/mallory.mjs";

const fixation = { id: "T46", threat: "S16" };

attack(
  {
    ...fixation,
    title: "a sign-in that is started by message, completed by somebody else, and finished by message (OWN-5)",
    modes: ["worker", "shared", "own"],
    outcome: { worker: "works", shared: "works", own: "stopped" },
  },
  async (rig, { mode, t }) => {
    const page = await rig.signedIn();
    const from = mode === "worker" ? page : await rig.open("/bare.html");
    await rig.inject(from, askForRequest);
    const [request] = rig.evil.loot();
    const started = URL.canParse(request);
    const { arrival } = await mallorysSignIn(t, rig, started ? request : undefined);
    assert.equal(await rig.inject(from, handResponse, { href: arrival }), started ? undefined : "TOKENKEEP_OPERATION_REFUSED");
    return whose(page);
  },
);

attack(
  {
    ...fixation,
    title: "the same said to the page of the holder's origin, and its response opened there (OWN-3, OWN-5)",
    modes: ["own"],
    outcome: "stopped",
  },
  async (rig, { t }) => {
    const page = await rig.signedIn();
    const { arrival } = await mallorysSignIn(t, rig);
    const from = await rig.open("/bare.html");
    const refused = "TOKENKEEP_OPERATION_REFUSED";
    const answers = await rig.inject(from, handResponseToPage, { href: arrival, returnTo: `${rig.origins.app}/` });
    assert.deepEqual(answers, [{}, { arrival: null }, refused, refused, refused]);
    await from.goto(arrival);
    assert.match(await from.textContent("[role=alert]"), /TOKENKEEP_STATE_MISMATCH/);
    return whose(page);
  },
);

/** Whose session the user has. */
async function whose(page) {
  const { value } = await resume(page);
  assert.ok(["ada", "mallory"].includes(value?.claims.sub), JSON.stringify(value));
  return value.claims.sub === "mallory"
    ? ["works", "a script with all rights of the page can sign its user in as somebody else"]
    : "stopped";
}
