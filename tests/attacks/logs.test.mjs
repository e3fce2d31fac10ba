// T34: every failing path at full log level. Whatever an app writes down, no secret is in it.

import assert from "node:assert/strict";

import { codeOf, events, resume, session } from "../browser/support/calls.mjs";
import { empty, having, html, refusal } from "../browser/support/odd-server.mjs";
import { goAndReturn, signInOddly } from "../browser/support/odd-stage.mjs";
import { until } from "../browser/support/until.mjs";
import { everythingToLog, keepReports, tapConsole } from "./scripts/logs.mjs";
import { attack } from "./support/attack.mjs";
import { openAnew, useOddServer } from "./support/odd.mjs";

const logs = { id: "T34", threat: "R6, S1", modes: ["page", "shared"] };
const challenge = (text) => ({ "www-authenticate": `Bearer ${text}` });

/** What goes wrong: what the server does from then on, and what the page does about it. */
const failures = {
  "a code that is refused": { token: () => refusal(400, "invalid_grant"), act: signInAgain },
  "a token endpoint in ruins": { token: () => html(502), act: signInAgain },
  "a token response that is no good": { token: having({ token_type: "mac" }), act: signInAgain },
  "a token that is no token": { token: (reply) => having({ access_token: `${reply.body.access_token} x` })(reply), act: signInAgain },
  "a forged ID token": { token: (reply) => having({ id_token: `${reply.body.id_token}x` })(reply), act: signInAgain },
  "a response with another state": { act: (rig, page) => comeBackWith(rig, page, /state=[^&]*/, `state=${"A".repeat(43)}`) },
  "a response of another issuer": { act: (rig, page) => comeBackWith(rig, page, /iss=[^&]*/, "iss=https%3A%2F%2Fevil.test") },
  "a response with everything twice": { act: (rig, page) => comeBackWith(rig, page, /\?(.*)$/, "?$1&$1") },
  "a response with tokens": { act: (rig, page) => comeBackWith(rig, page, /$/, "#access_token=x") },
  "a refresh that fails": { token: () => html(200), act: failToRefresh },
  "an API that refuses": { api: () => ({ ...empty(401), headers: challenge('error="invalid_token"') }), act: callTwice },
  "an API that wants more": {
    api: () => ({ ...empty(403), headers: challenge('error="insufficient_scope", scope="admin"') }),
    act: callTwice,
  },
  "an API that is busy": { api: () => ({ ...empty(429), headers: { "retry-after": "999999" } }), act: callTwice },
  "a grant that is revoked": { token: () => refusal(400, "invalid_grant"), act: loseGrant },
};

attack(
  { ...logs, title: "every failing path, with the audit log on and sent away (LOG-1, LOG-2, LOG-3, LOG-5)", outcome: "stopped" },
  async (rig, { t }) => {
    const { server, page } = await startLogged(t, rig);
    const words = [];
    for (const [name, { act, ...oddities }] of Object.entries(failures)) {
      server.odd = {};
      await page.goto(rig.origins.app);
      assert.ok((await signInOddly(page)).value, name);
      server.odd = oddities;
      words.push(await act(rig, page, server));
      const { origins } = rig;
      const targets = { url: server.api, refused: `${origins.evil}/x`, redirected: `${server.origin}/api/redirect` };
      words.push(await rig.inject(page, everythingToLog, targets));
    }
    const { revocation } = await page.evaluate(() => app.auth.signOut());
    words.push(revocation, ...rig.console);
    await until(() => rig.evil.requests.some(({ url, body }) => url === "/audit" && body.includes("signedout")), "the audit log");
    const text = words.join("\n");
    for (const known of ["TOKENKEEP_TOKEN_ERROR", "TOKENKEEP_STATE_MISMATCH", "TOKENKEEP_ID_TOKEN_INVALID", "insufficient_scope"])
      assert.ok(text.includes(known), `${known}: that path was not taken`);
    const secrets = ["access token", "refresh token", "code", "code verifier", "state", "nonce", "proof"];
    for (const name of secrets) assert.ok(rig.secrets(name).length > 0, `no ${name} was at stake`);
    assert.deepEqual(rig.found(text, ...secrets), []);
    assert.deepEqual(rig.stolen(), []);
    assert.deepEqual(
      rig.evil.requests.filter(({ url }) => url === "/console").map(({ body }) => body),
      [],
      "the holder's console",
    );
    return ["stopped", `${Object.keys(failures).length} failures`];
  },
);

