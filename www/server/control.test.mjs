// What the control room asks for, over HTTP as the page asks it, with the demo's real servers behind their proxies.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test as nodeTest } from "node:test";

import { start } from "../start.mjs";

const test = (name, work) => nodeTest(name, { timeout: 20_000 }, work);
let root;
let demo;

before(async () => {
  root = await mkdtemp(join(tmpdir(), "tokenkeep-demo-"));
  demo = await start({ appPort: 0, root, print: () => {} });
});

after(async () => {
  await demo.close();
  await rm(root, { recursive: true });
});

beforeEach(() => tell("restore"));

const tell = async (action, body = {}, headers = { origin: demo.url }) => {
  const init = { method: "POST", body: JSON.stringify(body), headers };
  return (await fetch(`${demo.url}/demo/${action}`, init)).status;
};

const ask = async (what) => (await fetch(`${demo.url}/demo/${what}`)).json();

const refresh = () => {
  const fields = { client_id: "tokenkeep-demo", grant_type: "refresh_token", refresh_token: "none" };
  const init = { method: "POST", body: new URLSearchParams(fields), headers: { origin: demo.url } };
  const signal = AbortSignal.timeout(500);
  return fetch(`${demo.authorizationServer.issuer}/token`, { ...init, signal }).then(outcome, () => "no answer");
};

const outcome = async (response) => {
  const body = await response.text();
  const retryAfter = response.headers.get("retry-after");
  return [response.status, ...(retryAfter ? [retryAfter] : []), ...(body.startsWith("<") ? ["page"] : [])].join(" ");
};

const tokenFaults = {
  "token-503": "503",
  "token-hang": "no answer",
  "token-reset": "no answer",
  "token-429": "429 3",
  "token-html": "200 page",
  "token-lost": "no answer",
};

for (const [name, expected] of Object.entries(tokenFaults)) {
  test(`${name} spoils a refresh, is told while it is in force, and is restored`, async () => {
    assert.equal(await tell("fault", { name }), 200);
    const [fault] = (await ask("room")).faults;
    assert.equal(fault.name, name);
    assert.ok(fault.left > 0 || fault.leftMs > 0, JSON.stringify(fault));
    const before = await ask("counts");
    assert.equal(await refresh(), expected);
    assert.equal((await ask("counts")).refreshes, before.refreshes + 1);
    const newest = (await ask("room")).refreshes.at(-1);
    assert.notEqual(newest.fault, null);

    await tell("restore");
    assert.equal(await refresh(), "400");
    const room = await ask("room");
    assert.deepEqual(room.faults, []);
    assert.equal(room.refreshes.at(-1).fault, null);
    assert.ok(room.refreshes.at(-1).at <= room.now + 1);
  });
}

test("the API's faults concern every path that the demo calls", async () => {
  for (const [name, expected] of Object.entries({ "api-429": "429 2", "api-503": "503" })) {
    await tell("fault", { name });
    for (const path of ["work", "files", "effects"]) {
      const answer = await outcome(await fetch(`${demo.apiProxy.origin}/v1/${path}`));
      assert.equal(answer, expected, path);
    }
    assert.deepEqual(
      (await ask("room")).faults.map((fault) => fault.name),
      [name],
    );
    await tell("restore");
    assert.equal((await fetch(`${demo.apiProxy.origin}/v1/work`)).status, 401);
  }
});

test("a fault that is unknown, an outage without an end and another site are refused", async () => {
  assert.equal(await tell("fault", { name: "hope" }), 400);
  assert.equal(await tell("outage", { seconds: 0 }), 400);
  assert.equal(await tell("fault", { name: "token-503" }, { origin: "http://127.0.0.1:9" }), 403);
  assert.deepEqual((await ask("room")).faults, []);
});

test("an outage lasts as long as it was asked to", async () => {
  await tell("outage", { seconds: 0.3 });
  assert.equal(await refresh(), "503");
  while ((await refresh()) === "503") await new Promise(setImmediate);
  assert.deepEqual((await ask("room")).faults, []);
});
