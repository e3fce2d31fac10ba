// T30 and T51: where the page of the holder's own origin leads people, and what it starts.

import assert from "node:assert/strict";

import { resume } from "../browser/support/calls.mjs";
import { isBack } from "../browser/support/own-origin.mjs";
import { demoPages, passPages } from "../browser/support/sign-in.mjs";
import { until } from "../browser/support/until.mjs";
import { begin } from "./scripts/own-returns.mjs";
import { attack } from "./support/attack.mjs";
import { hostileTargets } from "./support/targets.mjs";

const redirector = { id: "T51", threat: "R8", modes: ["own"], outcome: "stopped" };
const apps = (front) => ["app.rig.test", "app2.rig.test"].map(front.originOf);
const two = { home: { apps } };
const ticket = "T".repeat(43);
const visitTo = (returnTo, more) => ({ kind: "sign-in", popup: false, options: {}, returnTo, arrival: {}, ...more });

/** Return targets for raw messages: none is a page of the app that asks. */
const elsewhere = ({ origins: { app, evil, as, auth }, front, app: { plainOrigin } }) => [
  `${evil}/`,
  "//evil.test/",
  `${app}@evil.test/`,
  `${app}.evil.test/`,
  `${app.replace("app.", "xapp.")}/`,
  `${front.originOf("app2.rig.test")}/`,
  `${auth}/callback.html`,
  `${as}/`,
  `${plainOrigin}/`,
  app.replace("https:", "http:"),
  "javascript:alert(1)",
  " javascript:alert(1)",
  `javascript://${new URL(app).host}/%0aalert(1)`,
  "data:text/html,x",
  "a blob of this page",
  `blob:${evil}/1`,
  `filesystem:${app}/temporary/x`,
  `view-source:${app}/`,
  "about:blank",
  "/inbox",
  "",
  "null",
  null,
  undefined,
  7,
  [`${evil}/`],
  { href: `${app}/` },
];

attack({ ...redirector, title: "visits that would return to somebody else, by raw messages (OWN-4)", rig: two }, async (rig) => {
  const page = await rig.open("/bare.html");
  const targets = elsewhere(rig);
  const answers = await rig.inject(page, begin, { visits: targets.map((returnTo) => [ticket, visitTo(returnTo)]) });
  for (const [index, answer] of answers.entries()) assert.equal(answer, "TOKENKEEP_RETURN_TARGET_REFUSED", JSON.stringify(targets[index]));
  const good = visitTo(`${rig.origins.app}/`);
  const odd = [
    ["", good],
    ["short", good],
    [`${ticket}x`, good],
    [`${ticket.slice(1)}/`, good],
    [null, good],
    [ticket, { ...good, kind: "anything" }],
    [ticket, { ...good, kind: "constructor" }],
    [ticket, null],
    [ticket],
  ];
  for (const answer of await rig.inject(page, begin, { visits: odd })) assert.notEqual(answer, "ok");
  await staysWithError(rig, `#start=${ticket}`, "SIGN_IN_UNKNOWN");
  return ["stopped", `${targets.length + odd.length} visits`];
});

const beginnings = {
  [`#start=${ticket}`]: "SIGN_IN_UNKNOWN",
  [`#start=${ticket}&returnTo=https://evil.test/`]: "STATE_MISSING",
  [`?returnTo=https://evil.test/#start=${ticket}`]: "SIGN_IN_UNKNOWN",
  "?returnTo=//evil.test&app=https://evil.test": "STATE_MISSING",
  "#start=javascript:alert(1)": "STATE_MISSING",
  "#start=../../../../../../../../../../../../evil.test": "STATE_MISSING",
  [`?start=${ticket}`]: "STATE_MISSING",
  [`?state=${ticket}&code=c&returnTo=https://evil.test/`]: "STATE_MISMATCH",
  [`?error=access_denied&state=${ticket}`]: "STATE_MISMATCH",
};

attack({ ...redirector, title: "links to the page with made-up beginnings (OWN-4)" }, async (rig) => {
  await rig.signedIn();
  for (const [more, code] of Object.entries(beginnings))
    for (const path of ["callback", "frame"]) await staysWithError(rig, more, code, path);
  return ["stopped", `${Object.keys(beginnings).length} links`];
});

attack({ ...redirector, title: "a visit that has been started already, and one of another app (OWN-4, OWN-7)", rig: two }, async (rig) => {
  rig.front.routes["app2.rig.test"] = rig.app.plainOrigin;
  const second = rig.front.originOf("app2.rig.test");
  const neighbour = await rig.context.newPage();
  await neighbour.goto(`${second}/bare.html`);
  assert.deepEqual(await rig.inject(neighbour, begin, { visits: [[ticket, visitTo(`${second}/inbox`)]] }), ["ok"]);
  const page = await rig.open();
  await page.goto(`${rig.home.callback}#start=${ticket}`);
  await page.waitForSelector("#login");
  await staysWithError(rig, `#start=${ticket}`, "SIGN_IN_UNKNOWN");
  await passPages(page, demoPages, isBack(page, new URL(second)));
  assert.equal(page.url(), `${second}/inbox`, "back to the app that asked");
  return "stopped";
});

attack({ id: "T30", threat: "R8", modes: ["own"], title: "hostile return targets (AUTHZ-21, OWN-4)", outcome: "stopped" }, async (rig) => {
  const page = await rig.open();
  const { app } = rig.origins;
  const inside = (target) => URL.canParse(target, app) && new URL(target, app).origin === app;
  const targets = hostileTargets(app);
  for (const returnTo of targets.filter((target) => !inside(target))) {
    const { error } = await page.evaluate(
      (given) => globalThis.app.outcome(() => globalThis.app.auth.signIn({ returnTo: given })),
      returnTo,
    );
    assert.equal(error?.code, "TOKENKEEP_RETURN_TARGET_REFUSED", JSON.stringify(returnTo));
  }
  assert.equal(page.url(), `${app}/`);
  // Of one's own origin these are: the page that comes back is the app's, whatever is in them.
  for (const returnTo of targets.filter(inside)) {
    await page.goto(app);
    await rig.arrive(page, { returnTo });
    assert.ok((await resume(page)).value);
    const led = await page.evaluate(() => globalThis.app.auth.arrival.returnTo);
    for (const url of [page.url(), new URL(led, page.url()).href]) assert.equal(new URL(url).origin, app, JSON.stringify(returnTo));
  }
  return "stopped";
});

/** Opened by a link, the page shows an error and leads nowhere. */
async function staysWithError(rig, more, code, path = "callback") {
  const page = await rig.context.newPage();
  const left = [];
  page.on("framenavigated", (frame) => left.push(frame.url()));
  const place = `${rig.home.origin}/${path}.html`;
  await page.goto(`${place}${more}`);
  const text = await until(() => page.textContent("[role=alert]"), "the error");
  assert.match(text, new RegExp(`TOKENKEEP_${code}`), more);
  assert.equal(page.url(), place, more);
  assert.ok(
    left.every((url) => url.startsWith(place)),
    `${left}`,
  );
  await page.close();
}
