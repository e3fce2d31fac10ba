// T22 and T23: who the authorization server is, when it lies about itself or about another.

import assert from "node:assert/strict";

import { resume, session } from "../browser/support/calls.mjs";
import { empty, having } from "../browser/support/odd-server.mjs";
import { goAndReturn } from "../browser/support/odd-stage.mjs";
import { arrive } from "../browser/support/sign-in.mjs";
import { attack } from "./support/attack.mjs";
import { openAnew, useOddServer } from "./support/odd.mjs";
import { redeem, use } from "./support/own-flow.mjs";

const impersonation = { id: "T23", threat: "R5", modes: ["page", "shared"], share: "metadata" };
const mebibyte = 1 << 20;

/** White space of JSON, this much of it. */
const padded = (bytes) => (reply) => ({ ...json(), body: " ".repeat(bytes) + JSON.stringify(reply.body) });
const json = (type = "application/json") => ({ status: 200, headers: { "content-type": type } });
const redirect =
  (status) =>
  (_, { evil }) => ({ ...empty(status), headers: { location: `${evil}/.well-known/openid-configuration` } });
const evilEndpoint =
  (name, path) =>
  (reply, { evil }) =>
    having({ [name]: `${evil}${path}` })(reply);

/** What both metadata documents do, and the code of the error. */
const documents = {
  "another issuer (DISC-2)": [(reply, { evil }) => having({ issuer: evil })(reply), "METADATA_INVALID"],
  "the issuer with a slash": [(reply, { server }) => having({ issuer: `${server.origin}/` })(reply), "METADATA_INVALID"],
  "the issuer in upper case": [(reply, { server }) => having({ issuer: server.origin.toUpperCase() })(reply), "METADATA_INVALID"],
  "no issuer": [having({ issuer: undefined }), "METADATA_INVALID"],
  "a list of issuers": [(reply) => having({ issuer: [reply.body.issuer] })(reply), "METADATA_INVALID"],
  "a 301 to evil (DISC-5)": [redirect(301), "METADATA_BLOCKED"],
  "a 302 to evil (DISC-5)": [redirect(302), "METADATA_BLOCKED"],
  "a 307 to evil (DISC-5)": [redirect(307), "METADATA_BLOCKED"],
  "a token endpoint by http (DISC-6)": [having({ token_endpoint: "http://evil.test/token" }), "METADATA_INVALID"],
  "an authorization endpoint by http (DISC-6)": [having({ authorization_endpoint: "http://evil.test/authorize" }), "METADATA_INVALID"],
  "an authorization endpoint that is script (DISC-6)": [having({ authorization_endpoint: "javascript:alert(1)" }), "METADATA_INVALID"],
  "an authorization endpoint that is data (DISC-6)": [having({ authorization_endpoint: "data:text/html,x" }), "METADATA_INVALID"],
  "a token endpoint with a password in it": [having({ token_endpoint: "https://a:b@evil.test/token" }), "METADATA_INVALID"],
  "a token endpoint that is a path": [having({ token_endpoint: "/token" }), "METADATA_INVALID"],
  "PKCE by plain only (PKCE-2)": [having({ code_challenge_methods_supported: ["plain"] }), "PKCE_UNSUPPORTED"],
  "no word of PKCE (PKCE-3)": [having({ code_challenge_methods_supported: undefined }), "PKCE_UNSUPPORTED"],
  "10 MB (TOK-23)": [padded(10 * mebibyte), "TOKEN_RESPONSE_INVALID"],
  "cut-off JSON": [(reply) => ({ ...json(), body: JSON.stringify(reply.body).slice(0, -20) }), "DISCOVERY_FAILED"],
  "JSON with something after it": [(reply) => ({ ...json(), body: `${JSON.stringify(reply.body)}{}` }), "DISCOVERY_FAILED"],
  "a page": [() => ({ ...json("text/html"), body: "<h1>hello</h1>" }), "DISCOVERY_FAILED"],
  "JSON that says it is a page": [(reply) => ({ ...json("text/html"), body: JSON.stringify(reply.body) }), "DISCOVERY_FAILED"],
  "an empty object": [() => ({ status: 200, body: {} }), "METADATA_INVALID"],
  nothing: [() => empty(200), "DISCOVERY_FAILED"],
};

