import assert from "node:assert/strict";

import { bodies, content, inPage, sendBoth } from "./support/body-kinds.mjs";
import { signIn } from "./support/sign-in.mjs";
import { modes, startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";

for (const mode of modes) {
  for (const asRequest of [false, true]) {
    test(`${mode}: every body ${asRequest ? "in a Request " : ""}arrives once, as plain fetch sends it, after a 401`, async (t) => {
      const stage = await startStage(t, { mode });
      const page = await stage.open();
      await signIn(page);
      for (const [name, source] of Object.entries(bodies)) {
        const statuses = await sendBoth(stage, page, source, asRequest);

        assert.deepEqual(statuses, [401, 200], name);
        const [plain, refused, replayed, ...more] = stage.probe.requests;
        assert.deepEqual(
          [plain, refused, replayed].map(({ status }) => status),
          [401, 401, 200],
          name,
        );
        assert.equal(more.length, 0, `${name} was sent again`);
        for (const request of [refused, replayed]) assert.deepEqual(content(request), content(plain), name);
        assert.deepEqual(replayed.headers["content-type"], refused.headers["content-type"], name);
      }
    });
  }

  test(`${mode}: a body of 5 MB arrives whole after a 401, and comes back whole`, async (t) => {
    const stage = await startStage(t, { mode, probe: { answer: ({ response, body }) => response.end(body) } });
    const page = await stage.open();
    await signIn(page);
    stage.authorizationServer.expireAccessTokens();
    const size = 5 * 1024 * 1024;
    const same = await page.evaluate(
      async ({ url, size }) => {
        const bytes = new Uint8Array(size).map((_, index) => index * 7919);
        const back = new Uint8Array(await (await app.auth.fetch(url, { method: "POST", body: bytes })).arrayBuffer());
        return back.length === bytes.length && back.every((byte, index) => byte === bytes[index]);
      },
      { url: stage.probed("large"), size },
    );

    assert.ok(same, "what came back differs");
    assert.deepEqual(
      stage.probe.requests.map(({ status, body }) => [status, body.length]),
      [
        [401, size],
        [200, size],
      ],
    );
  });

  test(`${mode}: the caller's body can be used again and is not changed`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    await signIn(page);
    const after = await page.evaluate(async (url) => {
      const buffer = new Uint8Array([1, 2, 3]).buffer;
      const headers = new Headers({ "x-own": "1" });
      const init = Object.freeze({ method: "POST", body: buffer, headers });
      await app.auth.fetch(url, init);
      await app.auth.fetch(url, init);
      return { length: buffer.byteLength, headers: [...headers] };
    }, stage.probed("again"));

    assert.deepEqual(after, { length: 3, headers: [["x-own", "1"]] });
    assert.deepEqual(
      stage.probe.requests.map(({ body }) => body.length),
      [3, 3],
    );
  });

  test(`${mode}: a Request's own parts reach the API, and init goes before them`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    await signIn(page);
    const used = await page.evaluate(async (url) => {
      const request = new Request(url, { method: "PUT", body: "first", headers: { "x-a": "1", "x-b": "1" } });
      await app.auth.fetch(request, { headers: { "x-b": "2" }, method: "PATCH" });
      await app.auth.fetch(url, new Request(url, { method: "DELETE" }));
      return request.bodyUsed;
    }, stage.probed("request?q=1#fragment"));

    const [{ method, url, headers, body }, second] = stage.probe.requests;
    assert.equal(second.method, "DELETE", "a Request may stand for init too");
    assert.deepEqual([method, url, body.toString()], ["PATCH", "/probe/request?q=1", "first"]);
    assert.deepEqual([headers["x-a"], headers["x-b"]], [undefined, "2"]);
    assert.equal(used, true);
  });

  test(`${mode}: what the caller changes after the call is not sent`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    await signIn(page);
    stage.authorizationServer.expireAccessTokens();
    await page.evaluate(`(async () => { ${inPage}
      const [bytes, params, fields] = [new Uint8Array([97, 98, 99]), new URLSearchParams("a=1"), simpleForm()];
      const headers = new Headers({ "x-own": "before" });
      const bodies = [bytes, bytes.buffer, params, fields];
      const calls = bodies.map((body) => app.auth.fetch("${stage.probed("x")}", { method: "POST", body, headers }));
      bytes.fill(122);
      params.set("a", "after");
      fields.set("a", "after");
      headers.set("x-own", "after");
      await Promise.all(calls);
    })()`);

    const sent = stage.probe.requests.filter(({ status }) => status === 200);
    assert.equal(sent.length, 4);
    for (const { headers, body } of sent) {
      assert.equal(headers["x-own"], "before");
      assert.match(body.toString(), /^abc$|^a=1$|\r\n1\r\n/);
    }
  });

  test(`${mode}: cookies and referrer stay at home unless asked for (USE-11)`, async (t) => {
    const seen = [];
    const stage = await startStage(t, {
      mode,
      config: ({ app }) => ({ resourceServers: [`${app.origin}/api/`] }),
      files: { "/api/x": ({ headers }) => (seen.push([headers.cookie, headers.referer]), ["text/plain", ""]) },
    });
    const page = await stage.open();
    await signIn(page);
    await stage.context.clearCookies();
    await stage.context.addCookies([{ name: "c", value: "1", url: stage.app.origin }]);
    await page.evaluate(async () => {
      await fetch("/api/x");
      await app.auth.fetch("/api/x");
      await app.auth.fetch(new Request("/api/x"));
      await app.auth.fetch("/api/x", new Request("/api/x"));
      await app.auth.fetch("/api/x", { credentials: undefined, referrerPolicy: undefined });
      await app.auth.fetch("/api/x", { credentials: "include" });
    });

    assert.deepEqual(seen, [
      ["c=1", page.url()],
      [undefined, undefined],
      [undefined, undefined],
      [undefined, undefined],
      [undefined, undefined],
      ["c=1", undefined],
    ]);
  });

  test(`${mode}: relative URLs, URL objects and Requests mean what they mean to fetch (USE-9)`, async (t) => {
    const stage = await startStage(t, {
      mode,
      config: ({ app }) => ({ resourceServers: [`${app.origin}/api/`, `${app.origin}/deep/api/`] }),
      files: { "/api/x": () => ["text/plain", "root"], "/deep/api/x": () => ["text/plain", "deep"] },
    });
    const page = await stage.open();
    await signIn(page);
    // The holder's script is at the root: only the page's own address leads into the folder.
    await page.evaluate(() => history.replaceState(null, "", "/deep/place"));
    const texts = await page.evaluate(async () => {
      const inputs = ["/api/x", "api/x", new URL("/api/x?y", location.href), new Request("/api/x")];
      return Promise.all(inputs.map(async (input) => (await app.auth.fetch(input)).text()));
    });

    assert.deepEqual(texts, ["root", "deep", "root", "root"]);
  });
}
