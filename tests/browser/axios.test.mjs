import assert from "node:assert/strict";

import { signIn } from "./support/sign-in.mjs";
import { startStage, transports } from "./support/stage.mjs";
import { test } from "./support/test.mjs";

/** How axios is told to send by the session: with a Request of its own making, or with URL and options. */
const environments = {
  "with Requests": "{ fetch: app.auth.fetch }",
  "without Requests": "{ fetch: app.auth.fetch, Request: null }",
};

for (const mode of transports) {
  for (const [name, environment] of Object.entries(environments)) {
    test(`${mode}: axios ${name} gets and posts, with a 401 first`, async (t) => {
      const stage = await startStage(t, { mode });
      const page = await stage.open();
      await page.addScriptTag({ url: "/library/clients.js", type: "module" });
      await signIn(page);
      await page.addScriptTag({ url: "/library/clients.js", type: "module" });
      const create = `axios.create({ adapter: "fetch", env: ${environment}, baseURL: "${stage.api.origin}/v1/" })`;
      stage.authorizationServer.expireAccessTokens();
      const got = await page.evaluate(`${create}.get("files", { params: { n: 1 } }).then(({ status, data }) => ({ status, data }))`);
      assert.deepEqual([got.status, got.data.files.length], [200, 3]);

      stage.authorizationServer.expireAccessTokens();
      const posted = await page.evaluate(`${create}.post("effects", { n: 7 }).then(({ status, data }) => ({ status, data }))`);
      assert.deepEqual(posted, { status: 201, data: { n: 7, applied: 1 } });
      assert.deepEqual(stage.api.effects, [7]);
      assert.deepEqual(
        stage.api.requests.map(({ status }) => status),
        [401, 200, 401, 201],
      );
      assert.ok(stage.api.requests.slice(2).every(({ contentType }) => contentType.startsWith("application/json")));
      assert.equal(stage.counts.refreshes, 2);
    });
  }

  test(`${mode}: axios tells errors, aborts and answers as it always does`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    await signIn(page);
    await page.addScriptTag({ url: "/library/clients.js", type: "module" });
    const tell = `(error) => [error.name, error.code, error.response?.status, error.cause?.code]`;
    const told = await page.evaluate(`(async () => {
      const client = axios.create({ adapter: "fetch", env: { fetch: app.auth.fetch } });
      const tell = ${tell};
      const controller = new AbortController();
      const aborted = client.get("${stage.v1("slow?ms=5000")}", { signal: controller.signal }).then(() => "answered", tell);
      controller.abort();
      return {
        missing: await client.get("${stage.v1("nowhere")}").then(() => "answered", tell),
        aborted: await aborted,
        foreign: await client.get("${stage.app.origin}/x").then(() => "answered", tell),
        text: (await client.get("${stage.v1("stream?chunks=3")}", { responseType: "text" })).data,
      };
    })()`);

    assert.deepEqual(told.missing.slice(0, 3), ["AxiosError", "ERR_BAD_REQUEST", 404]);
    assert.equal(told.aborted[1], "ERR_CANCELED");
    assert.ok(told.foreign.includes("TOKENKEEP_TARGET_REFUSED"), `${told.foreign}`);
    assert.equal(told.text, "chunk 0\nchunk 1\nchunk 2\n");
  });
}
