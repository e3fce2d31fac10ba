import assert from "node:assert/strict";

import { stats, statusOf } from "./support/calls.mjs";
import { assertEachOnce } from "./support/effects.mjs";
import { startMcpServer } from "./support/mcp-server.mjs";
import { signIn } from "./support/sign-in.mjs";
import { startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

const calls = 100;
// A browser has one connection more, which the stream takes; a call that waits for a connection ages its token.
const atOnce = 5;
const paths = { streamable: "/mcp", sse: "/sse" };
const squares = Object.fromEntries(Array.from({ length: calls }, (_, n) => [n, `${n * n}`]));

for (const kind of Object.keys(paths)) {
  test(`${kind}: ${calls} tool calls, tokens forgotten by the server between and during them: none lost, none done twice`, async (t) => {
    const { stage, page, server } = await startMcp(t, { kind, during: forget });

    assert.deepEqual(await callTools(page, calls), squares);
    assertEachOnce(server.executions, calls);
    await assertRotated(t, { stage, page, least: 9 });
    assert.ok((await stats(page)).replays > 0);
  });

  test(`${kind}: ${calls} tool calls, tokens of one second that some of them outlive: none lost, none done twice`, async (t) => {
    const { stage, page, server } = await startMcp(t, { kind, during: outlive, accessTokenTtl: 1 });

    assert.deepEqual(await callTools(page, calls), squares);
    assertEachOnce(server.executions, calls);
    await assertRotated(t, { stage, page, least: 4 });
  });
}

test("streamable: the stream of notifications survives rotations, and comes back with Last-Event-ID and a fresh token", async (t) => {
  const { stage, page, server } = await startMcp(t, { kind: "streamable" });
  await until(() => streams(server, "/mcp")[0]?.answered(), "the stream");
  await notify(server, 1, 10);
  await rotate(stage, page);
  await notify(server, 11, 20);
  await untilNoted(page, 20);
  assert.equal(streams(server, "/mcp").length, 1);
  stage.authorizationServer.expireAccessTokens();
  await server.endStreams();
  await notify(server, 21, 30);
  await untilNoted(page, 30);

  assert.deepEqual(await notes(page), numbers(30));
  const [first, refused, second] = streams(server, "/mcp");
  assert.deepEqual([first.lastEventId, first.status], [null, 200]);
  assert.equal(refused.status, 401);
  assert.ok(refused.lastEventId);
  assert.deepEqual([second.lastEventId, second.status], [refused.lastEventId, null]);
  assert.equal(stage.counts.refreshes, 2);
});

test("sse: a stream that ends while its token is dead is opened again with a fresh one, and tools go on", async (t) => {
  const { stage, page, server } = await startMcp(t, { kind: "sse" });
  await notify(server, 1, 10);
  await rotate(stage, page);
  await notify(server, 11, 20);
  await untilNoted(page, 20);
  assert.equal(streams(server, "/sse").length, 1);
  stage.authorizationServer.expireAccessTokens();
  await server.endStreams();
  assert.equal(server.clients(), 0);
  await until(() => server.clients() === 1, "the stream to come back");
  await notify(server, 21, 30);
  await untilNoted(page, 30);

  assert.deepEqual(await notes(page), numbers(30));
  assert.deepEqual(
    streams(server, "/sse").map(({ status }) => status),
    [200, 401, null],
  );
  assert.deepEqual(await callTools(page, 3), { 0: "0", 1: "1", 2: "4" });
  assertEachOnce(server.executions, 3);
});

/** A signed-in page that is connected to an MCP server. */
async function startMcp(t, { kind, during = () => {}, accessTokenTtl }) {
  let stage;
  const server = await startMcpServer({
    verify: (token) => stage.authorizationServer.verify(token),
    during: (call) => during(call, stage.authorizationServer, server),
  });
  t.after(server.close);
  const config = ({ api }) => ({ resourceServers: [`${api.origin}/v1/`, `${server.origin}/`] });
  stage = await startStage(t, { accessTokenTtl, config });
  const page = await stage.open();
  await signIn(page);
  await page.addScriptTag({ url: "/library/mcp.js", type: "module" });
  await page.evaluate(([kind, url]) => connectMcp(kind, url), [kind, server.origin + paths[kind]]);
  return { stage, page, server };
}

/** The second half of each ten calls is under way together when the server forgets their token. */
async function forget({ n }, authorizationServer, { executions }) {
  if (n % 10 < 10 - atOnce) return;
  await until(() => executions.length >= n - (n % 10) + 10, "the others");
  if (n % 10 === 9) authorizationServer.expireAccessTokens();
}

/** Every fifth call takes longer than its token lives. */
async function outlive({ n, token }, authorizationServer) {
  if (n % 5 > 0) return;
  await until(async () => !(await authorizationServer.verify(token)).active, "the end of the token");
}

/** Calls the tool with the numbers below `count`; resolves to what each call came to. */
const callTools = (page, count) => page.evaluate(([count, atOnce]) => mcp.callTools([...Array(count).keys()], atOnce), [count, atOnce]);

/** The token was renewed often enough for the test to mean something, and always in good order. */
async function assertRotated(t, { stage: { counts }, page, least }) {
  t.diagnostic(`${counts.refreshes} refreshes, ${(await stats(page)).replays} replays`);
  assert.ok(counts.refreshed >= least, `${counts.refreshed} refreshes`);
  assert.equal(counts.refreshed, counts.refreshes);
  assert.equal(counts.reuseAlarms, 0);
}

/** Has the token refused and renewed, as any other call does it. */
async function rotate(stage, page) {
  stage.authorizationServer.expireAccessTokens();
  assert.equal(await statusOf(page, stage.v1("files")), 200);
}

const streams = ({ requests }, at) => requests.filter(({ method, path }) => method === "GET" && path === at);

async function notify(server, from, to) {
  for (let n = from; n <= to; n += 1) await server.notify(n);
}

const notes = (page) => page.evaluate(() => mcp.notes);

const untilNoted = (page, count) => until(async () => (await notes(page)).length >= count, `${count} notifications`);

const numbers = (count) => Array.from({ length: count }, (_, n) => n + 1);
