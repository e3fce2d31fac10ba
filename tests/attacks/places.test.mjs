// T40 and T41: who can get between the holder and the network by a service worker, under the headers and in the places of
// docs/security/headers.md: script of the origin that has one registered, and script that leaves another holder in the
// caches of the app's own.

import assert from "node:assert/strict";

import { advised, filled, middleware } from "../browser/support/advice.mjs";
import { bundles } from "../browser/support/bundles.mjs";
import { resume, statusOf } from "../browser/support/calls.mjs";
import { endSharedWorker } from "../browser/support/ending.mjs";
import { holderPlace, inPlace } from "../browser/support/places.mjs";
import { registeredScopes, tryToRegister } from "../browser/support/registrations.mjs";
import { signIn } from "../browser/support/sign-in.mjs";
import { plantHolder } from "./scripts/places.mjs";
import { attack } from "./support/attack.mjs";
import { byHand, byWorkbox, prelude, spy } from "./support/service-workers.mjs";

const modes = ["worker", "shared"];
const secrets = ["access token", "refresh token", "code", "code verifier"];
// The browser without its surface was seen to leave a registration unanswered whose script the server refuses.
const atItsPlace = { holder: holderPlace, whole: true };
// Nobody signs in behind a service worker that covers the holder, unless the app allows its own.
const allowed = { ...atItsPlace, config: { dangerAllowServiceWorker: true } };
/** Scripts of the attacker's on the app's origin, where they cover the holder and where they don't. */
const scripts = ["/script.js", "/tokenkeep/script.js", "/uploads/script.js"];

const defences = {
  "the advised headers, and the server refuses the scripts of service workers": { headers: true, refusal: true },
  "worker-src with the holder's exact URL on every response, and nothing else": { policy: true },
  "a server that refuses the scripts of service workers, and nothing else": { refusal: true },
};

for (const [title, defence] of Object.entries(defences)) {
  const about = { id: "T40", threat: "S20", title: `register a service worker over the holder: ${title} (SW-3)` };
  const definition = { ...about, modes, when: ["late", "early"], rig: atItsPlace, outcome: "stopped" };
  attack(definition, async (rig, { when }) => {
    const attempt = { urls: scripts, documents: ["/tokenkeep/holder.js", "/bare.html"] };
    const defend = await prepare(rig);
    defend({});
    assertRegistered(await tryElsewhere(rig, { ...attempt, urls: scripts.slice(0, 1) }));

    defend(defence);
    if (when === "early") await rig.plant(tryEarly, { script: `${tryToRegister}`, urls: scripts });
    const page = await rig.signedIn();
    const came = await page.evaluate(when === "early" ? () => globalThis.tried : tryToRegister, attempt);
    assert.deepEqual(overHolder(came), []);
    assert.deepEqual(
      (await page.evaluate(registeredScopes)).filter((scope) => !scope.endsWith("/uploads/")),
      [],
    );
    await useAll(rig, page);
    return rig.verdict(...secrets);
  });
}

/** The app with its holder in place and the attacker's scripts; resolves to a function that sets what stands in their way. */
async function prepare(rig) {
  const hosts = { app: rig.origins.app, authorizationServer: rig.origins.as, apis: [rig.origins.api] };
  const { headers: published } = await middleware((text) => filled(text, hosts));
  const { files } = rig.shown;
  Object.assign(files, inPlace((await bundles()).scripts.holder, rig.shown));
  let refusal = false;
  const serve = (request, response) => response.writeHead(200, { "content-type": "text/javascript" }).end(spy(rig.origins.evil));
  const route = (request, response) => (refusal ? published(request, response, () => serve(request, response)) : serve(request, response));
  rig.shown.routes = Object.fromEntries(scripts.map((path) => [path, route]));
  rig.shown.routes["/reports"] = (_, response) => response.writeHead(204).end();
  return (defence) => {
    refusal = Boolean(defence.refusal);
    rig.shown.headers = defence.headers ? advised(hosts) : {};
    rig.shown.policy = defence.policy ? `worker-src ${rig.origins.app}${holderPlace}` : "";
  };
}

/** What comes of it in another profile, which is gone afterwards. */
async function tryElsewhere(rig, attempt) {
  const context = await rig.context.browser().newContext();
  try {
    const page = await context.newPage();
    await page.goto(rig.origins.app);
    return await page.evaluate(tryToRegister, attempt);
  } finally {
    await context.close();
  }
}

const overHolder = (came) => Object.entries(came).filter(([, outcome]) => outcome.startsWith("https:") && !outcome.endsWith("/uploads/"));
/** Runs in every document, before anything else. */
function tryEarly(evil, { script, urls }) {
  globalThis.tried = new Function(`return ${script}`)()({ urls });
}

const assertRegistered = (came) => assert.ok(overHolder(came).length >= 6, `nothing was to be refused: ${JSON.stringify(came)}`);

async function useAll(rig, page) {
  assert.equal(await statusOf(page, rig.v1("files")), 200);
  rig.as.expireAccessTokens();
  assert.equal(await statusOf(page, rig.v1("files")), 200);
}

const careful = { careful: true };
const careless = { careful: false };
const own = {
  "written by hand, that answers for the holder": { outcome: "works", make: () => byHand(careless) },
  "written by hand, with the lines that leave the holder to the server": { outcome: "stopped", make: () => byHand(careful) },
  "made with Workbox, that answers for the holder": { outcome: "works", make: () => byWorkbox(careless) },
  "made with Workbox, with the lines that leave the holder to the server": { outcome: "stopped", make: () => byWorkbox(careful) },
  "that answers for all it sees, and whose scope doesn't cover the holder": {
    outcome: "stopped",
    make: () => byHand(careless),
    folder: "/app",
  },
};

for (const [title, { outcome, make, folder = "" }] of Object.entries(own)) {
  const definition = {
    id: "T41",
    threat: "S21",
    title: `another holder in the caches of the app's own service worker ${title} (SW-4)`,
    modes,
    rig: folder ? atItsPlace : allowed,
    outcome,
  };
  attack(definition, async (rig, { mode }) => {
    const serviceWorker = `${folder}/sw.js`;
    const start = `${folder}/`;
    const defend = await prepare(rig);
    defend({ refusal: true });
    const text = await make();
    rig.shown.files[serviceWorker] = () => ["text/javascript", text];
    rig.shown.headers = advised({ serviceWorker, app: rig.origins.app, authorizationServer: rig.origins.as, apis: [rig.origins.api] });
    const page = await rig.open(start);
    await page.evaluate(registerOwn, serviceWorker);
    await page.reload();
    await signIn(page);
    assert.ok((await rig.inject(page, plantHolder, { path: holderPlace, prelude: prelude(rig.origins.evil) })) > 0, "there was no cache");
    // As the browser does some time after the last page of an origin is gone.
    if (mode === "shared") await endSharedWorker(page);
    await page.close();
    rig.sinceNow();

    const later = await rig.open(start);
    assert.ok(await later.evaluate(() => navigator.serviceWorker.controller), "the app's service worker is gone");
    assert.equal((await resume(later)).value, null);
    await signIn(later);
    await useAll(rig, later);
    return rig.verdict(...secrets);
  });
}

/** Runs in the page: what an app does for a service worker of its own. */
async function registerOwn(url) {
  const { contentWindow } = document.body.appendChild(document.createElement("iframe"));
  const policy = contentWindow.trustedTypes.createPolicy("tokenkeep", { createScriptURL: (one) => one });
  await navigator.serviceWorker.register(policy.createScriptURL(url));
  await navigator.serviceWorker.ready;
}
