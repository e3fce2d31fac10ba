// Whom the package's command asks: who was named, and not whoever a server names.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { cert, key } from "./support/certificate.mjs";
import { asArguments, runCommand } from "./support/command.mjs";
import { having, startOddServer } from "./support/odd-server.mjs";
import { startRawServer } from "./support/raw-server.mjs";
import { test } from "./support/test.mjs";

const redirectUri = "http://127.0.0.1:9/callback";
const check = (issuer, more, env) =>
  runCommand(["check-server", issuer, ...asArguments({ "client-id": "c", "redirect-uri": redirectUri, ...more })], env);

const members = ["authorization_endpoint", "token_endpoint", "revocation_endpoint", "jwks_uri", "pushed_authorization_request_endpoint"];
const allAt = (origin) => Object.fromEntries(members.map((name) => [name, `${origin}/${name}`]));

/** Has every name lead to this machine, so that a server of it can have a public name. */
const everyNameIsHere = `import dns from "node:dns"; dns.lookup = (_, options, done) => options.all ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4);`;
const publicNames = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(everyNameIsHere)}` };

/** A server whose metadata has these members besides, by `http://127.0.0.1` or by the name. */
async function startIssuer(t, change, name = "127.0.0.1") {
  const renamed = (reply, { server }) => having({ issuer: server.origin.replace("127.0.0.1", name), ...change })(reply);
  const server = await startOddServer({ oauth: renamed, openid: renamed });
  t.after(server.close);
  return { server, issuer: server.origin.replace("127.0.0.1", name) };
}

async function startOther(t) {
  const server = await startRawServer(
    () => "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
  );
  t.after(server.close);
  return server;
}

