import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

import { send } from "./support/calls.mjs";
import { signIn } from "./support/sign-in.mjs";
import { startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";

const script = fileURLToPath(new URL("app/patch.js", import.meta.url));

/** A page in page mode, and what can be patched is patched from its start (`early`) or from when it is signed in. */
async function startPatched(t, { early = false, ...options } = {}) {
  const stage = await startStage(t, { mode: "page", ...options });
  await stage.context.addInitScript({ path: script });
  if (early) await stage.context.addInitScript(() => location.pathname !== "/" && patchEverything());
  const page = await stage.open();
  await signIn(page);
  if (!early) await page.evaluate(() => patchEverything());
  return { stage, page };
}

/** A request, a refresh and a request, an upload, the user's claims. */
async function work(stage, page) {
  assert.equal((await send(page, stage.v1("files"))).value?.status, 200);
  stage.authorizationServer.expireAccessTokens();
  assert.equal((await send(page, stage.v1("files"))).value?.status, 200);
  const upload = { method: "POST", headers: { "content-type": "application/json" }, body: '{"n":1}' };
  assert.equal((await send(page, stage.v1("effects"), upload)).value?.status, 201);
  assert.equal((await page.evaluate(() => app.auth.userinfo())).sub, "ada");
}

/** Where tokens of `stage` were seen by what is patched in `page`. */
async function sightings(stage, page) {
  await page.evaluate(() => endPatches());
  const { count, places } = await page.evaluate((secrets) => patchesSeen(secrets), stage.authorizationServer.issuedTokens());
  assert.ok(count > 100, "next to nothing was patched");
  return places;
}

test("page: script that comes late and patches every built-in sees no token (STORE-9, T2)", async (t) => {
  const { stage, page } = await startPatched(t);
  await work(stage, page);
  assert.deepEqual(await sightings(stage, page), []);
});

test("page: nor where tokens are bound to a key (STORE-9, T2)", async (t) => {
  const { stage, page } = await startPatched(t, { server: { dpop: true }, api: { dpop: true } });
  await work(stage, page);
  assert.deepEqual(await sightings(stage, page), []);
});

test("page: script that comes first sees them, so the search can fail (T3)", async (t) => {
  const { stage, page } = await startPatched(t, { early: true });
  assert.equal((await send(page, stage.v1("files"))).value?.status, 200);
  const places = await sightings(stage, page);
  for (const place of ["fetch", "TextDecoder.decode"]) assert.ok(places.includes(place), `${place} of ${places}`);
});
