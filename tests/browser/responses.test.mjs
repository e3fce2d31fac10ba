import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";

import { send } from "./support/calls.mjs";
import { Gate } from "./support/gate.mjs";
import { signIn } from "./support/sign-in.mjs";
import { startStage, transports } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { heldBack, until } from "./support/until.mjs";

const large = Buffer.alloc(300_000, "0123456789");
const json = { "content-type": "application/json" };

/** What an API may answer: path below `/probe/` -> status, headers, body, and how it is asked for. */
const answers = {
  json: { headers: json, body: '{"a":[1,"ü"]}' },
  "broken-json": { headers: json, body: '{"a":' },
  text: { headers: { "content-type": "text/plain;charset=utf-8", "x-own": "1", etag: '"1"' }, body: "grüße" },
  form: { headers: { "content-type": "application/x-www-form-urlencoded" }, body: "a=1&b=2" },
  bytes: { headers: { "content-type": "application/octet-stream" }, body: Buffer.from([0, 255, 128, 10]) },
  large: { headers: { "content-type": "text/plain" }, body: large },
  "large-unknown-length": { headers: { "content-type": "text/plain" }, body: large, chunked: true },
  gzip: { headers: { "content-type": "text/plain", "content-encoding": "gzip" }, body: gzipSync(large) },
  empty: { body: "" },
  "empty-chunked": { body: "", chunked: true },
  untyped: { body: "no type" },
  created: { status: 201, reason: "Made It", headers: json, body: "{}" },
  "bad-request": { status: 400, headers: json, body: '{"error":"x"}' },
  forbidden: { status: 403, headers: { "www-authenticate": 'Bearer error="insufficient_scope"' }, body: "no" },
  teapot: { status: 418, reason: "I'm a teapot", body: "short" },
  unavailable: { status: 503, reason: "", body: "later" },
  "head-with-length": { headers: { "content-length": "12345" }, init: { method: "HEAD" } },
  "head-of-large": { headers: { "content-length": "1234567" }, init: { method: "HEAD" } },
  options: { body: "post", init: { method: "POST", body: "x" } },
};

/** And what has no body by its status. */
const bodiless = {
  "no-content": { status: 204, reason: "No Content" },
  "reset-content": { status: 205, headers: { "content-length": "0" } },
  "not-modified": { status: 304, headers: { etag: '"1"' }, init: { headers: { "if-none-match": '"1"' } } },
};

function answer({ response, url }) {
  const known = { ...answers, ...bodiless };
  const { status = 200, reason, headers = {}, body, chunked } = known[url.pathname.split("/").at(-1)] ?? {};
  const length = body === undefined || chunked ? {} : { "content-length": Buffer.byteLength(body) };
  response.sendDate = false;
  response.writeHead(status, ...(reason === undefined ? [] : [reason]), { ...length, ...headers });
  response.end(body);
}

/** Runs in the page: all that a program can tell of the response to each request. */
async function describeAll({ base, cases, own }) {
  const send = own ? app.auth.fetch : fetch;
  const brief = async (bytes) => {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return [bytes.byteLength, digest.join(" ")];
  };
  const describe = async (name, init) => {
    const response = await send(`${base}${name}?q=1#fragment`, init);
    const copy = response.clone();
    const { status, statusText, ok, type, redirected, bodyUsed } = response;
    const facts = { status, statusText, ok, type, redirected, bodyUsed, url: new URL(response.url).search };
    const kinds = { response: response instanceof Response, hasBody: response.body !== null };
    const bytes = await brief(await response.arrayBuffer());
    const readers = await Promise.all(
      ["text", "json", "blob", "formData"].map(async (reader) => {
        try {
          const value = await (await send(`${base}${name}?q=1`, init))[reader]();
          if (typeof value === "string") return brief(new TextEncoder().encode(value));
          if (value instanceof Blob) return [value.type, ...(await brief(await value.arrayBuffer()))];
          return value instanceof FormData ? [...value] : value;
        } catch (error) {
          return error.name;
        }
      }),
    );
    const again = await response.text().catch((error) => error.name);
    const cloned = {
      bytes: await brief(await copy.arrayBuffer()),
      url: copy.url === response.url,
      status: copy.status,
      type: copy.type,
    };
    return {
      ...facts,
      ...kinds,
      headers: [...response.headers],
      bytes,
      readers,
      again,
      used: response.bodyUsed,
      cloned,
    };
  };
  const described = {};
  for (const [name, init] of cases) described[name] = await describe(name, init);
  return described;
}

