import assert from "node:assert/strict";

import { session } from "./support/calls.mjs";
import { clickSignIn, endOfSignIn, finishIn } from "./support/popup.mjs";
import { modes, scope, startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";

for (const mode of modes) {
  test(`${mode}: a popup signs in the page that opened it (WIN-4, WIN-13)`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open("/place?x=1#y");
    const popup = await clickSignIn(page);
    await finishIn(popup);
    const { value, error } = await endOfSignIn(page);

    assert.equal(error, undefined);
    assert.equal(value.scope, scope);
    assert.deepEqual(await session(page), value);
    assert.equal(page.url(), `${stage.app.origin}/place?x=1#y`);
  });
}