/** One over TLS, which calls itself localhost; what it was asked, and what makes a command trust it. */
async function startSecure(t) {
  const folder = await mkdtemp(join(tmpdir(), "tokenkeep-hosts-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, "ca.pem"), cert);
  const asked = [];
  const server = createServer({ key, cert }, ({ url }, response) => {
    asked.push(url.replace(/\?.*/, ""));
    response.writeHead(200, { "access-control-allow-origin": "*" }).end("{}");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return { port: server.address().port, asked, trust: { NODE_EXTRA_CA_CERTS: join(folder, "ca.pem") } };
}

test("endpoints on another origin are not asked unless it was named, and a warning says which", async (t) => {
  const [other, third] = [await startOther(t), await startOther(t)];
  const { issuer } = await startIssuer(t, { ...allAt(other.origin), jwks_uri: `${third.origin}/jwks` });

  for (const more of [{}, { "follow-hosts": true }]) {
    const { code, doubts, text } = await check(issuer, more);
    assert.equal(code, 0, text);
    assert.deepEqual([other.asked(), third.asked()], [0, 0]);
    const told = doubts.filter((line) => line.includes("HOSTS"));
    assert.equal(told.length, 2, text);
    assert.ok(told[0].includes(`${other.origin} is not asked`), told[0]);
    assert.match(
      told[0],
      /names it for authorization_endpoint, token_endpoint, revocation_endpoint, pushed_authorization_request_endpoint/,
    );
    assert.match(told[0], new RegExp(`--also-ask ${other.origin} `));
  }

  await check(issuer, { "also-ask": third.origin });
  assert.deepEqual([other.asked(), third.asked()], [0, 1]);
  const { text } = await check(issuer, { "also-ask": [other.origin, `${third.origin}/whatever`] });
  assert.doesNotMatch(text, /HOSTS/);
  assert.ok(other.asked() >= 4, text);
  assert.equal(third.asked(), 2);
});

test("told to follow, it asks hosts over TLS, and another port is another host", async (t) => {
  const { port, asked, trust } = await startSecure(t);
  const { issuer } = await startIssuer(t, {
    token_endpoint: `https://localhost:${port}/token`,
    jwks_uri: `https://localhost:${port}/jwks`,
  });
  const without = await check(issuer, {}, trust);
  assert.deepEqual(asked, []);
  assert.match(
    without.doubts.join("\n"),
    new RegExp(`HOSTS +https://localhost:${port} is not asked.*--also-ask https://localhost:${port} or --follow-hosts`),
  );

  const { text } = await check(issuer, { "follow-hosts": true }, trust);
  assert.deepEqual(asked.toSorted(), ["/jwks", "/token"], text);
  assert.doesNotMatch(text, /HOSTS/);
});

test("a public server leads nobody to this machine or this network, told to follow or not", async (t) => {
  const [other, { port, asked, trust }] = [await startOther(t), await startSecure(t)];
  const { port: plain } = new URL(other.origin);
  const env = { ...publicNames, ...trust };
  const { issuer, server } = await startIssuer(t, {}, "as.example.com");
  const answers = async (hosts, more) => {
    const named = Object.fromEntries(members.map((name, nth) => [name, hosts[nth]]));
    const changed = (reply) => having({ issuer, ...named })(reply);
    Object.assign(server.odd, { oauth: changed, openid: changed });
    return check(issuer, more, env);
  };

  const loopback = [
    `https://localhost:${port}/`,
    `https://127.0.0.1:${port}/`,
    `http://127.0.0.1:${plain}/`,
    `https://127.1:${port}/`,
    `https://2130706433:${port}/`,
  ];
  const mapped = [
    `https://[::ffff:127.0.0.1]:${port}/`,
    `https://[::1]:${port}/`,
    `https://app.localhost:${port}/`,
    `https://localhost.:${port}/`,
    `http://as.example.com:${plain}/`,
  ];
  const home = ["https://10.0.0.1/", "https://192.168.0.1/", "https://172.31.0.1/", "https://169.254.169.254/", "https://100.64.0.1/"];
  const more = ["https://router/", "https://printer.local/", "https://wiki.internal/", "https://[fd00::1]/", "https://[fe80::1]/"];
  const rest = ["https://0.0.0.0/", "https://[::]/", "https://[64:ff9b::7f00:1]/", "https://224.0.0.1/", "https://nas.home.arpa/"];
  for (const hosts of [loopback, mapped, home, more, rest]) {
    const { doubts, text } = await answers(hosts, { "follow-hosts": true });
    const told = doubts.filter((line) => /HOSTS .*only --also-ask/.test(line));
    const origins = new Set(hosts.map((host) => new URL(host).origin));
    assert.equal(told.length, origins.size, text);
    assert.doesNotMatch(text, /can't be (had|asked)/);
  }
  assert.deepEqual([other.asked(), asked], [0, []]);

  const { text } = await answers(loopback, { "also-ask": `https://localhost:${port}` });
  assert.deepEqual([...new Set(asked)], ["/"], text);
});

test("a public name that leads to this machine gets no request: TLS ends it", async (t) => {
  const { port, asked, trust } = await startSecure(t);
  const { issuer } = await startIssuer(t, { token_endpoint: `https://rebound.example.com:${port}/token` }, "as.example.com");
  const { wrong } = await check(issuer, { "follow-hosts": true }, { ...publicNames, ...trust });
  assert.match(wrong.join("\n"), /the token endpoint can't be had: .*rebound\.example\.com/);
  assert.deepEqual(asked, []);
});

test("check-client asks for the document and the server's metadata, and nothing that they name", async (t) => {
  const other = await startOther(t);
  const client = "https://app.example.com/client.json";
  const { issuer, server } = await startIssuer(t, { ...allAt(other.origin), client_id_metadata_document_supported: true });
  server.odd.elsewhere = () => ({
    status: 200,
    body: {
      client_id: client,
      redirect_uris: [`${other.origin}/`],
      ...Object.fromEntries(
        ["client_uri", "logo_uri", "jwks_uri", "tos_uri", "policy_uri"].map((name) => [name, `${other.origin}/${name}`]),
      ),
    },
  });
  const { text } = await runCommand(["check-client", client, ...asArguments({ at: `${server.origin}/client.json`, server: issuer })]);
  assert.match(text, /takes metadata documents/);

  const redirect = () => ({ status: 302, headers: { location: `${other.origin}/` } });
  Object.assign(server.odd, { oauth: redirect, openid: redirect, elsewhere: redirect });
  assert.equal(
    (await runCommand(["check-client", client, ...asArguments({ at: `${server.origin}/client.json`, server: issuer })])).code,
    1,
  );
  assert.equal(other.asked(), 0);
});

test("a host that is none is told before anybody is asked", async (t) => {
  const { server, issuer } = await startIssuer(t, {});
  for (const host of ["other.example", "ftp://other.example", ""]) {
    const { code, wrong } = await check(issuer, { "also-ask": [issuer, host] });
    assert.equal(code, 1);
    assert.match(wrong.join(), /^FAIL {2}CALL {4}--also-ask is ".*", which is no absolute URL of http or https$/);
  }
  assert.equal(server.requests.length, 0);
});
