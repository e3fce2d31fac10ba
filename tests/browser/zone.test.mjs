// Pages of Angular: zone.js is there first, and Promise is another one than what the browser and async functions make.

import assert from "node:assert/strict";

import { signIn as signInThere } from "./support/own-origin.mjs";
import { signIn } from "./support/sign-in.mjs";
import { modes, ownMode, startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";

/** Runs in the page: what came of a call in every way that bodies are described. */
async function callAll(url) {
  const form = new FormData();
  form.set("a", "1");
  const post = (body) => app.auth.fetch(url, { method: "POST", body });
  const calls = {
    text: () => post("text"),
    Request: () => app.auth.fetch(new Request(url)),
    "Request with a body": () => app.auth.fetch(new Request(url, { method: "POST", body: "in a request" })),
    FormData: () => post(form),
    URLSearchParams: () => post(new URLSearchParams("a=1")),
    Blob: () => post(new Blob(["blob"])),
    ArrayBuffer: () => post(new Uint8Array([65]).buffer),
    axios: () => axios.create({ adapter: "fetch", env: { fetch: app.auth.fetch } }).post(url, { a: 1 }),
    ky: () => ky.create({ fetch: app.auth.fetch }).post(url, { json: { a: 1 } }),
    "openapi-fetch": async () => (await createOpenapi({ baseUrl: url, fetch: app.auth.fetch }).POST("", { body: { a: 1 } })).response,
  };
  const came = {};
  for (const [name, call] of Object.entries(calls)) {
    came[name] = await call().then(
      ({ status }) => status,
      (error) => String(error),
    );
  }
  return [globalThis.Promise.name, Object.entries(came).filter(([, status]) => status !== 200)];
}

for (const mode of [...modes, ownMode]) {
  test(`${mode}: with zone.js every body and every client's request goes out, after a 401 too`, async (t) => {
    const stage = await startStage(t, { mode, first: "zone" });
    const page = await stage.open();
    await (mode === ownMode ? signInThere : signIn)(page);
    await page.addScriptTag({ url: "/library/clients.js", type: "module" });

    for (let round = 0; round < 2; round += 1) {
      assert.deepEqual(await page.evaluate(callAll, stage.probed("x")), ["ZoneAwarePromise", []]);
      stage.authorizationServer.expireAccessTokens();
    }
    const bodies = stage.probe.requests.filter(({ status, method }) => status === 200 && method === "POST").map(({ body }) => String(body));
    for (const text of ["text", "in a request", "a=1", "blob", "A", '{"a":1}']) assert.ok(bodies.includes(text), text);
  });
}
