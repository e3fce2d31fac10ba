// Requests that outlive their page (Fetch, keepalive), beside others, which end with it.

import assert from "node:assert/strict";

import { Gate } from "./support/gate.mjs";
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
  const gate = new Gate();
  const stage = await startStage(t, { mode, whole: mode === "worker", probe: { before: () => gate.passed } });
  t.after(gate.open);
  const page = await stage.open();
  await (mode === ownMode ? signInThere : signIn)(page);
  const arrived = (name) => stage.probe.requests.find(({ url }) => url.endsWith(name));
  return { stage, page, gate, arrived };
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
    // A worker of the page's own is gone with it, whatever it was told last.
    if (mode === "worker" && /pagehide|hidden/.test(way)) continue;
    test(`${mode}: a request with keepalive that is sent ${way} outlives its page, another one doesn't`, async (t) => {
      const { stage, page, gate, arrived } = await start(t, mode);
      await page.evaluate((url) => void app.auth.fetch(url).catch(() => {}), stage.probed("other"));
      await until(() => arrived("other"), "the other request");
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
      // The browser itself may keep a page and what it waits for.
      if (mode !== "page") await until(() => arrived("other").closed, "the end of what doesn't outlive its page");
      for (const n of Object.keys(Object.values(bodies))) await until(() => arrived(`last-${n}`), "the last request");
      const ended = stage.probe.requests.filter(({ closed }) => closed).map(({ url }) => url);
      assert.deepEqual(
        ended.filter((url) => !url.endsWith("other")),
        [],
      );
      gate.open();
      for (const n of Object.keys(Object.values(bodies))) {
        await until(() => arrived(`last-${n}`).closed, "its answer");
        assert.deepEqual([arrived(`last-${n}`).status, `${arrived(`last-${n}`).body}`.replace("=", "")], [200, "last"]);
      }
    });
  }
}

for (const mode of ["shared", ownMode]) {
  test(`${mode}: a request with keepalive that waits for a token is sent when its page is gone, with the body it had`, async (t) => {
    const { stage, page, gate } = await start(t, mode);
    gate.open();
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
