// T33: what servers do with DPoP nonces and clocks.

import assert from "node:assert/strict";

import { burst, explain, send, statusOf } from "../browser/support/calls.mjs";
import { empty, having } from "../browser/support/odd-server.mjs";
import { startResourceServer } from "../../www/server/resource-server.mjs";
import { attack } from "./support/attack.mjs";
import { signedInAnew, useOddServer } from "./support/odd.mjs";

const dpop = { id: "T33", threat: "R19", modes: ["page", "shared"], outcome: "stopped" };
const day = 86_400;
const statuses = ({ api }) => api.requests.map(({ status }) => status);

const strict = { as: { dpop: { requireNonce: true } }, api: { dpop: { requireNonce: true, freshNonces: true } } };

attack(
  { ...dpop, title: "nonces on 400, 401 and 200, another with every answer (DPOP-4, DPOP-5, DPOP-14, DPOP-17)", rig: strict },
  async (rig) => {
    const page = await rig.signedIn();
    assert.equal(rig.as.counts.exchanges, 2, "one more for the nonce");
    for (let call = 0; call < 4; call += 1) assert.equal(await statusOf(page, rig.v1("files")), 200);
    assert.deepEqual(statuses(rig), [401, 200, 200, 200, 200]);
    rig.api.replaceNonces();
    rig.api.requests.length = 0;
    assert.deepEqual(await burst(page, rig.v1("effects"), 10), { 201: 10 });
    assert.equal(new Set(rig.api.effects).size, 10);
    assert.ok(rig.api.requests.length <= 20, "at most one retry each");
    rig.as.expireAccessTokens();
    assert.equal(await statusOf(page, rig.v1("files")), 200);
    assert.equal(rig.as.counts.reuseAlarms, 0);
    return unique([...rig.as.proofs, ...rig.api.proofs]);
  },
);

attack(
  {
    ...dpop,
    title: "two APIs with nonces, the clock of one a day ahead (DPOP-15, DPOP-18)",
    rig: { ...strict, api: { dpop: { requireNonce: true } } },
  },
  async (rig, { t }) => {
    const second = await addApi(t, rig, { dpop: { requireNonce: true, clockOffset: day } });
    const page = await rig.signedIn();
    // No nonce and a wrong clock are two refusals, and each of them is one for once.
    assert.equal(await statusOf(page, `${second.origin}/v1/files`), 200);
    assert.equal(second.requests.length, 3);
    for (const url of [rig.v1("files"), `${second.origin}/v1/files`]) assert.equal(await statusOf(page, url), 200, url);
    const servers = [rig.as, rig.api, second];
    const nonces = servers.map(({ proofs }) => new Set(proofs.map(({ nonce }) => nonce).filter(Boolean)));
    for (const [index, own] of nonces.entries()) {
      assert.ok(own.size > 0, `${index} gives nonces`);
      for (const other of nonces.filter((one) => one !== own))
        for (const nonce of own) assert.ok(!other.has(nonce), "a nonce of another server");
    }
    const now = Date.now() / 1000;
    for (const { iat } of [...rig.as.proofs, ...rig.api.proofs])
      assert.ok(Math.abs(iat - now) < 120, "the one clock moves the proofs for others");
    assert.ok(second.proofs.at(-1).iat > now + day - 120);
    return unique(servers.flatMap(({ proofs }) => proofs));
  },
);

attack({ ...dpop, title: "headers that scripts may not read: one refusal, no loop (DPOP-13)", rig: strict }, async (rig) => {
  rig.api.allow({ exposed: "WWW-Authenticate" });
  const page = await rig.signedIn();
  const { value } = await explain(page, rig.v1("files"));
  assert.deepEqual([value.status, value.explanation.kind, statuses(rig)], [401, "proof", [401]]);
  rig.api.allow({ exposed: "Retry-After" });
  rig.api.requests.length = 0;
  assert.equal((await explain(page, rig.v1("files"))).value.status, 401);
  assert.ok(rig.api.requests.length <= 2, "a loop");
  return unique([...rig.as.proofs, ...rig.api.proofs]);
});

attack({ ...dpop, title: "an API that refuses every proof and always wants another nonce (DPOP-13)" }, async (rig, { t }) => {
  const server = await useOddServer(t, rig);
  const announce = having({ dpop_signing_alg_values_supported: ["ES256"] });
  const bad = ["n", "", "x".repeat(10_000), "a b", 'a"b', "\u00e9", "{}"];
  let nonce = 0;
  const challenge = {
    "www-authenticate": 'DPoP error="use_dpop_nonce", algs="ES256"',
    "access-control-expose-headers": "WWW-Authenticate, DPoP-Nonce",
  };
  server.odd = {
    oauth: announce,
    openid: announce,
    token: having({ token_type: "DPoP" }),
    api: () => ({ ...empty(401), headers: { ...challenge, "dpop-nonce": bad[(nonce += 1) % bad.length] } }),
  };
  const page = await signedInAnew(rig, server);
  for (let call = 0; call < bad.length; call += 1) {
    const before = server.count("api");
    assert.equal((await send(page, server.api)).value?.status, 401);
    assert.ok(server.count("api") - before <= 3, `${server.count("api") - before} tries`);
  }
  assert.ok(server.count("refresh_token") <= bad.length);
  const proofs = server.requests.filter(({ endpoint }) => endpoint === "api").map(({ headers }) => claimsOf(headers.dpop));
  for (const { nonce: used = "" } of proofs) assert.ok(used.length <= 1_000, "a nonce without measure is sent back");
  return unique(proofs);
});

/** One more API, which the app may use too. */
async function addApi(t, rig, options) {
  const origin = rig.front.originOf("api2.rig.test");
  const api = await startResourceServer({ authorizationServer: rig.as, publicOrigin: origin, origins: [rig.origins.app], ...options });
  api.allow({ exposed: "WWW-Authenticate, DPoP-Nonce, Date" });
  rig.front.routes["api2.rig.test"] = `http://127.0.0.1:${api.port}`;
  rig.configure({ resourceServers: [`${rig.origins.api}/v1/`, `${origin}/v1/`] });
  t.after(api.close);
  return api;
}

const claimsOf = (proof) => JSON.parse(Buffer.from(proof.split(".")[1], "base64url"));

/** No proof is used twice. */
function unique(proofs) {
  assert.ok(proofs.length > 1);
  assert.equal(new Set(proofs.map(({ jti }) => jti)).size, proofs.length);
  return "stopped";
}
