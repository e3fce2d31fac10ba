// What has a `src` or an `href` and sends no token by itself, and sockets: docs/media.md.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

import { WebSocketServer } from "ws";

import { send } from "../../www/server/http.mjs";
import { snippet } from "./support/advice.mjs";
import { Gate } from "./support/gate.mjs";
import { strictPolicy } from "./support/app-server.mjs";
import { signIn } from "./support/sign-in.mjs";
import { startStage, transports } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

const pixel = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
const script = "<script>parent.ran = (parent.ran ?? 0) + 1</script>";
const vector = `<svg xmlns="http://www.w3.org/2000/svg" width="3" height="3">${script}</svg>`;
const files = {
  "/probe/pixel.png": ["image/png", pixel],
  "/probe/page.html": ["text/html", script],
  "/probe/page.xhtml": ["application/xhtml+xml", `<html xmlns="http://www.w3.org/1999/xhtml">${script}</html>`],
  "/probe/picture.svg": ["image/svg+xml", vector],
  "/probe/untyped": [undefined, script],
};

async function start(t, mode, before) {
  const answer = ({ response, url }) => {
    const [type, body] = files[url.pathname] ?? [];
    return body ? send(response, 200, body, type && { "content-type": type }) : send(response, 404, "no such file");
  };
  // A page at a blob: URL has the policy of the page that made it. This one stops no script.
  const policy = `${strictPolicy.replace("'self'", "'self' 'unsafe-inline'")} blob:; img-src blob:; frame-src blob:`;
  const stage = await startStage(t, { mode, policy, probe: { answer, before } });
  const page = await stage.open();
  await signIn(page);
  return { stage, page };
}

/** Runs in the page: what a frame of the URL comes to; `ran` says how often script has run so far. */
async function frame([url, init]) {
  const made = await app.auth.objectURL(url, init);
  const { type } = await (await fetch(made)).blob();
  const element = document.createElement("iframe");
  const loaded = new Promise((resolve) => element.addEventListener("load", resolve));
  document.body.append(Object.assign(element, { src: made }));
  // What is downloaded loads nothing.
  if (!/octet-stream/.test(type)) await loaded;
  element.remove();
  return { type, ran: globalThis.ran ?? 0 };
}

for (const mode of transports) {
  test(`${mode}: a picture is shown by a URL without a token, which ends with its signal`, async (t) => {
    const { stage, page } = await start(t, mode);
    const { url, width } = await page.evaluate(async (from) => {
      globalThis.controller = new AbortController();
      const url = await app.auth.objectURL(from, { signal: controller.signal });
      const image = Object.assign(new Image(), { src: url });
      await image.decode();
      return { url, width: image.naturalWidth };
    }, stage.probed("pixel.png"));
    assert.match(url, new RegExp(`^blob:${stage.app.origin}/[\\w-]{36}$`));
    assert.equal(width, 1);
    const [token] = stage.authorizationServer.issuedTokens();
    assert.equal(stage.probe.requests.at(-1).headers.authorization, `Bearer ${token}`);
    await page.evaluate(() => controller.abort());
    assert.equal(await page.evaluate((gone) => fetch(gone).catch(({ name }) => name), url), "TypeError");
  });

  test(`${mode}: what could run as a page of the app is a download, unless that is asked for`, async (t) => {
    const { stage, page } = await start(t, mode);
    for (const name of ["page.html", "page.xhtml", "picture.svg", "untyped"])
      assert.deepEqual(await page.evaluate(frame, [stage.probed(name)]), { type: "application/octet-stream", ran: 0 }, name);
    const kept = await page.evaluate(frame, [stage.probed("page.html"), { dangerKeepType: true }]);
    assert.deepEqual(kept, { type: "text/html", ran: 1 });
  });

  test(`${mode}: where there is nothing to show that is told`, async (t) => {
    const gate = new Gate();
    const before = ({ url }) => url.pathname.endsWith("/late") && gate.passed;
    const { stage, page } = await start(t, mode, before);
    t.after(gate.open);
    const asked = (url) =>
      page.evaluate((from) => app.auth.objectURL(from).catch(({ code, message, url: told }) => ({ code, message, url: told })), url);
    const error = await asked(`${stage.probed("missing")}?secret#fragment`);
    assert.deepEqual([error.code, error.url], ["TOKENKEEP_OBJECT_UNAVAILABLE", stage.probed("missing")]);
    assert.match(error.message, /answered 404/);
    assert.equal((await asked("https://elsewhere.example/x.png")).code, "TOKENKEEP_TARGET_REFUSED");
    await page.evaluate((url) => {
      globalThis.controller = new AbortController();
      globalThis.late = app.outcome(() => app.auth.objectURL(url, { signal: controller.signal }));
    }, stage.probed("late"));
    await until(() => stage.probe.requests.some(({ url }) => url.endsWith("/late")), "the request");
    await page.evaluate(() => controller.abort());
    assert.equal((await page.evaluate(() => late)).error.name, "AbortError");
  });
}

/** A server whose sockets take a ticket, once, which its API has given out. */
async function startSockets(t) {
  const tickets = new Set();
  const server = createServer();
  const sockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, socket, head) => {
    const ticket = new URL(request.url, "http://localhost").searchParams.get("ticket");
    if (!tickets.delete(ticket)) return socket.end("HTTP/1.1 401 Unauthorized\r\n\r\n");
    return sockets.handleUpgrade(request, socket, head, (one) => one.send("hello"));
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  t.after(() => {
    for (const one of sockets.clients) one.terminate();
    server.close();
  });
  const issue = () => {
    const ticket = randomUUID();
    tickets.add(ticket);
    return ticket;
  };
  return { origin: `ws://127.0.0.1:${server.address().port}`, issue };
}

test("a socket is opened by a ticket, as docs/media.md has it", async (t) => {
  const sockets = await startSockets(t);
  const answer = ({ response }) => send(response, 200, JSON.stringify({ ticket: sockets.issue() }), { "content-type": "application/json" });
  const stage = await startStage(t, { policy: `${strictPolicy} ws:`, probe: { answer } });
  const page = await stage.open();
  await signIn(page);
  const recipe = snippet("js socket.js", readFileSync(new URL("../../docs/media.md", import.meta.url), "utf8"))
    .replace("https://api.example.com/v1/tickets", stage.probed("tickets"))
    .replace("wss://api.example.com", sockets.origin);
  await page.evaluate(`{ const auth = app.auth; ${recipe.replace(/^export /m, "")} globalThis.openSocket = openSocket; }`);
  const first = () =>
    page.evaluate(async () => {
      const socket = await openSocket();
      return new Promise((resolve) => socket.addEventListener("message", ({ data }) => resolve([data, socket.url])));
    });
  const [word, url] = await first();
  assert.equal(word, "hello");
  const again = `new Promise((done) => { const one = new WebSocket(${JSON.stringify(url)}); one.onerror = () => done("refused"); one.onopen = () => done("open"); })`;
  assert.equal(await page.evaluate(again), "refused");
  assert.equal((await first())[0], "hello");
});
