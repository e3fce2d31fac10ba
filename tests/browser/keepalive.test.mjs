// Requests that outlive their page (Fetch, keepalive), beside others, which end with it.

import assert from "node:assert/strict";

import { Gate, waitForNothingElse } from "./support/gate.mjs";
import { signIn as signInThere } from "./support/own-origin.mjs";
import { signIn } from "./support/sign-in.mjs";
import { modes, ownMode, startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

/** Bodies as source that runs in the page. */
const bodies = {
  text: '"last"',
  URLSearchParams: 'new URLSearchParams("last")',
  "a Blob": 'new Blob(["last"])',
  "a buffer": 'new TextEncoder().encode("last")',
};

// The requests of a dedicated worker go on where the browser keeps the page for the Back button.
async function start(t, mode) {
  const gates = { other: new Gate(), busy: new Gate(), last: new Gate() };
  const before = ({ url }) => (gates[url.pathname.split("/").at(-1)] ?? gates.last).passed;
  const stage = await startStage(t, { mode, whole: mode === "worker", probe: { before } });
  for (const gate of Object.values(gates)) t.after(gate.open);
  const page = await stage.open();
  await (mode === ownMode ? signInThere : signIn)(page);
  const arrived = (name) => stage.probe.requests.find(({ url }) => url.endsWith(name));
  return { stage, page, gates, arrived };
}

/** How a page is left with a request, as source that runs in the page; `send` sends it. */
const ways = {
  "in a click": "send(); location.assign(next);",
  "in beforeunload": 'addEventListener("beforeunload", send); location.assign(next);',
  "in pagehide": 'addEventListener("pagehide", send); location.assign(next);',
  "when hidden": 'document.addEventListener("visibilitychange", send); location.assign(next);',
};

for (const mode of [...modes, ownMode]) {
  for (const [way, source] of Object.entries(ways)) {
    // What is sent that late a worker of the page's own may not hear before it ends or is stopped.
    if (mode === "worker" && /pagehide|hidden/.test(way)) continue;
    test(`${mode}: a request with keepalive that is sent ${way} outlives its page, another one doesn't`, async (t) => {
      const { stage, page, gates, arrived } = await start(t, mode);
      await page.evaluate((url) => void app.auth.fetch(url).catch(() => {}), stage.probed("other"));
      await until(() => arrived("other"), "the other request");
      const last = Object.values(bodies).map((_, n) => `last-${n}`);
      // The browser may stop a worker, which it keeps with its page, before the worker has sent what it was asked to.
      const bare = () => until(() => last.every(arrived), "what is sent before the page is left").then(() => ["text/html", "bare"]);
      if (mode === "worker") stage.shown.files = { ...stage.shown.files, "/bare.html": bare };
      const left = page.waitForURL(/bare/);
      await page.evaluate(`{
        const next = "/bare.html";
        const url = ${JSON.stringify(stage.probed(""))};
        const send = () => {
          ${Object.values(bodies)
            .map((body, n) => `app.auth.fetch(url + "last-${n}", { method: "POST", keepalive: true, body: ${body} });`)
            .join("\n")}
        };
        setTimeout(() => { ${source} }, 0);
      }`);
      await left;
      // Or before it has heard that the page is left, which it then hears when the page is back.
      if (mode === "worker") await page.goBack({ waitUntil: "commit" });
      // The browser itself may keep a page and what it waits for.
      if (mode !== "page") await until(() => arrived("other").closed, "the end of what doesn't outlive its page");
      for (const name of last) await until(() => arrived(name), "the last request");
      assert.deepEqual(
        last.filter((name) => arrived(name).closed),
        [],
      );
      gates.last.open();
      for (const name of last) {
        await until(() => arrived(name).closed, "its answer");
        assert.deepEqual([arrived(name).status, `${arrived(name).body}`.replace("=", "")], [200, "last"]);
      }
    });
  }
}

test("worker: what a busy worker has not done when its page is left it does when the page is back", async (t) => {
  const { stage, page, gates, arrived } = await start(t, "worker");
  await page.evaluate((url) => void (globalThis.other = app.outcome(() => app.auth.fetch(url))), stage.probed("other"));
  await until(() => arrived("other"), "the other request");
  await page.evaluate(() => {
    globalThis.persisted = new Promise((resolve) => addEventListener("pageshow", (event) => resolve(event.persisted), { once: true }));
  });
  // Nobody hears of the worker any more when the page is left.
  page
    .workers()[0]
    .evaluate(waitForNothingElse, stage.probed("busy"))
    .catch(() => {});
  await until(() => arrived("busy"), "a worker that is busy");
  const left = page.waitForURL(/bare/);
  await page.evaluate((url) => {
    const send = () => app.auth.fetch(url, { method: "POST", keepalive: true, body: "last" }).catch(() => {});
    setTimeout(() => (send(), location.assign("/bare.html")), 0);
  }, stage.probed("last-0"));
  await left;
  assert.deepEqual([arrived("other").closed, arrived("last-0")], [undefined, undefined]);
  gates.busy.open();
  await until(() => arrived("busy").closed, "the end of what keeps the worker busy");
  await page.goBack({ waitUntil: "commit" });
  assert.equal(await page.evaluate(() => globalThis.persisted), true, "the page was loaded anew");
  await until(() => arrived("other").closed, "the end of what was asked before");
  assert.equal((await page.evaluate(() => globalThis.other)).error.name, "AbortError");
  await until(() => arrived("last-0"), "the last request");
  gates.last.open();
  await until(() => arrived("last-0").closed, "its answer");
  assert.deepEqual([arrived("last-0").status, `${arrived("last-0").body}`], [200, "last"]);
});

for (const mode of ["shared", ownMode]) {
  test(`${mode}: a request with keepalive that waits for a token is sent when its page is gone, with the body it had`, async (t) => {
    const { stage, page, gates } = await start(t, mode);
    gates.last.open();
    stage.authorizationServer.expireAccessTokens();
    const answer = stage.holdTokenEndpoint();
    await page.evaluate(
      (url) => void app.auth.fetch(url, { method: "POST", keepalive: true, body: new Blob(["late"]) }).catch(() => {}),
      stage.probed("late"),
    );
    await until(() => stage.counts.refreshes === 1, "the refresh");
    const other = await stage.open();
    await page.close();
    answer();
    await until(() => stage.probe.requests.some(({ status }) => status === 200), "the request");
    assert.equal(`${stage.probe.requests.at(-1).body}`, "late");
    await until(async () => (await other.evaluate(() => app.auth.stats())).inFlight === 0, "nothing under way");
  });
}
