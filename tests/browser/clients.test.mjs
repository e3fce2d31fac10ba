// Clients that applications keep, each told in the documented way to send by the session.

import assert from "node:assert/strict";

import { signIn } from "./support/sign-in.mjs";
import { startStage, transports } from "./support/stage.mjs";
import { test } from "./support/test.mjs";

const json = { "content-type": "application/json" };

async function start(t, mode, answer) {
  const stage = await startStage(t, { mode, probe: answer && { answer } });
  const page = await stage.open();
  await signIn(page);
  await page.addScriptTag({ url: "/library/clients.js", type: "module" });
  await page.evaluate(() => {
    globalThis.replacing = (input, init) => app.auth.fetch(input, { ...init, tokenkeep: { replaceAuthorization: true } });
  });
  return { stage, page };
}

/** What an OpenAI-like API answers: a whole completion or a stream of its parts. */
function complete({ response, body }) {
  const piece = (field, content) => ({
    id: "1",
    object: "chat.completion",
    choices: [{ index: 0, [field]: { role: "assistant", content } }],
  });
  if (!JSON.parse(body).stream) return response.writeHead(200, json).end(JSON.stringify(piece("message", "whole")));
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const word of ["one ", "two"]) response.write(`data: ${JSON.stringify(piece("delta", word))}\n\n`);
  response.end("data: [DONE]\n\n");
}

for (const mode of transports) {
  test(`${mode}: openai completes and streams, with a 401 first`, async (t) => {
    const { stage, page } = await start(t, mode, complete);
    stage.authorizationServer.expireAccessTokens();
    const came = await page.evaluate(async (baseURL) => {
      const openai = new OpenAI({ baseURL, apiKey: "-", dangerouslyAllowBrowser: true, maxRetries: 0, fetch: replacing });
      const ask = { model: "m", messages: [{ role: "user", content: "?" }] };
      const whole = (await openai.chat.completions.create(ask)).choices[0].message.content;
      const parts = [];
      for await (const part of await openai.chat.completions.create({ ...ask, stream: true })) parts.push(part.choices[0].delta.content);
      return [whole, parts];
    }, stage.probed("v1"));

    assert.deepEqual(came, ["whole", ["one ", "two"]]);
    assert.deepEqual(
      stage.probe.requests.map(({ status }) => status),
      [401, 200, 200],
    );
  });

  test(`${mode}: supabase-js selects and inserts, with a 401 first`, async (t) => {
    const rows = ({ request, response, body }) => response.writeHead(200, json).end(request.method === "POST" ? body : '[{"id":1}]');
    const { stage, page } = await start(t, mode, rows);
    stage.authorizationServer.expireAccessTokens();
    const came = await page.evaluate(async (url) => {
      const supabase = createSupabase(url, "publishable", { global: { fetch: replacing }, auth: { persistSession: false } });
      const [selected, inserted] = [await supabase.from("things").select(), await supabase.from("things").insert({ id: 2 }).select()];
      return [selected.data, inserted.data, selected.error, inserted.error];
    }, stage.probed(""));

    assert.deepEqual(came, [[{ id: 1 }], { id: 2 }, null, null]);
    assert.ok(stage.probe.requests.every(({ headers }) => headers.apikey === "publishable" && !/publishable/.test(headers.authorization)));
  });

  test(`${mode}: an Authorization header of the request's own is refused, unless it is to be replaced; a DPoP header always`, async (t) => {
    const { stage, page } = await start(t, mode);
    const outcomes = await page.evaluate(async (url) => {
      const replace = { replaceAuthorization: true };
      const calls = [
        [{ headers: { Authorization: "Bearer own" } }],
        [{ headers: { authorization: "Bearer own" }, tokenkeep: { replaceAuthorization: "yes" } }],
        [{ headers: { dpop: "own" }, tokenkeep: replace }],
        [{ headers: { Authorization: "Bearer own" }, tokenkeep: replace }],
        [{ tokenkeep: replace }],
      ];
      const made = await Promise.all(calls.map(([init]) => app.send(url, init)));
      const inRequest = await app.send(new Request(url, { headers: { authorization: "Basic own" } }), { tokenkeep: replace });
      return [...made, inRequest].map(({ value, error }) => value?.status ?? [error.code, error.message]);
    }, stage.probed("x"));

    for (const [code, message] of outcomes.slice(0, 2)) {
      assert.equal(code, "TOKENKEEP_REQUEST_REFUSED");
      assert.match(message, /replaceAuthorization/);
    }
    assert.equal(outcomes[2][0], "TOKENKEEP_REQUEST_REFUSED");
    assert.deepEqual(outcomes.slice(3), [200, 200, 200]);
    assert.ok(stage.probe.requests.every(({ headers }) => !/own/.test(headers.authorization)));
  });

  test(`${mode}: axios and openapi-fetch hand the options of one call on`, async (t) => {
    const { stage, page } = await start(t, mode);
    const keys = await page.evaluate(async (url) => {
      const options = { tokenkeep: { idempotencyKey: "key" } };
      for (const more of [{ Request: null }, {}]) {
        const http = axios.create({ adapter: "fetch", env: { fetch: app.auth.fetch, ...more } });
        await http.post(url, { a: 1 }, { fetchOptions: options });
      }
      const api = createOpenapi({ baseUrl: url, fetch: app.auth.fetch });
      await api.POST("", { body: { a: 1 }, fetch: (request) => app.auth.fetch(request, options) });
      await ky.create({ fetch: app.auth.fetch }).post(url, { json: { a: 1 }, ...options });
    }, stage.probed("x"));

    assert.equal(keys, undefined);
    assert.deepEqual(
      stage.probe.requests.map(({ headers, body }) => [headers["idempotency-key"], `${body}`]),
      Array(4).fill(["key", '{"a":1}']),
    );
  });

  test(`${mode}: axios as documented tells no progress of an upload that it can't know`, async (t) => {
    const { stage, page } = await start(t, mode);
    const told = await page.evaluate(async (url) => {
      const told = [];
      const http = axios.create({ adapter: "fetch", env: { fetch: app.auth.fetch, Request: null } });
      const { status } = await http.post(url, new Blob([new Uint8Array(2_000_000)]), {
        onUploadProgress: (event) => told.push(event.progress),
      });
      return [status, told];
    }, stage.probed("x"));

    assert.deepEqual(told, [200, []]);
    assert.equal(stage.probe.requests[0].body.length, 2_000_000);
  });
}
