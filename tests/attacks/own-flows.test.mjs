// A sign-in that the injected script starts by itself, with its own verifier and key. Where a redirect URI of the client is
// on the app's origin, nobody in the browser stops it.

import assert from "node:assert/strict";

import { statusOf } from "../browser/support/calls.mjs";
import { startResume } from "../browser/support/popup.mjs";
import { until } from "../browser/support/until.mjs";
import { popupOnClick, relayOnClick, silentFrame, silentFrameInside } from "./scripts/own-flows.mjs";
import { attack, butOwn, withTheApp } from "./support/attack.mjs";
import { makeUseOf, ownFlow } from "./support/own-flow.mjs";

const dpop = { as: { dpop: true }, api: { dpop: true } };
const severing = { "cross-origin-opener-policy": "same-origin" };

const frames = [
  { name: "plain headers", outcome: butOwn("works") },
  { name: "frame-ancestors 'none' on every response", policy: "frame-ancestors 'none'", outcome: "stopped" },
  { name: "frame-src without the authorization server", policy: "frame-src 'self'", outcome: "stopped" },
  { name: "frame-src on all pages but one", policy: "frame-src 'self'", host: "/old.html", outcome: butOwn("works") },
];

for (const { name, policy = "", host, outcome } of frames) {
  attack(
    { id: "T9", threat: "S9", title: `silent sign-in in a hidden frame: ${name}`, rig: dpop, share: "flows", outcome },
    async (rig) => {
      rig.sinceNow();
      Object.assign(rig.shown, { policy, headers: {}, routes: { "/old.html": oldPage } });
      const page = await signedInPage(rig);
      const flow = await ownFlow(rig);
      const codes = rig.secrets("code").length;
      await rig.inject(page, host ? silentFrameInside : silentFrame, { url: flow.url, callback: flow.callback, host });
      await page.close();
      if (!policy || host) assert.equal(rig.secrets("code").length, codes + 1, "no code was at stake");
      return makeUseOf(rig, flow);
    },
  );
}

attack(
  {
    id: "T9",
    threat: "S9",
    title: "silent sign-in in a hidden frame, by a script that was there first",
    when: ["early"],
    rig: dpop,
    outcome: butOwn("works"),
  },
  async (rig, { mode }) => {
    await rig.signedIn();
    const flow = await ownFlow(rig);
    const codes = rig.secrets("code").length;
    await rig.plant(atTheDoor, { flow: { url: flow.url, callback: flow.callback }, script: `${silentFrame}` });
    const page = await rig.open();
    await until(() => rig.secrets("code").length > codes, "the code");
    if (mode === "own") await until(() => page.evaluate(() => globalThis.tried), "the end of the attempt");
    else await until(() => rig.evil.loot().length, "the loot");
    return makeUseOf(rig, flow);
  },
);

const popups = [
  { name: "plain headers", headers: {}, outcome: butOwn("works") },
  { name: "COOP on the app's pages, no relay", headers: severing, outcome: "stopped" },
];

for (const { name, headers, outcome } of popups) {
  attack(
    { id: "T10", threat: "S10", title: `silent sign-in in a popup: ${name}`, rig: dpop, share: "flows", outcome },
    async (rig, { mode }) => {
      rig.sinceNow();
      Object.assign(rig.shown, { policy: "", headers });
      const page = await signedInPage(rig);
      const flow = await ownFlow(rig);
      const codes = rig.secrets("code").length;
      await rig.inject(page, popupOnClick, { url: flow.url, callback: flow.callback });
      const [popup] = await Promise.all([rig.context.waitForEvent("page"), page.click("#bait")]);
      await until(() => rig.secrets("code").length > codes, "the code");
      if (mode === "own")
        await until(() => popup.evaluate(() => document.querySelector("[role=alert]")?.textContent).catch(() => ""), "its refusal");
      else await page.evaluate(() => globalThis.tried);
      await closeAll(rig);
      return makeUseOf(rig, flow);
    },
  );
}

const relays = {
  "the callback page's relay": { outcome: { page: "works", worker: "works", shared: "stopped" } },
  "a callback page that relays nothing": { options: { popup: false }, outcome: "stopped" },
};

for (const [name, { options, outcome }] of Object.entries(relays)) {
  attack(
    {
      id: "T10",
      threat: "S10",
      title: `silent sign-in in a popup: COOP, and ${name}`,
      modes: withTheApp,
      rig: dpop,
      share: "flows",
      outcome,
    },
    async (rig, { mode }) => {
      rig.sinceNow();
      Object.assign(rig.shown, { policy: "", headers: severing });
      const page = await signedInPage(rig);
      const flow = await ownFlow(rig, { popup: true });
      await rig.inject(page, relayOnClick, flow);
      const [popup] = await Promise.all([rig.context.waitForEvent("page"), page.click("#bait")]);
      await popup.waitForURL((url) => url.href.startsWith(flow.callback));
      await until(() => popup.evaluate(() => globalThis.app), "the app in the popup");
      if (options) await popup.evaluate((given) => app.outcome(() => app.auth.resume(given)), options);
      else {
        const closed = popup.waitForEvent("close");
        await startResume(popup);
        await closed;
        await rig.arrived(page);
      }
      await closeAll(rig);
      const verdict = await makeUseOf(rig, flow);
      return mode === "shared" && !options ? [verdict, "a SharedWorker needs no relay"] : verdict;
    },
  );
}

const controls = [
  { id: "T9", threat: "S9", kind: "frame", script: silentFrame },
  { id: "T10", threat: "S10", kind: "popup", script: popupOnClick },
];

for (const { id, threat, kind, script } of controls) {
  const title = `the same ${kind}, with one more redirect URI of the client, on the app's origin (OWN-10)`;
  attack({ id, threat, title, modes: ["own"], rig: dpop, share: "flows", outcome: "works" }, async (rig) => {
    rig.sinceNow();
    Object.assign(rig.shown, { policy: "", headers: {} });
    const callback = `${rig.origins.app}/callback`;
    rig.as.allow({ redirectUris: [rig.home.callback, callback] });
    const page = await signedInPage(rig);
    const flow = await ownFlow(rig, { callback });
    await rig.inject(page, script, { url: flow.url, callback });
    if (kind === "popup") await page.click("#bait").then(() => page.evaluate(() => globalThis.tried));
    await closeAll(rig);
    rig.as.allow({ redirectUris: [rig.home.callback] });
    return makeUseOf(rig, flow);
  });
}

/** A page that is signed in at the app too; the frames and popups need the server's session only. */
async function signedInPage(rig) {
  const signedInBefore = rig.as.counts.exchanges > 0;
  const page = signedInBefore ? await rig.open() : await rig.signedIn();
  if (!signedInBefore) assert.equal(await statusOf(page, rig.v1("files")), 200);
  return page;
}

const closeAll = ({ context }) => Promise.all(context.pages().map((page) => page.close()));

function oldPage(_, response) {
  response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>forgotten</title>");
}

/** Runs in the page: waits until there is a document to hang a frame into. */
function atTheDoor(evil, { flow, script }) {
  if (location.pathname !== "/") return;
  const start = () => new Function(`return ${script}`)()(evil, flow).then(() => (globalThis.tried = true));
  addEventListener("DOMContentLoaded", start, { once: true });
}