attack(
  {
    ...impersonation,
    title: "metadata that is not what it says, refused before anybody goes anywhere (DISC-2, DISC-5, DISC-6)",
    outcome: "stopped",
  },
  async (rig, { t }) => {
    rig.sinceNow();
    const server = await useOddServer(t, rig);
    // What failed is not kept, so that one holder sees them all.
    const page = await openAnew(rig, server);
    for (const [name, [oddity, code]] of Object.entries(documents)) {
      const lie = (reply, exchange) => oddity(reply, { ...exchange, evil: rig.origins.evil });
      server.odd = { oauth: lie, openid: lie };
      const error = await goAndReturn(page);
      assert.equal(error?.code, `TOKENKEEP_${code}`, name);
      assert.equal(page.url(), `${rig.origins.app}/`, name);
    }
    assert.equal(server.count("authorize") + server.count("token") + server.count("jwks"), 0);
    assert.deepEqual(rig.evil.requests, []);
    server.odd = {};
    assert.equal(await goAndReturn(page), undefined, "with honest ones it goes");
    return ["stopped", `${Object.keys(documents).length} documents`];
  },
);

attack({ ...impersonation, title: "a server whose own metadata sends codes to another host", outcome: "works" }, async (rig, { t }) => {
  rig.sinceNow();
  const server = await useOddServer(t, rig);
  server.odd = { oauth: (reply) => evilEndpoint("token_endpoint", "/token")(reply, { evil: rig.origins.evil }) };
  const page = await openAnew(rig, server);
  await goAndReturn(page);
  await resume(page);
  await page.close();
  const got = rig.evil.requests.some(({ method, url, body }) => method === "POST" && url === "/token" && body.includes("code_verifier="));
  return got ? ["works", "the configured issuer is trusted to say where its endpoints are"] : "stopped";
});

const mixUp = { id: "T22", threat: "R4", modes: ["page", "shared"], share: "mix-up" };

const without = (href) => href.replace(/&iss=[^&]*/, "");

/** What the response has for `iss`, and the code of the error. The honest server's own is first. */
const issuers = {
  "the honest server's": [(href) => href, "ISSUER_MISMATCH"],
  "the attacker's twice": [(href, { evil }) => `${without(href)}&iss=${evil}&iss=${evil}`, "DUPLICATE_PARAMETER"],
  both: [(href, { evil }) => `${href}&iss=${evil}`, "DUPLICATE_PARAMETER"],
  "a third": [(href) => `${without(href)}&iss=https%3A%2F%2Fthird.test`, "ISSUER_MISMATCH"],
  none: [without, "ISSUER_MISSING"],
  "an empty one": [(href) => `${without(href)}&iss=`, "ISSUER_MISSING"],
};

attack(
  { ...mixUp, title: "a server that names the honest one's authorization endpoint (CB-6, CB-7, CB-10, TOK-2)", outcome: "stopped" },
  async (rig, { t }) => {
    const { server, page } = await startMixUp(t, rig);
    for (const [name, [change, code]] of Object.entries(issuers)) {
      await page.goto(rig.origins.app);
      await arrive(page);
      await page.goto(change(page.url(), { evil: encodeURIComponent(rig.origins.evil) }));
      assert.equal((await resume(page)).error?.code, `TOKENKEEP_${code}`, name);
      assert.equal(await session(page), null);
    }
    assert.equal(server.count("token"), 0);
    assert.deepEqual(codesAmong(rig, server), []);
    return ["stopped", "where the honest server sends iss"];
  },
);

attack({ ...mixUp, title: "the same, where neither server sends iss", outcome: "works" }, async (rig, { t }) => {
  const { server, page } = await startMixUp(t, rig, { authorization_response_iss_parameter_supported: undefined });
  await arrive(page);
  await page.goto(without(page.url()));
  await resume(page);
  const { params } = server.requests.find(({ endpoint }) => endpoint === "token");
  const tokens = await redeem(rig, `${rig.origins.app}/callback?code=${params.code}`, { verifier: params.code_verifier });
  assert.equal(await use(rig, tokens), 200);
  return ["works", "left to the honest server (RFC 9207), and to strict: true"];
});

attack({ ...mixUp, title: "the same with strict: true", outcome: "stopped" }, async (rig, { t }) => {
  const { server, page } = await startMixUp(t, rig, { authorization_response_iss_parameter_supported: undefined }, { strict: true });
  const error = await goAndReturn(page);
  assert.equal(error?.code, "TOKENKEEP_METADATA_INVALID");
  assert.equal(server.count("token"), 0);
  return "stopped";
});

/** The app is configured for a server of the attacker's, which sends people to the honest one. */
async function startMixUp(t, rig, members = {}, config = {}) {
  rig.sinceNow();
  const server = await useOddServer(t, rig, { host: "evil" });
  const lie = having({ authorization_endpoint: `${rig.as.issuer}/auth`, ...members });
  server.odd = { oauth: lie, openid: lie };
  const page = await openAnew(rig, server, { clientId: "tokenkeep-demo", ...config });
  return { server, page };
}

const codesAmong = (rig, server) => rig.found(JSON.stringify(server.requests), "code");
