// What the package's command prints of what others wrote: nothing of it acts on a terminal, and nothing of it is invisible.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { asArguments, runCommand } from "./support/command.mjs";
import { having, startOddServer } from "./support/odd-server.mjs";
import { startRawServer } from "./support/raw-server.mjs";
import { test } from "./support/test.mjs";

const redirectUri = "http://127.0.0.1:9/callback";
/** Clears the screen, makes a link, a line of its own, colours by one byte, turns the line round, hides. */
const acts =
  "\u001b[2J\u001b]8;;https://evil.example\u0007here\u001b]8;;\u0007\r\nok    LOGIN   all is well\n\u009b31m\u007f\u0085\u202e\u2066\u200f\u200b\ufeff\u2028\u{e0041}\ud800";
const unseen = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufffd]/u;

/** Nothing acts, no line is the server's own, and `escaped` is what became of it. */
function assertHarmless({ output, lines, text }, ...escaped) {
  assert.doesNotMatch(output, unseen);
  for (const line of lines.slice(0, -1)) assert.match(line, /^(ok {2}|warn|FAIL) {2}[A-Z0-9-]+ +\S/);
  assert.doesNotMatch(text, /^ok {4}LOGIN {3}all/m);
  for (const word of escaped) assert.ok(text.includes(word), `${word} in\n${text}`);
}

const checkServer = (issuer, more) =>
  runCommand(["check-server", issuer, ...asArguments({ "client-id": "c", "redirect-uri": redirectUri, ...more })]);

const both = (odd) => ({ oauth: odd, openid: odd });
const refusal = { status: 400, body: { error: `e${acts}`, error_description: `d${acts}` } };

/** Where a server may put it, and what is read then. */
const places = {
  "its issuer": [both(having({ issuer: `https://as.example/${acts}` })), "\\u001b[2J"],
  "an endpoint": [both(having({ token_endpoint: acts, revocation_endpoint: `x:${acts}` })), "\\u001b[2J"],
  "the address of its keys": [both((reply, { server }) => having({ jwks_uri: `${server.origin}/none?${acts}` })(reply)), "/none?%1B[2J"],
  "an error of the token endpoint": [
    { token: () => refusal },
    "e\\u{1b}[2J\\u{1b}]8;;https://evil.example\\u{7}here",
    "\\u{9b}31m\\u{7f}\\u{85}\\u{202e}\\u{2066}\\u{200f}\\u{200b}\\u{feff}\\u{2028}\\u{e0041}\\u{d800}",
  ],
  "a refused client": [
    { token: () => ({ status: 401, body: { error: "invalid_client", error_description: acts } }) },
    "\\u{d}\\u{a}ok    LOGIN",
  ],
  "an error that comes back": [
    {
      authorize: (_, { params }) => ({
        status: 302,
        headers: { location: `${params.redirect_uri}?${new URLSearchParams({ error: acts.slice(0, -1), error_description: "no" })}` },
      }),
    },
    "\\u{1b}[2J",
  ],
  "a refused pushed request": [
    {
      ...both((reply, { server }) => having({ pushed_authorization_request_endpoint: `${server.origin}/elsewhere` })(reply)),
      elsewhere: () => refusal,
    },
    "refused: e\\u{1b}[2J",
  ],
};

for (const [name, [odd, ...escaped]] of Object.entries(places)) {
  test(`escape sequences in ${name} are printed as what they are`, async (t) => {
    const server = await startOddServer(odd);
    t.after(server.close);
    assertHarmless(await checkServer(server.origin), ...escaped);
  });
}

test("escape sequences in header fields are printed as what they are", async (t) => {
  const server = await startRawServer((path) => {
    const body = Buffer.from(JSON.stringify({ issuer: server.origin, token_endpoint: `${server.origin}/token` }));
    const head = `HTTP/1.1 ${path === "/client.json" ? "302 \u009b31m" : "200 OK"}\r\nLocation: /\u009b2J\u0085\r\nContent-Type: a/\u009b31m\r\nAccess-Control-Allow-Origin: \u009b31m\u0090\r\n`;
    return Buffer.concat([Buffer.from(`${head}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n`, "latin1"), body]);
  });
  t.after(server.close);
  assertHarmless(await checkServer(server.origin), "\\u{9b}31m\\u{90}");
  assertHarmless(
    await runCommand(["check-client", "https://app.example.com/client.json", "--at", `${server.origin}/client.json`]),
    "redirects to /\\u{9b}2J\\u{85}",
  );
  assertHarmless(
    await runCommand(["check-client", "https://app.example.com/client.json", "--at", `${server.origin}/other.json`]),
    "its type is a/\\u{9b}31m",
  );
});

