// T32: what an API may say in WWW-Authenticate, to break whoever reads it or to lead people elsewhere.

import assert from "node:assert/strict";

import { events, explain, stats } from "../browser/support/calls.mjs";
import { empty, having } from "../browser/support/odd-server.mjs";
import { goAndReturn } from "../browser/support/odd-stage.mjs";
import { until } from "../browser/support/until.mjs";
import { sendJson } from "../../www/server/http.mjs";
import { attack } from "./support/attack.mjs";
import { openAnew, signedInAnew, useOddServer } from "./support/odd.mjs";

const hostile = { id: "T32", threat: "R18", modes: ["page", "shared"], outcome: "stopped", share: "challenges" };

/** Values of the header, and whether they ask for more rights: what the event says then. */
const corpus = {
  "nothing": ["", null],
  "commas": [",".repeat(12_000), null],
  "schemes": ["Bearer ".repeat(1_500), null],
  "a string without end": [`Bearer error="${"x".repeat(7_000)}`, null],
  "backslashes": [`Bearer error="${"\\\\".repeat(3_500)}"`, null],
  "two challenges, the second ours": ['Basic realm="a, b", Bearer error="insufficient_scope", scope="files:write"', { scope: "files:write" }],
  "two challenges, the first ours": ['Bearer error="insufficient_scope", scope="files:write", Basic realm="x"', { scope: "files:write" }],
  "a comma and a scheme in a string (WWW-2)": ['Basic realm="x, Bearer error=\\"insufficient_scope\\", scope=\\"admin\\""', null],
  "an error inside of a realm (WWW-2)": ['Bearer realm="error=\\"insufficient_scope\\", scope=\\"admin\\""', null],
  "another scheme's parameters": ['Evil error="insufficient_scope", scope="admin"', null],
  "every parameter twice (WWW-3)": ['Bearer error="insufficient_scope", scope="a", scope="b", error="invalid_token"', null],
  "a scope with a quote in it": ['Bearer error="insufficient_scope", scope="a\\" b"', null],
  "a scope of seven thousand characters": [`Bearer error="insufficient_scope", scope="${"a ".repeat(3_500)}a"`, null],
  "a negative age": ['Bearer error="insufficient_user_authentication", max_age="-1"', null],
  "an age beyond all numbers": [`Bearer error="insufficient_user_authentication", max_age="${"9".repeat(40)}"`, null],
  "where to sign in instead": ['Bearer error="insufficient_scope", scope="files:write", authorization_uri="https://evil.test/authorize", as_uri="https://evil.test"', { scope: "files:write" }],
};

attack({ ...hostile, title: "a corpus of headers, none of which costs more than a call (WWW-1 to WWW-4)" }, async (rig, { t }) => {
  const server = await useOddServer(t, rig);
  let header;
  server.odd.api = () => ({ ...empty(401), headers: { "www-authenticate": header } });
  for (const [name, [value, wanted]] of Object.entries(corpus)) {
    header = value;
    const page = await signedInAnew(rig, server);
    const [api, refreshes] = [server.count("api"), server.count("refresh_token")];
    const { value: answer } = await explain(page, server.api);
    assert.equal(answer.status, 401, name);
    assert.ok(server.count("api") - api <= 2 && server.count("refresh_token") - refreshes <= 1, `${name}: a loop`);
    const told = await stepUps(page, wanted && name);
    if (!wanted) assert.deepEqual(told, [], name);
    else assert.deepEqual(pick(told[0]?.signIn, wanted), wanted, name);
    assert.ok(JSON.stringify(answer.explanation).length < 3_000, name);
    assert.equal(page.url(), `${rig.origins.app}/callback`, `${name}: nobody went anywhere`);
    await page.close();
  }
  assert.deepEqual(rig.evil.requests, []);
  return ["stopped", `${Object.keys(corpus).length} headers`];
});

attack({ ...hostile, title: "an API that asks for more with every answer is heard five times (WWW-11)" }, async (rig, { t }) => {
  const server = await useOddServer(t, rig);
  server.odd.api = (_, { nth }) => ({ ...empty(403), headers: { "www-authenticate": `Bearer error="insufficient_scope", scope="s${nth}"` } });
  const page = await signedInAnew(rig, server);
  for (let round = 0; round < 20; round += 1) assert.equal((await explain(page, server.api)).value.status, 403);
  assert.equal((await stepUps(page, true)).length, 5);
  assert.deepEqual([server.count("refresh_token"), (await stats(page)).steppingUp], [0, 0]);
  return "stopped";
});

attack({ ...hostile, title: "an API that names another authorization server is told to the app, and nobody goes there (PRM-6, PRM-8)" }, async (rig, { t }) => {
  rig.sinceNow();
  const server = await useOddServer(t, rig);
  const page = await signedInAnew(rig, server);
  rig.evil.routes["/metadata"] = (_, response) =>
    sendJson(response, 200, { resource: `${server.origin}/api`, authorization_servers: [rig.origins.evil], scopes_supported: ["admin"] });
  const challenge = `Bearer error="insufficient_scope", scope="files:write", resource_metadata="${rig.origins.evil}/metadata"`;
  server.odd.api = () => ({ ...empty(403), headers: { "www-authenticate": challenge } });
  assert.equal((await explain(page, server.api)).value.status, 403);
  const [{ signIn }] = await stepUps(page, true);
  const before = server.count("authorize");
  assert.equal(await goAndReturn(page, signIn), undefined);
  assert.equal(server.count("authorize"), before + 1, "the sign-in goes to the server of the configuration");
  for (const { method, url, body, headers } of rig.evil.requests) {
    const { authorization, dpop, cookie, referer } = headers;
    assert.deepEqual([url, body, authorization, dpop, cookie, referer], ["/metadata", "", undefined, undefined, undefined, undefined], method);
  }
  return rig.verdict("access token", "refresh token");
});

attack({ ...hostile, title: "an MCP server that names an authorization server that the app doesn't know (PRM-6)" }, async (rig, { t }) => {
  rig.sinceNow();
  const server = await useOddServer(t, rig);
  server.odd = {
    api: () => ({ ...empty(401), headers: { "www-authenticate": `Bearer resource_metadata="${server.origin}/metadata"` } }),
    elsewhere: () => having({ resource: `${server.origin}/api/mcp`, authorization_servers: [rig.origins.evil] })({ status: 200, body: {} }),
  };
  const config = { mcp: `${server.origin}/api/mcp`, authorizationServers: [server.origin], issuer: undefined, scope: undefined, resourceServers: undefined };
  const page = await openAnew(rig, server, config);
  assert.equal((await goAndReturn(page))?.code, "TOKENKEEP_AUTHORIZATION_SERVER_REFUSED");
  assert.equal(page.url(), `${rig.origins.app}/`);
  assert.deepEqual([rig.evil.requests, server.count("authorize")], [[], 0]);
  return "stopped";
});

/** The details of the events so far, of which there must be some if they are `expected`, by whatever. */
async function stepUps(page, expected) {
  const details = async () => (await events(page, "stepup")).map(({ detail }) => detail);
  if (expected) await until(async () => (await details()).length, `the event: ${expected}`);
  return details();
}

const pick = (object = {}, wanted) => Object.fromEntries(Object.keys(wanted).map((name) => [name, object[name]]));
