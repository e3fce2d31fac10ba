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

/** Values of the header, and if they ask for more rights: what the event says then. Nobody is told the same twice. */
const corpus = {
  nothing: ["", null],
  commas: [",".repeat(12_000), null],
  schemes: ["Bearer ".repeat(1_500), null],
  "a string without end": [`Bearer error="${"x".repeat(7_000)}`, null],
  backslashes: [`Bearer error="${"\\\\".repeat(3_500)}"`, null],
  "two challenges, the second ours": ['Basic realm="a, b", Bearer error="insufficient_scope", scope="s1"', { scope: "s1" }],
  "two challenges, the first ours": ['Bearer error="insufficient_scope", scope="s2", Basic realm="x"', { scope: "s2" }],
  "a comma and a scheme in a string (WWW-2)": ['Basic realm="x, Bearer error=\\"insufficient_scope\\", scope=\\"admin\\""', null],
  "an error inside of a realm (WWW-2)": ['Bearer realm="error=\\"insufficient_scope\\", scope=\\"admin\\""', null],
  "another scheme's parameters": ['Evil error="insufficient_scope", scope="admin"', null],
  "every parameter twice (WWW-3)": ['Bearer error="insufficient_scope", scope="a", scope="b", error="invalid_token"', null],
  "a scope with a quote in it": ['Bearer error="insufficient_scope", scope="a\\" b"', null],
  "a scope of seven thousand characters": [`Bearer error="insufficient_scope", scope="${"a ".repeat(3_500)}a"`, null],
  "a negative age": ['Bearer error="insufficient_user_authentication", max_age="-1"', null],
  "an age beyond all numbers": [`Bearer error="insufficient_user_authentication", max_age="${"9".repeat(40)}"`, null],
  "where to sign in instead": [
    'Bearer error="insufficient_scope", scope="s3", authorization_uri="https://evil.test/authorize", as_uri="https://evil.test"',
    { scope: "s3" },
  ],
};

attack({ ...hostile, title: "a corpus of headers, none of which costs more than a call (WWW-1 to WWW-4)" }, async (rig, { t }) => {
  const server = await useOddServer(t, rig);
  let header;
  server.odd.api = () => ({ ...empty(401), headers: { "www-authenticate": header } });
  const page = await signedInAnew(rig, server);
  const expected = [];
  for (const [name, [value, wanted]] of Object.entries(corpus)) {
    header = value;
    const [api, refreshes] = [server.count("api"), server.count("refresh_token")];
    const { value: answer } = await explain(page, server.api);
    assert.equal(answer.status, 401, name);
    assert.ok(server.count("api") - api <= 2 && server.count("refresh_token") - refreshes <= 1, `${name}: a loop`);
    if (wanted) expected.push(wanted);
    await until(async () => (await events(page, "stepup")).length >= expected.length, `the event: ${name}`);
    assert.deepEqual(
      (await events(page, "stepup")).map(({ detail: { signIn } }) => signIn),
      expected,
      name,
    );
    assert.ok(JSON.stringify(answer.explanation).length < 3_000, name);
  }
  assert.equal(page.url(), `${rig.origins.app}/callback`, "nobody went anywhere");
  assert.deepEqual(rig.evil.requests, []);
  return ["stopped", `${Object.keys(corpus).length} headers`];
});

attack({ ...hostile, title: "an API that asks for more with every answer is heard five times (WWW-11)" }, async (rig, { t }) => {
  const server = await useOddServer(t, rig);
  server.odd.api = (_, { nth }) => ({
    ...empty(403),
    headers: { "www-authenticate": `Bearer error="insufficient_scope", scope="s${nth}"` },
  });
  const page = await signedInAnew(rig, server);
  for (let round = 0; round < 20; round += 1) assert.equal((await explain(page, server.api)).value.status, 403);
  assert.equal((await stepUps(page)).length, 5);
  assert.deepEqual([server.count("refresh_token"), (await stats(page)).steppingUp], [0, 0]);
  return "stopped";
});

attack(
  { ...hostile, title: "an API that names another authorization server is told to the app, and nobody goes there (PRM-6, PRM-8)" },
  async (rig, { t }) => {
    rig.sinceNow();
    const server = await useOddServer(t, rig);
    const page = await signedInAnew(rig, server);
    rig.evil.routes["/metadata"] = (_, response) =>
      sendJson(response, 200, { resource: `${server.origin}/api`, authorization_servers: [rig.origins.evil], scopes_supported: ["admin"] });
    const challenge = `Bearer error="insufficient_scope", scope="files:write", resource_metadata="${rig.origins.evil}/metadata"`;
    server.odd.api = () => ({ ...empty(403), headers: { "www-authenticate": challenge } });
    assert.equal((await explain(page, server.api)).value.status, 403);
    const [{ signIn }] = await stepUps(page);
    const before = server.count("authorize");
    assert.equal(await goAndReturn(page, signIn), undefined);
    assert.equal(server.count("authorize"), before + 1, "the sign-in goes to the server of the configuration");
    for (const { method, url, body, headers } of rig.evil.requests) {
      const { authorization, dpop, cookie, referer } = headers;
      assert.deepEqual(
        [url, body, authorization, dpop, cookie, referer],
        ["/metadata", "", undefined, undefined, undefined, undefined],
        method,
      );
    }
    return rig.verdict("access token", "refresh token");
  },
);

attack({ ...hostile, title: "an MCP server that names an authorization server that the app doesn't know (PRM-6)" }, async (rig, { t }) => {
  rig.sinceNow();
  const server = await useOddServer(t, rig);
  server.odd = {
    api: () => ({ ...empty(401), headers: { "www-authenticate": `Bearer resource_metadata="${server.origin}/metadata"` } }),
    elsewhere: () => having({ resource: `${server.origin}/api/mcp`, authorization_servers: [rig.origins.evil] })({ status: 200, body: {} }),
  };
  const config = {
    mcp: `${server.origin}/api/mcp`,
    authorizationServers: [server.origin],
    issuer: undefined,
    scope: undefined,
    resourceServers: undefined,
  };
  const page = await openAnew(rig, server, config);
  assert.equal((await goAndReturn(page))?.code, "TOKENKEEP_AUTHORIZATION_SERVER_REFUSED");
  assert.equal(page.url(), `${rig.origins.app}/`);
  assert.deepEqual([rig.evil.requests, server.count("authorize")], [[], 0]);
  return "stopped";
});

/** The details of the events so far, of which there will be some. */
async function stepUps(page) {
  await until(async () => (await events(page, "stepup")).length, "the event");
  return (await events(page, "stepup")).map(({ detail }) => detail);
}
