// How long the package's command listens to a server that doesn't end, in bytes and in time.

import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";

import { asArguments, runCommand } from "./support/command.mjs";
import { having, startOddServer } from "./support/odd-server.mjs";
import { drip, startRawServer, writeForEver } from "./support/raw-server.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

const redirectUri = "http://127.0.0.1:9/callback";
const url = "https://app.example.com/client.json";
const mebibyte = 2 ** 20;
const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nAccess-Control-Allow-Origin: *\r\n";

const checkServer = (issuer, more) =>
  runCommand(["check-server", issuer, ...asArguments({ "client-id": "c", "redirect-uri": redirectUri, ...more })]);
const checkClient = (place, more) => runCommand(["check-client", url, ...asArguments({ at: `${place}/client.json`, ...more })]);

/** An answer's body without end. */
function endless(socket) {
  socket.write(`${head}\r\n`);
  writeForEver(socket, () => Buffer.alloc(64 * 1024, " "));
}

/** A server all of whose answers are like this. */
async function start(t, answer) {
  const server = await startRawServer((_, socket) => answer(socket));
  t.after(server.close);
  return server;
}

for (const [command, check, asked] of [
  ["check-server", checkServer, 2],
  ["check-client", checkClient, 1],
]) {
  test(`${command} hangs up on a body that doesn't end`, async (t) => {
    const server = await start(t, endless);
    const { code, wrong, text } = await check(server.origin);
    assert.equal(code, 1, text);
    assert.match(wrong[0], /it has more than 1048576 bytes/);
    assert.equal(server.asked(), asked);
    await until(() => server.isIdle(), "every connection to be closed");
    // What the sockets' buffers take on the way is the system's affair.
    assert.ok(server.sent() < asked * 16 * mebibyte, `${server.sent()} bytes`);
  });

  test(`${command} counts the bytes that come of it, not those that came: a bomb`, async (t) => {
    const bomb = gzipSync(Buffer.alloc(256 * mebibyte, " "));
    assert.ok(bomb.length < mebibyte / 2);
    const server = await start(t, () =>
      Buffer.concat([Buffer.from(`${head}Content-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`), bomb]),
    );
    const { code, wrong } = await check(server.origin);
    assert.equal(code, 1);
    assert.match(wrong[0], /it has more than 1048576 bytes/);
  });

  test(`${command} ends at a body that only drips`, async (t) => {
    const server = await start(t, (socket) => {
      socket.write(`${head}\r\n`);
      drip(socket, " ");
    });
    const { code, wrong } = await check(server.origin, { timeout: 0.5 });
    assert.equal(code, 1);
    assert.match(wrong[0], /no whole answer within 0\.5 s/);
  });

  test(`${command} ends at a head that only drips, and at one that doesn't end`, async (t) => {
    const dripping = await start(t, (socket) => {
      socket.write(head);
      drip(socket, "X: y\r\n");
    });
    assert.match((await check(dripping.origin, { timeout: 0.5 })).wrong[0], /no whole answer within 0\.5 s/);

    const flooding = await start(t, (socket) => {
      socket.write(head);
      writeForEver(socket, () => `X: ${"y".repeat(4_000)}\r\n`);
    });
    assert.match((await check(flooding.origin)).wrong[0], /headers overflow/i);
    assert.ok(flooding.sent() < 3 * 16 * mebibyte, `${flooding.sent()} bytes`);
  });

  test(`${command} ends where the answer is always about to come`, async (t) => {
    const server = await start(t, (socket) => writeForEver(socket, () => "HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n".repeat(1_000)));
    assert.match((await check(server.origin, { timeout: 0.5 })).wrong[0], /no whole answer within 0\.5 s/);
  });

  test(`${command} doesn't follow a redirect, and doesn't read what comes with it`, async (t) => {
    const elsewhere = await start(t, endless);
    const server = await start(t, (socket) => {
      socket.write(`HTTP/1.1 302 Found\r\nLocation: ${elsewhere.origin}/\r\n\r\n`);
      drip(socket, " ");
    });
    assert.equal((await check(server.origin)).code, 1);
    assert.equal(elsewhere.asked(), 0);
  });
}

test("a sign-in page that doesn't end is judged by what it is, and the rest is left", async (t) => {
  const pages = [];
  const server = await startOddServer({
    authorize(_, { response }) {
      response.writeHead(200, { "content-type": "text/html" });
      writeForEver(response, () => Buffer.alloc(64 * 1024, " "));
      response.once("close", () => pages.push("closed"));
      return null;
    },
  });
  t.after(server.close);
  const { code, doubts } = await checkServer(server.origin);
  assert.equal(code, 0);
  assert.match(doubts.join("\n"), /can't be told: the server treats one that nobody registered the same way/);
  await until(() => pages.length === 2, "both pages to be left");
});

for (const endpoint of ["token", "jwks", "revoke", "push"]) {
  test(`an answer of the ${endpoint} endpoint that doesn't end is a finding`, async (t) => {
    const pushing = (reply, { server }) => having({ pushed_authorization_request_endpoint: `${server.origin}/elsewhere` })(reply);
    const server = await startOddServer({
      oauth: endpoint === "push" ? pushing : (reply) => reply,
      [endpoint === "push" ? "elsewhere" : endpoint](_, { response, allowed }) {
        response.writeHead(200, allowed);
        writeForEver(response, () => Buffer.alloc(64 * 1024, " "));
        return null;
      },
    });
    t.after(server.close);
    assert.match((await checkServer(server.origin)).text, /can't be had: it has more than 1048576 bytes/);
  });
}

test("a file that doesn't end is left too", async () => {
  const { code, wrong } = await runCommand(["check-client", url, "--at", "/dev/zero"]);
  assert.equal(code, 1);
  assert.match(wrong[0], /it has more than 1048576 bytes/);
});

test("a time that is none is told before anybody is asked", async (t) => {
  const server = await start(t, endless);
  for (const timeout of ["0", "-1", "soon", "601", ""]) {
    for (const { code, wrong } of [await checkServer(server.origin, { timeout }), await checkClient(server.origin, { timeout })]) {
      assert.equal(code, 1);
      assert.match(wrong.join(), /^FAIL {2}CALL {4}--timeout is .*; it must be a number of seconds, 600 at most$/);
    }
  }
  assert.equal(server.asked(), 0);
});