for (const mode of transports) {
  test(`${mode}: a response is what plain fetch would have given`, async (t) => {
    const stage = await startStage(t, { mode, probe: { answer } });
    const page = await stage.open();
    await signIn(page);
    const cases = Object.entries(answers).map(([name, { init }]) => [name, init]);
    const plain = await page.evaluate(describeAll, { base: `${stage.probe.origin}/open/`, cases, own: false });
    const held = await page.evaluate(describeAll, { base: stage.probed(""), cases, own: true });

    for (const name of Object.keys(answers)) assert.deepEqual(held[name], plain[name], name);
  });

  test(`${mode}: answers that have no body by their status come through`, async (t) => {
    const stage = await startStage(t, { mode, probe: { answer } });
    const page = await stage.open();
    await signIn(page);
    const cases = Object.entries(bodiless).map(([name, { init }]) => [stage.probed(name), init]);
    const outcomes = await page.evaluate((cases) => Promise.all(cases.map(([url, init]) => app.send(url, init))), cases);

    assert.deepEqual(
      outcomes,
      [204, 205, 304].map((status) => ({ value: { status, text: "" } })),
    );
  });

  test(`${mode}: the response's URL is the request's, without its fragment`, async (t) => {
    const stage = await startStage(t, { mode, probe: { answer } });
    const page = await stage.open();
    await signIn(page);
    const url = await page.evaluate(async (url) => (await app.auth.fetch(url)).url, `${stage.probed("json")}?a=1#b`);

    assert.equal(url, `${stage.probed("json")}?a=1`);
  });

  test(`${mode}: a stream arrives chunk by chunk, before it has ended`, async (t) => {
    const { stage, page, gate } = await startGatedStage(t, mode, "text/plain");
    const first = await page.evaluate(startReading, stage.probed("stream"));
    assert.equal(first, "first");
    assert.equal(stage.probe.requests.at(-1).closed, undefined, "the API had already ended");
    gate.open();

    assert.equal(await page.evaluate(readRest), "second");
  });

  test(`${mode}: server-sent events arrive one by one`, async (t) => {
    const { stage, page, gate } = await startGatedStage(t, mode, "text/event-stream", ["data: 1\n\n", "data: 2\n\n"]);
    assert.equal(await page.evaluate(startReading, stage.probed("events")), "data: 1\n\n");
    gate.open();

    assert.equal(await page.evaluate(readRest), "data: 2\n\n");
  });

  test(`${mode}: a clone of a stream and its original both have all of it`, async (t) => {
    const { stage, page, gate } = await startGatedStage(t, mode, "text/plain");
    gate.open();
    const texts = await page.evaluate(async (url) => {
      const response = await app.auth.fetch(url);
      const copy = response.clone();
      return Promise.all([response.text(), copy.text()]);
    }, stage.probed("stream"));

    assert.deepEqual(texts, ["firstsecond", "firstsecond"]);
  });

  test(`${mode}: a stream that breaks off fails its reader with a TypeError`, async (t) => {
    const probe = {
      answer: ({ response }) => (response.writeHead(200), response.write("first"), setImmediate(() => response.destroy())),
    };
    const stage = await startStage(t, { mode, probe });
    const page = await stage.open();
    await signIn(page);
    const { error } = await send(page, stage.probed("broken"));

    assert.equal(error.name, "TypeError");
  });

  test(`${mode}: cancelling the body stops the request`, async (t) => {
    const { stage, page } = await startGatedStage(t, mode, "text/plain");
    await page.evaluate(startReading, stage.probed("stream"));
    await page.evaluate(() => reader.cancel());

    await until(() => stage.probe.requests.at(-1).closed, "the request's end");
  });

  test(`${mode}: a reader that does not read holds the API back`, async (t) => {
    const chunk = Buffer.alloc(1024 * 1024);
    let written = 0;
    const pour = ({ response }) => {
      while (!response.destroyed && written < 256) {
        written += 1;
        if (!response.write(chunk)) return void response.once("drain", () => pour({ response }));
      }
      response.end();
    };
    const stage = await startStage(t, { mode, probe: { answer: pour } });
    const page = await stage.open();
    await signIn(page);
    await page.evaluate(async (url) => void (globalThis.response = await app.auth.fetch(url)), stage.probed("flood"));
    await heldBack(page, () => written);

    // The system's own buffers between two local sockets take about 60 MB.
    assert.ok(written < 128, `${written} MB were taken from the API for nobody`);
  });
}

/** An API that sends one piece at once and the other when the gate opens. */
async function startGatedStage(t, mode, type, [first, second] = ["first", "second"]) {
  const gate = new Gate();
  const send = async ({ response }) => {
    response.writeHead(200, { "content-type": type, "cache-control": "no-store" }).write(first);
    await gate.passed;
    response.end(second);
  };
  const stage = await startStage(t, { mode, probe: { answer: send } });
  t.after(gate.open);
  const page = await stage.open();
  await signIn(page);
  return { stage, page, gate };
}

async function startReading(url) {
  globalThis.reader = (await app.auth.fetch(url)).body.pipeThrough(new TextDecoderStream()).getReader();
  return (await reader.read()).value;
}

async function readRest() {
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += value;
  }
}
