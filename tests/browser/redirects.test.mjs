// What this browser does with a token when `fetch` follows a redirect by itself: why the holder doesn't let it.

import assert from "node:assert/strict";

import { startProbe } from "./support/probe.mjs";
import { startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";

/** A page without a session, and two APIs that redirect to `to` and take note of what arrives. */
async function start(t) {
  const redirect = ({ response, url }) => {
    const to = url.searchParams.get("to");
    response.writeHead(to ? 307 : 200, to ? { location: to } : {}).end();
  };
  const [api, other] = await Promise.all([startProbe({ answer: redirect }), startProbe()]);
  t.after(() => Promise.all([api.close(), other.close()]));
  const page = await (await startStage(t)).open();
  const follow = (to, init) =>
    page.evaluate(
      async ([url, more]) => {
        const headers = { authorization: "Bearer secret", dpop: "proof", "content-type": "text/plain" };
        const response = await fetch(url, { method: "POST", headers, body: "text", ...more }).catch((error) => error);
        return { name: response.name, type: response.type, status: response.status, location: response.headers?.get("location") };
      },
      [`${api.origin}/v1/x?to=${encodeURIComponent(to)}`, init],
    );
  const arrived = ({ requests: [{ headers, body }] }) => [headers.authorization, headers.dpop, `${body}`];
  return { api, other, follow, arrived };
}

test("on one origin the token goes wherever the redirect says, below the resource server's URL or not", async (t) => {
  const { api, follow } = await start(t);
  assert.equal((await follow("/not-listed")).status, 200);

  const [, { url, headers }] = api.requests;
  assert.deepEqual([url, headers.authorization, headers.dpop], ["/not-listed", "Bearer secret", "proof"]);
});

test("to another origin the browser drops the token, and nothing else: proof and body go on", async (t) => {
  const { other, follow, arrived } = await start(t);
  assert.equal((await follow(`${other.origin}/x`)).status, 200);

  assert.deepEqual(arrived(other), [undefined, "proof", "text"]);
});

test("a redirect that is not followed doesn't say where it leads", async (t) => {
  const { api, other, follow } = await start(t);
  const { type, status, location } = await follow(`${other.origin}/x`, { redirect: "manual" });

  assert.deepEqual([type, status, location], ["opaqueredirect", 0, null]);
  assert.equal(api.requests.length, 1);
  assert.deepEqual(other.requests, []);
});

test("no mode lets the browser follow on an API's own origin only: same-origin asks for the caller's", async (t) => {
  const { api, follow } = await start(t);

  assert.equal((await follow("/v1/x/", { mode: "same-origin" })).name, "TypeError");
  assert.deepEqual(api.requests, []);
});
