// T55: a sign-in of the script's own that ends on the holder's origin, where the script can't read the code.

import assert from "node:assert/strict";

import { session, statusOf } from "../browser/support/calls.mjs";
import { until } from "../browser/support/until.mjs";
import { askQuietly, endFlow, startFlow, tellWhereabouts } from "./scripts/own-callback.mjs";
import { attack } from "./support/attack.mjs";
import { atHome } from "./support/home.mjs";
import { ownFlow } from "./support/own-flow.mjs";

const own = { id: "T55", threat: "S9, S10", modes: ["own"], share: "flows", outcome: "stopped" };
const responseModes = { query: "STATE_MISMATCH", fragment: "STATE_MISMATCH", form_post: "STATE_MISSING" };
const frames = ["a hidden frame", "a sandboxed frame", "a frame that a form is sent to", "an object"];
const popups = ["a popup", "a popup that a form is sent to"];

for (const [title, places] of Object.entries({ "in a frame": frames, "in a popup": popups })) {
  attack({ ...own, title: `a sign-in of the script's own ${title}: the code in the query, the fragment, a form (OWN-3)` }, async (rig) => {
    const page = await signedInPage(rig);
    for (const where of places) {
      for (const [responseMode, code] of Object.entries(responseModes)) {
        await carryOut(rig, responseMode, async (flow, arrived) => {
          const from = await rig.open("/bare.html");
          const [opened] = await Promise.all([
            title === "in a popup" && rig.context.waitForEvent("page"),
            rig.inject(from, startFlow, { url: flow.url, where }),
          ]);
          await arrived();
          if (opened)
            assert.match(
              await until(() => opened.textContent("[role=alert]").catch(() => ""), "the refusal"),
              new RegExp(`TOKENKEEP_${code}`),
            );
          await rig.inject(from, endFlow, { bare: `${rig.origins.app}/bare.html` });
          await from.close();
        });
      }
    }
    return nothingCameOfIt(rig, page);
  });
}

attack(
  { ...own, title: "a sign-in of the script's own by a navigation, and script on the page that comes after (OWN-3)", when: ["early"] },
  async (rig) => {
    const page = await signedInPage(rig);
    await rig.plant(tellWhereabouts);
    const tab = await rig.open("/bare.html");
    for (const [responseMode, code] of Object.entries(responseModes)) {
      await carryOut(rig, responseMode, async (flow, arrived) => {
        await tab.evaluate((url) => void (location.href = url), flow.url);
        await arrived();
        assert.match(await until(() => tab.textContent("[role=alert]").catch(() => ""), "the refusal"), new RegExp(`TOKENKEEP_${code}`));
        const told = rig.evil.loot().length;
        await tab.goto(`${rig.origins.app}/bare.html`);
        await until(() => rig.evil.loot().length > told, "what that page knows");
      });
    }
    return nothingCameOfIt(rig, page);
  },
);

attack({ ...own, title: "the same by requests that show nothing: fetch, scripts, images, styles (OWN-3)" }, async (rig) => {
  const page = await signedInPage(rig);
  for (const responseMode of ["query", "fragment"]) {
    await carryOut(rig, responseMode, (flow) => rig.inject(page, askQuietly, { url: flow.url }));
  }
  return nothingCameOfIt(rig, page);
});

attack(
  { ...own, title: "the same frames and popups, with one more redirect URI of the client, on the app's origin (OWN-10)", outcome: "works" },
  async (rig) => {
    await signedInPage(rig);
    const callback = `${rig.origins.app}/callback`;
    rig.as.allow({ redirectUris: [rig.home.callback, callback] });
    for (const where of ["a hidden frame", "a frame that a form is sent to", "a popup"]) {
      for (const responseMode of ["query", "fragment"]) {
        rig.sinceNow();
        const [flow, from] = [await ownFlow(rig, { responseMode, callback }), await rig.open("/bare.html")];
        await rig.inject(from, startFlow, { url: flow.url, where });
        await from.waitForFunction(() => [...globalThis.flow.seen].some((text) => text.includes("code=")));
        await rig.inject(from, endFlow, { bare: `${rig.origins.app}/bare.html` });
        await from.close();
        assert.deepEqual(rig.stolen("code"), ["code (plain)"], `${where}, ${responseMode}`);
      }
    }
    rig.as.allow({ redirectUris: [rig.home.callback] });
    return ["works", "the code"];
  },
);

/** A sign-in at the authorization server, for whose code `work(flow, arrived)` goes. */
async function carryOut(rig, responseMode, work) {
  const flow = await ownFlow(rig, { responseMode });
  const [codes, requests] = [rig.secrets("code").length, callbacks(rig)];
  await work(flow, () => until(() => callbacks(rig) > requests, "the response"));
  assert.ok(rig.secrets("code").length > codes, "no code was at stake");
  assert.deepEqual(rig.stolen("code"), [], responseMode);
}

const callbacks = ({ home }) => home.requests.filter((url) => url.startsWith("/callback.html")).length;

/** Nothing of it was redeemed or kept, and the app's session is what it was. */
async function nothingCameOfIt(rig, page) {
  const kept = await atHome(rig, (at) => at.evaluate(readAll));
  assert.deepEqual(rig.found(kept, "code", "code verifier"), rig.keptAtFirst);
  assert.equal(rig.as.counts.exchanges, 1);
  assert.equal(await statusOf(page, rig.v1("files")), 200);
  assert.equal((await session(page)).claims.sub, "ada");
  return rig.verdict("code", "access token");
}

async function signedInPage(rig) {
  rig.sinceNow();
  rig.page ??= await rig.signedIn();
  rig.keptAtFirst ??= rig.found(await atHome(rig, (at) => at.evaluate(readAll)), "code", "code verifier");
  return rig.page;
}

/** Runs in a page of the holder's origin: all that is in its databases. */
async function readAll() {
  const settled = (request) =>
    new Promise((done, failed) => Object.assign(request, { onsuccess: () => done(request.result), onerror: failed }));
  const found = [];
  for (const { name } of await indexedDB.databases()) {
    const database = await settled(indexedDB.open(name));
    for (const store of database.objectStoreNames) found.push(...(await settled(database.transaction(store).objectStore(store).getAll())));
    database.close();
  }
  return JSON.stringify(found);
}
