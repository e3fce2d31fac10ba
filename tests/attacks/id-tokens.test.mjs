// T31: ID tokens with one broken property each. None signs anybody in, and what came with it is revoked unused.

import assert from "node:assert/strict";
import { createHash, createHmac, generateKeyPairSync } from "node:crypto";

import { codeOf, events, resume, session } from "../browser/support/calls.mjs";
import { keys } from "../browser/support/odd-server.mjs";
import { goAndReturn, signInOddly } from "../browser/support/odd-stage.mjs";
import { until } from "../browser/support/until.mjs";
import { attack } from "./support/attack.mjs";
import { openAnew, signedInAnew, useOddServer } from "./support/odd.mjs";

const forgery = { id: "T31", threat: "R17", modes: ["page", "shared"], share: "ID tokens" };
const openid = { scope: "openid files:read" };
const own = generateKeyPairSync("rsa", { modulusLength: 2048 });
const now = () => Math.floor(Date.now() / 1000);
const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const publicKey = () => keys.RS256.publicKey.export({ type: "spki", format: "pem" });
const claiming = (changes) => (make, claims) => make({ ...claims, ...(typeof changes === "function" ? changes() : changes) });
const signedBy = (header, key) => (make, claims) => make(claims, header, key);
const rewritten = (change) => (make, claims) => change(...make(claims).split("."));
const ownJwk = () => ({ ...own.publicKey.export({ format: "jwk" }), kid: "own", alg: "RS256", use: "sig" });

/** Each makes the ID token from the honest maker and the claims that it would have. */
const forgeries = {
  "another issuer": claiming({ iss: "https://evil.test" }),
  "no issuer": claiming({ iss: undefined }),
  "another audience": claiming({ aud: "somebody" }),
  "no audience": claiming({ aud: undefined }),
  "an empty list of audiences": claiming({ aud: [] }),
  "a second audience": claiming({ aud: ["odd", "somebody"] }),
  "another authorized party": claiming({ azp: "somebody" }),
  "no subject": claiming({ sub: undefined }),
  "an empty subject": claiming({ sub: "" }),
  "a number for a subject": claiming({ sub: 7 }),
  "another nonce": claiming({ nonce: "A".repeat(43) }),
  "no nonce": claiming({ nonce: undefined }),
  "no end": claiming({ exp: undefined }),
  "an end in the past": claiming(() => ({ exp: now() - 600 })),
  "an end as text": claiming(() => ({ exp: `${now() + 600}` })),
  "no time of issue": claiming({ iat: undefined }),
  "a time of issue to come": claiming(() => ({ iat: now() + 3_600 })),
  "a beginning to come": claiming(() => ({ nbf: now() + 3_600 })),
  "the hash of another access token": claiming({
    at_hash: createHash("sha256").update("x").digest().subarray(0, 16).toString("base64url"),
  }),
  "alg none": signedBy({ alg: "none" }, () => Buffer.alloc(0)),
  "alg None and a signature": signedBy({ alg: "None" }, () => Buffer.from("x")),
  "no alg": signedBy({ alg: undefined }),
  "HS256 by the public key": signedBy({ alg: "HS256" }, (input) => createHmac("sha256", publicKey()).update(input).digest()),
  "HS256 by the client's id": signedBy({ alg: "HS256" }, (input) => createHmac("sha256", "odd").update(input).digest()),
  "a key of its own": signedBy({}, own.privateKey),
  "a key of its own in the header": (make, claims) => make(claims, { jwk: ownJwk(), kid: "own" }, own.privateKey),
  "the address of its own keys": (make, claims) => make(claims, { jku: "https://evil.test/jwks", kid: "own" }, own.privateKey),
  "the address of its own certificate": (make, claims) => make(claims, { x5u: "https://evil.test/cert", kid: "own" }, own.privateKey),
  "a kid that is nobody's": (make, claims) => make(claims, { kid: "nobody" }, own.privateKey),
  "an extension that must be understood": signedBy({ crit: ["exp"], exp: 1 }),
  "another algorithm than the key's": signedBy({ alg: "PS256" }),
  "changed claims": rewritten(
    (header, claims, signature) => `${header}.${encode({ ...JSON.parse(Buffer.from(claims, "base64url")), sub: "eve" })}.${signature}`,
  ),
  "a changed signature": rewritten(
    (header, claims, signature) => `${header}.${claims}.${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`,
  ),
  "no signature": rewritten((header, claims) => `${header}.${claims}.`),
  "half of itself": rewritten((header, claims) => `${header}.${claims}`),
  "five parts": rewritten((...parts) => [...parts, "e30", "e30"].join(".")),
  "an array of claims": rewritten((header) => `${header}.${encode([])}.x`),
  "65 kB": claiming({ name: "x".repeat(66_000) }),
};

