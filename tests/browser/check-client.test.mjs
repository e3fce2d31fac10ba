// `npx tokenkeep check-client`, as the packed package has it, against documents on a server of this machine.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { installPackage } from "../../scripts/lib/pack.mjs";
import { listen, sendJson, urlOf } from "../../www/server/http.mjs";
import { cert, key } from "./support/certificate.mjs";
import { runCommand } from "./support/command.mjs";
import { test } from "./support/test.mjs";

const url = "https://app.example.com/client.json";
const good = {
  client_id: url,
  client_name: "Files",
  client_uri: "https://app.example.com/",
  application_type: "web",
  redirect_uris: ["https://app.example.com/callback"],
  grant_types: ["authorization_code", "refresh_token"],
  response_types: ["code"],
  token_endpoint_auth_method: "none",
};

test("a good document passes (CIMD-1, CIMD-2, CIMD-3, CIMD-5, MCP-12, MCP-15)", async (t) => {
  const { code, lines } = await check(t, good);
  assert.equal(code, 0, lines.join("\n"));
  assert.deepEqual(rows(lines, "ok  "), ["CIMD-1", "CIMD-2", "CIMD-2", "CIMD-3", "CIMD-5", "MCP-12", "MCP-15", "REG-2"]);
  assert.equal(lines.at(-1), "0 wrong, 0 to think about");
});

/** What may be wrong with the document: the change, the row and a word of the line. */
const faults = {
  "another client_id": [{ client_id: `${url}?v=1` }, "CIMD-2", /must be "https:\/\/app.example.com\/client.json"/],
  "no client_id": [{ client_id: undefined }, "CIMD-2", /client_id is undefined/],
  "a secret": [{ client_secret: "s" }, "CIMD-3", /client_secret has no place/],
  "a secret's end": [{ client_secret_expires_at: 0 }, "CIMD-3", /client_secret_expires_at/],
  "a method with a secret": [{ token_endpoint_auth_method: "client_secret_basic" }, "CIMD-3", /must be "none"/],
  "no method": [{ token_endpoint_auth_method: undefined }, "CIMD-3", /is missing; it must be "none"/],
  "5 KB and more": [{ padding: "x".repeat(5_000) }, "CIMD-5", /servers take 5120/],
  "no redirect_uris": [{ redirect_uris: undefined }, "REG-2", /at least one/],
  "a redirect_uri on http": [{ redirect_uris: ["http://app.example.com/callback"] }, "REG-2", /must be https/],
  "a redirect_uri with a fragment": [{ redirect_uris: ["https://app.example.com/#x"] }, "REG-2", /without fragment/],
  "a redirect_uri that is none": [{ redirect_uris: [5] }, "REG-2", /5 is no absolute URL/],
  "no authorization_code": [{ grant_types: ["refresh_token"] }, "MCP-15", /must have authorization_code/],
  "no code": [{ response_types: ["token"] }, "MCP-15", /must have code/],
  "a logo on http": [{ logo_uri: "http://app.example.com/logo.png" }, "CIMD-3", /logo_uri must be an https URL/],
};

for (const [name, [change, row, word]] of Object.entries(faults)) {
  test(`a document with ${name} fails (${row})`, async (t) => {
    const { code, lines } = await check(t, { ...good, ...change });
    const wrong = lines.filter((line) => line.startsWith("FAIL"));
    assert.deepEqual([code, wrong.length], [1, 1], lines.join("\n"));
    assert.match(wrong[0], word);
    assert.ok(wrong[0].includes(row));
  });
}

const doubts = {
  "no refresh_token (MCP-15)": [{ grant_types: ["authorization_code"] }, /sessions end with their first token/],
  "no grant_types (MCP-15)": [{ grant_types: undefined }, /should have refresh_token/],
  "no application_type (MCP-12)": [{ application_type: undefined }, /say "web"/],
  "another application_type (MCP-12)": [{ application_type: "native" }, /should be "web"/],
  "a redirect_uri elsewhere": [{ redirect_uris: ["https://other.example.com/callback"] }, /another origin/],
  "no name": [{ client_name: undefined }, /shown the URL/],
};

for (const [name, [change, word]] of Object.entries(doubts)) {
  test(`a document with ${name} is worth a thought and passes`, async (t) => {
    const { code, lines } = await check(t, { ...good, ...change });
    const warnings = lines.filter((line) => line.startsWith("warn"));
    assert.deepEqual([code, warnings.length], [0, 1], lines.join("\n"));
    assert.match(warnings[0], word);
  });
}

/** How the document may be served. */
const servings = {
  "a redirect": [(response) => response.writeHead(302, { location: "/other.json" }).end(), /redirects to \/other.json/],
  404: [(response) => response.writeHead(404).end(), /answered with 404/],
  HTML: [(response) => response.writeHead(200, { "content-type": "text/html" }).end("<h1>app</h1>"), /its type is text\/html/],
  "no object": [(response) => sendJson(response, 200, [good]), /not a JSON object/],
  "broken JSON": [(response) => response.writeHead(200, { "content-type": "application/json" }).end("{"), /not a JSON/],
  "a megabyte": [(response) => response.writeHead(200).end("x".repeat(2 ** 20 + 1)), /more than 1048576 bytes/],
};

