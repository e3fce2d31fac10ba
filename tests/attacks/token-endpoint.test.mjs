// T25: a token endpoint that sends codes and refresh tokens on to another host.

import assert from "node:assert/strict";

import { endOfSend, events, resume, session, startSend } from "../browser/support/calls.mjs";
import { empty } from "../browser/support/odd-server.mjs";
import { goAndReturn } from "../browser/support/odd-stage.mjs";
import { until } from "../browser/support/until.mjs";
import { sendJson } from "../../www/server/http.mjs";
import { attack } from "./support/attack.mjs";
import { openAnew, signedInAnew, useOddServer } from "./support/odd.mjs";

const redirection = { id: "T25", threat: "R11", modes: ["page", "shared"], outcome: "stopped", share: "redirects" };
const statuses = [301, 302, 303, 307, 308];

const onward =
  (rig, status, path = "/token") =>
  () => ({ ...empty(status), headers: { location: `${rig.origins.evil}${path}` } });

/** What the attacker would answer with, if it were asked. */
function listen(rig) {
  rig.sinceNow();
  const tokens = { access_token: "planted", token_type: "Bearer", refresh_token: "planted", expires_in: 600 };
  rig.evil.routes["/token"] = (_, response) => sendJson(response, 200, tokens);
}

attack({ ...redirection, title: `the code, answered with ${statuses.join(", ")} (TOK-6)` }, async (rig, { t }) => {
  listen(rig);
  const server = await useOddServer(t, rig);
  const page = await openAnew(rig, server);
  for (const status of statuses) {
    server.odd.token = onward(rig, status);
    await goAndReturn(page);
    assert.equal((await resume(page)).error?.code, "TOKENKEEP_TOKEN_ENDPOINT_BLOCKED", `${status}`);
    assert.equal(await session(page), null);
  }
  const codes = server.requests.map(({ params }) => params.code).filter((code, at) => code && server.requests[at].endpoint === "token");
  assert.deepEqual([codes.length, new Set(codes).size], [5, 5], "each code once");
  return gotNothing(rig, codes);
});

attack({ ...redirection, title: `the refresh token, answered with ${statuses.join(", ")} (TOK-6, REF-7)` }, async (rig, { t }) => {
  listen(rig);
  const server = await useOddServer(t, rig);
  const page = await signedInAnew(rig, server);
  for (const [index, status] of statuses.entries()) {
    const before = server.count("refresh_token");
    server.expire();
    // In the place of the honest endpoint, which would use the token up.
    server._token = onward(rig, status);
    await startSend(page, server.api);
    await until(async () => (await events(page, "refreshfailed")).length > index, "the failure");
    delete server._token;
    const { value, error } = await endOfSend(page);
    assert.equal(value?.status, 200, `${status}: ${JSON.stringify(error)}`);
    const sent = server.requests
      .map(({ params }) => params.refresh_token)
      .filter(Boolean)
      .slice(before);
    assert.deepEqual([sent.length > 1, new Set(sent).size], [true, 1], "the refresh token is kept");
  }
  assert.deepEqual(await events(page, "signedout"), []);
  return gotNothing(rig);
});

attack({ ...redirection, title: "the token that is to be revoked, and the look-up of keys (TOK-6)" }, async (rig, { t }) => {
  listen(rig);
  const server = await useOddServer(t, rig);
  for (const status of statuses) {
    server.odd = { revoke: onward(rig, status) };
    const page = await signedInAnew(rig, server);
    assert.deepEqual(await page.evaluate(() => app.auth.signOut()), { revocation: "unconfirmed" });
    server.odd = { jwks: onward(rig, status) };
    const other = await openAnew(rig, server, { scope: "openid files:read" });
    await goAndReturn(other);
    assert.ok((await resume(other)).error);
    assert.equal(await session(other), null);
    await Promise.all([page.close(), other.close()]);
  }
  return gotNothing(rig);
});

/** At most an empty request, by which the holder finds out why it can't read the answer. */
function gotNothing(rig, codes = []) {
  for (const { url, body, headers } of rig.evil.requests) {
    const { authorization, dpop, cookie, referer } = headers;
    assert.deepEqual([url, body, authorization, dpop, cookie, referer], ["/token", "", undefined, undefined, undefined, undefined]);
  }
  for (const code of codes) assert.ok(!rig.evil.text().includes(code));
  return rig.verdict("access token", "refresh token");
}