attack(
  { ...forgery, title: "one broken property each: refused, and its tokens revoked unused (IDT-1 to IDT-10, TOK-25)", outcome: "stopped" },
  async (rig, { t }) => {
    rig.sinceNow();
    const server = await useOddServer(t, rig);
    const make = server.idToken.bind(server);
    const page = await openAnew(rig, server, openid);
    for (const [name, forge] of Object.entries(forgeries)) {
      server.idToken = (claims) => forge(make, claims);
      const revoked = server.count("revoke");
      await goAndReturn(page);
      assert.equal((await resume(page)).error?.code, "TOKENKEEP_ID_TOKEN_INVALID", name);
      assert.equal(await session(page), null, name);
      assert.equal(await codeOf(page, server.api), "TOKENKEEP_LOGIN_REQUIRED", name);
      await until(() => server.count("revoke") === revoked + 1, `the revocation after ${name}`);
      const { params } = server.requests.findLast(({ endpoint }) => endpoint === "revoke");
      assert.equal(params.token, rig.secrets("refresh token").at(-1).value, name);
    }
    assert.deepEqual([server.count("api"), rig.evil.requests], [0, []]);
    server.idToken = make;
    assert.ok((await signInOddly(page)).value, "an honest one signs in");
    return ["stopped", `${Object.keys(forgeries).length} forgeries`];
  },
);

attack({ ...forgery, title: "a key that the issuer has replaced (IDT-6, IDT-17)", outcome: "stopped" }, async (rig, { t }) => {
  const server = await useOddServer(t, rig);
  const make = server.idToken.bind(server);
  server._jwks = () => ({ status: 200, body: { keys: [ownJwk()] } });
  const retired = await openAnew(rig, server, openid);
  assert.equal((await signInOddly(retired)).error?.code, "TOKENKEEP_ID_TOKEN_INVALID");
  assert.equal(await session(retired), null);
  await until(() => server.count("revoke") === 1, "the revocation");
  server.idToken = (claims) => make(claims, { kid: "own" }, own.privateKey);
  assert.ok((await signInOddly(await openAnew(rig, server, openid))).value, "the one in its place signs in");
  return "stopped";
});

const later = {
  "another subject": claiming({ sub: "eve" }),
  "another issuer": claiming({ iss: "https://evil.test" }),
  "another audience": claiming({ aud: "somebody" }),
  "an older time of issue": claiming(() => ({ iat: now() - 3_600 })),
  "alg none": signedBy({ alg: "none" }, () => Buffer.alloc(0)),
};

attack(
  {
    ...forgery,
    title: "one broken property each at the refresh: the session ends, its tokens unused (IDT-18, REF-22)",
    outcome: "stopped",
  },
  async (rig, { t }) => {
    const server = await useOddServer(t, rig);
    const make = server.idToken.bind(server);
    for (const [name, forge] of Object.entries(later)) {
      server.odd.token = undefined;
      const page = await signedInAnew(rig, server, openid);
      const [served, revoked] = [server.count("api"), server.count("revoke")];
      server.odd.token = (_, exchange) => {
        const reply = exchange.server.grant();
        return { ...reply, body: { ...reply.body, id_token: forge(make, { sub: "ada" }) } };
      };
      server.expire();
      assert.equal(await codeOf(page, server.api), "TOKENKEEP_LOGIN_REQUIRED", name);
      assert.deepEqual([(await events(page, "signedout")).length, server.count("api") - served], [1, 1], name);
      await until(() => server.count("revoke") > revoked, `the revocation after ${name}`);
      await page.close();
    }
    return "stopped";
  },
);