for (const [name, [answer, word]] of Object.entries(servings)) {
  test(`a document that is served as ${name} fails (CIMD-2)`, async (t) => {
    const { code, lines } = await checkServed(t, answer);
    assert.equal(code, 1);
    assert.match(
      lines.find((line) => line.startsWith("FAIL")),
      word,
    );
  });
}

const addresses = {
  "http://app.example.com/client.json": /must be https/,
  "https://app.example.com/": /needs a path/,
  "https://app.example.com": /needs a path/,
  "https://app.example.com/a/../client.json": /\. or \.\. among/,
  "https://app.example.com/%2e%2E/client.json": /\. or \.\. among/,
  "https://app.example.com/client.json#x": /fragment/,
  "https://user@app.example.com/client.json": /user name/,
  "HTTPS://APP.example.com/client.json": /as browsers do: https:\/\/app.example.com\/client.json/,
  "client.json": /no absolute URL/,
};

for (const [address, word] of Object.entries(addresses)) {
  test(`${address} can't be a client id (CIMD-1)`, async (t) => {
    const { code, lines } = await check(t, { ...good, client_id: address }, address);
    assert.equal(code, 1);
    assert.match(lines.filter((line) => line.startsWith("FAIL")).join("\n"), word);
  });
}

test("a file is checked before it is deployed", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "tokenkeep-client-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, "client.json"), JSON.stringify(good));
  assert.equal((await run([url, "--at", join(folder, "client.json")])).code, 0);
  assert.equal((await run([url, "--at", join(folder, "none.json")])).code, 1);
});

test("a document is asked for at its own URL over TLS (CIMD-2)", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "tokenkeep-client-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, "ca.pem"), cert);
  const requests = [];
  const server = createServer({ key, cert }, (request, response) => {
    requests.push([request.url, request.headers.cookie]);
    const own = `https://localhost:${server.address().port}/client.json`;
    sendJson(response, 200, { ...good, client_id: own, redirect_uris: [new URL("/callback", own).href] });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const own = `https://localhost:${server.address().port}/client.json`;
  const { code, lines } = await run([own], { NODE_EXTRA_CA_CERTS: join(folder, "ca.pem") });
  assert.deepEqual([code, requests], [0, [["/client.json", undefined]]], lines.join("\n"));
  assert.match(lines.join("\n"), /can't reach this host/);
});

test("an authorization server is asked whether it takes such documents (CIMD-4)", async (t) => {
  for (const [member, expected] of [
    [{ client_id_metadata_document_supported: true }, 0],
    [{}, 1],
  ]) {
    const place = await serve(t, (response) => sendJson(response, 200, good));
    const issuer = await serve(t, (response, { pathname }, origin) => {
      if (pathname !== "/.well-known/openid-configuration") return response.writeHead(404).end();
      return sendJson(response, 200, { issuer: origin, ...member });
    });
    const { code, lines } = await run([url, "--at", place, "--server", issuer]);
    assert.equal(code, expected);
    assert.equal(lines.filter((line) => line.includes("CIMD-4")).length, 1);
  }
});

test("an authorization server has a URL that can be asked (CIMD-4)", async (t) => {
  const place = await serve(t, (response) => sendJson(response, 200, good));
  for (const issuer of ["nowhere", "ftp://as.example.com", pathToFileURL(import.meta.dirname).href]) {
    const { code, lines } = await run([url, "--at", place, "--server", issuer]);
    assert.equal(code, 1);
    assert.match(
      lines.find((line) => line.startsWith("FAIL")),
      /is no issuer's URL$/,
    );
  }
});

test("called in another way it says how it is called", async () => {
  for (const args of [[], ["--wrong"], [url, "more"]]) {
    const { code, output } = await run(args);
    assert.equal(code, 2);
    assert.match(output, /npx tokenkeep check-client <url>/);
  }
  assert.equal((await run(["--help"])).code, 0);
});

test("the package names the command, and it needs nothing but Node", async () => {
  const installed = await installPackage(import.meta.dirname);
  const { bin } = JSON.parse(await readFile(join(installed, "package.json"), "utf8"));
  const script = await readFile(join(installed, bin.tokenkeep), "utf8");
  assert.match(script, /^#!\/usr\/bin\/env node\n/);
});

const check = (t, document, address = url) => checkServed(t, (response) => sendJson(response, 200, document), address);

async function checkServed(t, answer, address = url) {
  return run([address, "--at", await serve(t, answer)]);
}

/** A server of this machine that answers like this; its origin. */
async function serve(t, answer) {
  let origin;
  const { port, close } = await listen((request, response) => answer(response, urlOf(request), origin));
  t.after(close);
  origin = `http://127.0.0.1:${port}`;
  return origin;
}

const run = (args, env) => runCommand(["check-client", ...args], env);

const rows = (lines, mark) =>
  lines
    .filter((line) => line.startsWith(mark))
    .map((line) => line.split(/\s+/)[1])
    .sort();
