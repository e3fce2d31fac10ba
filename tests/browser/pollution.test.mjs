// A polluted Object.prototype gives the package nothing: not an option, and not where to go.

import assert from "node:assert/strict";

import { signIn } from "./support/sign-in.mjs";
import { modes, startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";

/** Signs out with `name` on Object.prototype. Resolves to what came of it, or where the page has gone. */
async function signOutPolluted(t, mode, name, value) {
  const config = ({ app }) => ({ postLogoutRedirectUri: `${app.origin}/bye` });
  const stage = await startStage(t, { mode, server: { logout: true }, config });
  const page = await stage.open();
  await signIn(page);
  const left = page
    .waitForRequest((request) => request.isNavigationRequest())
    .then(
      (request) => `gone to ${request.url()}`,
      () => "closed",
    );
  const ended = page
    .evaluate(
      async ([polluted, given]) => {
        Object.defineProperty(Object.prototype, polluted, { value: given, configurable: true });
        const { value, error } = await app.outcome(() => app.auth.signOut());
        delete Object.prototype[polluted];
        return error?.code ?? value.revocation;
      },
      [name, value],
    )
    .catch(() => left);
  return Promise.race([left, ended]);
}

for (const mode of modes) {
  test(`${mode}: signing out goes nowhere that a polluted prototype says (SAFE-8, T15)`, async (t) => {
    assert.equal(await signOutPolluted(t, mode, "url", "/bare.html"), "confirmed");
  });

  test(`${mode}: signing out has no options but its own (SAFE-8, T15)`, async (t) => {
    assert.equal(await signOutPolluted(t, mode, "href", { endSession: true }), "confirmed");
    assert.equal(await signOutPolluted(t, mode, "endSession", true), "confirmed");
  });

  test(`${mode}: a request has no options but its own, so that none is sent twice (SAFE-8, T15)`, async (t) => {
    const stage = await startStage(t, { mode });
    stage.api.limit({ path: "/v1/effects" });
    const page = await stage.open();
    await signIn(page);
    const status = await page.evaluate(async (url) => {
      Object.defineProperty(Object.prototype, "idempotent", { value: true, configurable: true });
      const response = await app.auth.fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: '{"n":1}' });
      delete Object.prototype.idempotent;
      return response.status;
    }, stage.v1("effects"));
    assert.deepEqual([status, stage.api.effects], [429, []]);
  });
}