/** The app with a holder that has nothing to hide: its audit log and its console go to the attacker. */
async function startLogged(t, rig) {
  const server = await useOddServer(t, rig);
  bindTokens(server);
  const { evil } = rig.origins;
  await rig.plant(keepReports);
  const page = await openAnew(rig, server, {
    scope: "openid files:read",
    auditLimit: 5_000,
    auditSink: `${evil}/audit`,
    queueTimeout: 2_000,
  });
  rig.shown.config = `((${tapConsole})("${evil}/console"), ${rig.shown.config})`;
  followSecrets(rig, server);
  await page.goto("about:blank");
  return { server, page };
}

/** Its tokens are bound to a key, so that there are proofs. */
function bindTokens(server) {
  const [grant, metadata] = [server.grant.bind(server), server.metadata.bind(server)];
  server.grant = (nonce) => having({ token_type: "DPoP" })(grant(nonce));
  server.metadata = () => ({ ...metadata(), dpop_signing_alg_values_supported: ["ES256"] });
}

/** What passes the server is what must be in no log. */
function followSecrets(rig, server) {
  const handle = server.handle.bind(server);
  server.handle = async (request, response) => {
    await handle(request, response);
    const { params, headers } = server.requests.at(-1) ?? { params: {}, headers: {} };
    const { code, code_verifier: verifier, state, nonce } = params;
    for (const [name, value] of Object.entries({ code, "code verifier": verifier, state, nonce, proof: headers.dpop }))
      rig.addSecret(name, value);
  };
}

async function signInAgain(rig, page) {
  await page.goto(rig.origins.app);
  await goAndReturn(page);
  return JSON.stringify((await resume(page)).error);
}

async function comeBackWith(rig, page, pattern, text) {
  await page.goto(rig.origins.app);
  await goAndReturn(page);
  await page.goto(page.url().replace(pattern, text));
  return JSON.stringify((await resume(page)).error);
}

async function failToRefresh(rig, page, server) {
  server.expire();
  return codeOf(page, server.api);
}

async function callTwice(rig, page, server) {
  return `${await codeOf(page, server.api)} ${await codeOf(page, server.api, { method: "POST", body: "x" })}`;
}

async function loseGrant(rig, page, server) {
  server.expire();
  await codeOf(page, server.api);
  assert.equal(await session(page), null);
  return JSON.stringify(await events(page, "signedout"));
}

const echo = (error, description) => ({ status: 400, body: { error, error_description: description } });

/** What a server says that repeats what it was sent. */
const echoes = {
  "a refused code": { token: (_, { params }) => echo("invalid_grant", `${params.code} ${params.code_verifier}`), act: signInAgain },
  "a refused client": { token: (_, { params }) => echo("invalid_client", params.refresh_token), act: failToRefresh },
};

attack({ ...logs, title: "a server whose errors repeat the secrets that it was sent", outcome: "stopped" }, async (rig, { t }) => {
  const { server, page } = await startLogged(t, rig);
  const found = [];
  for (const [name, { act, ...oddities }] of Object.entries(echoes)) {
    server.odd = {};
    await page.goto(rig.origins.app);
    assert.ok((await signInOddly(page)).value, name);
    server.odd = oddities;
    const told = await act(rig, page, server);
    const { error } = await page.evaluate((url) => app.send(url), server.api);
    found.push(...rig.found(`${told} ${JSON.stringify(error)}`, "code", "code verifier", "refresh token").map((one) => `${name}: ${one}`));
  }
  assert.deepEqual(found, []);
  return "stopped";
});