test("escape sequences in a document are printed as what they are", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "tokenkeep-hostile-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const document = {
    client_id: acts,
    client_name: acts,
    token_endpoint_auth_method: acts,
    application_type: acts,
    redirect_uris: [acts, `ftp://app.example.com/${acts}`, `https://other.example.com/${acts}`],
    logo_uri: acts,
  };
  await writeFile(join(folder, "client.json"), JSON.stringify(document));
  assertHarmless(
    await runCommand(["check-client", "https://app.example.com/client.json", "--at", join(folder, "client.json")]),
    "ftp://app.example.com/\\u{1b}[2J",
    "\\u{200b}",
  );
  assertHarmless(
    await runCommand(["check-client", "https://app.example.com/client.json", "--at", join(folder, "\u001b[2J")]),
    "\\u{1b}[2J",
  );
});

test("escape sequences in arguments are printed as what they are", async () => {
  const arg = "\u001b[2J\u009b31m\u202e";
  assertHarmless(await runCommand(["check-server", arg, ...asArguments({ "client-id": arg, "redirect-uri": arg })]), "\\u{202e}");
  const { code, output } = await runCommand(["check-server", `--${arg}`]);
  assert.equal(code, 2);
  assert.doesNotMatch(output, unseen);
  assert.match(output, /\\u\{1b\}\[2J/);
});

test("a value is cut where it gets long, and the words after it stay", async (t) => {
  const server = await startOddServer({
    token: () => ({ status: 401, body: { error: "invalid_client", error_description: "x".repeat(500_000) } }),
  });
  t.after(server.close);
  const { wrong } = await checkServer(server.origin);
  assert.ok(wrong[0].length < 1_000, wrong[0].slice(0, 1_000));
  assert.match(wrong[0], /x…\[500017 characters\]: register c as a public client/);
});

test("a list without end comes to a few lines", async (t) => {
  const document = { redirect_uris: Array.from({ length: 20_000 }, (_, nth) => `ftp://app.example.com/${nth}`) };
  const server = await startOddServer({ elsewhere: () => ({ status: 200, body: document }) });
  t.after(server.close);
  const { code, lines, text } = await runCommand([
    "check-client",
    "https://app.example.com/client.json",
    "--at",
    `${server.origin}/client.json`,
  ]);
  assert.equal(code, 1);
  assert.ok(lines.length < 40, `${lines.length} lines`);
  assert.match(text, /FAIL {2}REG-2 {3}and 19990 more like these/);
});
/** Values of other types than they should be, each of which once ended the command or was taken for what it isn't. */
const deep = "[".repeat(10_000) + "]".repeat(10_000);
const things = {
  "a number": "5",
  "an object that can't be text": '{"toString":1}',
  "a list": '["https://as.example/"]',
  "a deep list": deep,
  nothing: "null",
};

for (const [name, value] of Object.entries(things)) {
  test(`${name} where text should be is a finding, and not the end`, async (t) => {
    const members = [
      "authorization_endpoint",
      "token_endpoint",
      "revocation_endpoint",
      "jwks_uri",
      "pushed_authorization_request_endpoint",
      "code_challenge_methods_supported",
      "dpop_signing_alg_values_supported",
    ];
    const list = (names) => names.map((name) => `"${name}":${value}`).join();
    const server = await startOddServer({
      oauth: (reply, { server }) => ({ ...reply, body: `{"issuer":"${server.origin}",${list(members)}}` }),
      openid: (reply) => ({ ...reply, body: `{"issuer":${value}}` }),
      elsewhere: (reply) => ({
        status: 200,
        headers: { "content-type": "application/json" },
        body: `{${list(["client_id", "client_uri", "grant_types", "application_type", "token_endpoint_auth_method"])},"redirect_uris":[${value}]}`,
      }),
    });
    t.after(server.close);
    const answers = [
      await checkServer(server.origin),
      await runCommand(["check-client", "https://app.example.com/client.json", "--at", `${server.origin}/client.json`]),
    ];
    for (const { code, text } of answers) {
      assert.equal(code, 1, text);
      assert.match(text, /\d+ wrong, \d+ to think about$/);
    }
    assert.match(answers[0].text, /FAIL {2}META {4}token_endpoint is .*; it must be an absolute https URL/);
    assert.match(answers[1].text, /FAIL {2}CIMD-2 {2}client_id is /);
  });
}
