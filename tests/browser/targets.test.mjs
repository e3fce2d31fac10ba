import assert from "node:assert/strict";

import { codeOf, send, statusOf } from "./support/calls.mjs";
import { startProbe } from "./support/probe.mjs";
import { signIn } from "./support/sign-in.mjs";
import { modes, startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";

/**
 * URLs that the one resource server `http://api.localhost:<port>/app` does not cover. All of them lead to servers that
 * write down what reaches them: `own` is that one's port, `other` another's.
 */
const offList = {
  "another site": ({ other }) => `http://evil.localhost:${other}/app`,
  "another port": ({ other }) => `http://api.localhost:${other}/app`,
  "a subdomain": ({ own }) => `http://www.api.localhost:${own}/app`,
  "a parent domain": ({ own }) => `http://localhost:${own}/app`,
  "a host that ends alike": ({ own }) => `http://evilapi.localhost:${own}/app`,
  "a host that begins alike": ({ own }) => `http://api.localhost.localhost:${own}/app`,
  "the address behind the name": ({ own }) => `http://127.0.0.1:${own}/app`,
  "the server's name before an @": ({ own, other }) => `http://api.localhost:${own}@evil.localhost:${other}/app`,
  "a name and a password": ({ own }) => `http://user:password@api.localhost:${own}/app`,
  "the server's name before a backslash": ({ other }) => `http:\\\\evil.localhost:${other}\\@api.localhost/app`,
  "a host of full-width letters": ({ other }) => `http://ａｐｉ.localhost:${other}/app`,
  "another path": ({ own }) => `http://api.localhost:${own}/other`,
  "the root": ({ own }) => `http://api.localhost:${own}/`,
  "a path that begins alike": ({ own }) => `http://api.localhost:${own}/apple`,
  "the path in another case": ({ own }) => `http://api.localhost:${own}/App`,
  "a path that climbs out": ({ own }) => `http://api.localhost:${own}/app/../secret`,
  "a path that climbs out, encoded": ({ own }) => `http://api.localhost:${own}/app/%2e%2e/secret`,
  "a path that climbs out, encoded slash": ({ own }) => `http://api.localhost:${own}/app/..%2fsecret`,
  "a path that climbs out, encoded twice": ({ own }) => `http://api.localhost:${own}/app/%252e%252e%252fsecret`,
  "a path that climbs out by backslash": ({ own }) => `http://api.localhost:${own}/app\\..\\secret`,
  "an encoded slash for a slash": ({ own }) => `http://api.localhost:${own}/app%2f..`,
  "another scheme": ({ own }) => `https://api.localhost:${own}/app`,
  "a path-relative URL": () => "/app",
  "a scheme-relative URL": ({ other }) => `//evil.localhost:${other}/app`,
  "a data URL": () => "data:text/plain,app",
};

/** Ways to ask for more than a token in a header; source that runs in the page. */
const refusedRequests = {
  "an Authorization header": `{ headers: { Authorization: "Bearer own" } }`,
  "an authorization header in a list": `{ headers: [["authorization", ""]] }`,
  "a DPoP header": `{ headers: new Headers({ dpop: "x" }) }`,
  'mode: "no-cors"': `{ mode: "no-cors" }`,
};

const members = ["method", "mode", "cache", "credentials", "integrity", "priority", "referrerPolicy"];

/** Runs in the page: sends a request for every member and every kind of value that is no string, and tells what came of it. */
async function askOddly({ base, members: names, transport }) {
  const good = {
    method: "GET",
    mode: "no-cors",
    cache: "default",
    credentials: "omit",
    integrity: "",
    priority: "auto",
    referrerPolicy: "",
  };
  const refusals = [];
  for (const member of names) {
    let looks = 0;
    const odd = [null, 1, [good[member]], new String(good[member]), {}];
    // Nothing that can cross a port.
    if (transport === "page") odd.push({ toString: () => (looks++ ? good[member] : "cors") });
    for (const value of odd) {
      const { error } = await app.outcome(() => app.auth.fetch(base, { [member]: value }));
      refusals.push({ member, code: error?.code, message: error?.message ?? "" });
    }
  }
  return refusals;
}

async function startTargetStage(t, mode) {
  const [own, other] = [await startProbe(), await startProbe()];
  t.after(() => Promise.all([own.close(), other.close()]));
  const base = `http://api.localhost:${own.port}/app`;
  const stage = await startStage(t, { mode, config: { resourceServers: [base] } });
  const page = await stage.open();
  await signIn(page);
  return { stage, page, own, other, base };
}

for (const mode of modes) {
  test(`${mode}: a call off the list is refused and nothing is sent (USE-3, USE-4, USE-5)`, async (t) => {
    const { page, own, other, base } = await startTargetStage(t, mode);
    const outcomes = {};
    for (const [name, makeUrl] of Object.entries(offList)) {
      const url = makeUrl({ own: own.port, other: other.port });
      const { error } = await send(page, url);
      const inRequest = await page.evaluate((target) => app.outcome(() => app.auth.fetch(new Request(target))), url);
      outcomes[name] = [error?.code, inRequest.error?.code ?? inRequest.error?.name];
    }
    const refused = ["TOKENKEEP_TARGET_REFUSED", "TOKENKEEP_TARGET_REFUSED"];
    const expected = Object.fromEntries(Object.keys(offList).map((name) => [name, refused]));

    // No Request can be made of a URL with credentials.
    for (const name of Object.keys(outcomes)) if (outcomes[name][1] === "TypeError") outcomes[name][1] = refused[1];
    assert.deepEqual(outcomes, expected);
    assert.deepEqual(
      [...own.requests, ...other.requests].map(({ url }) => url),
      [],
    );
    for (const path of ["", "/", "/x", "?x", "/a..b", "/a%2Fb"]) {
      assert.equal(await statusOf(page, base + path), 200, path);
    }
  });

  test(`${mode}: a request that can't carry our token is refused and nothing is sent (USE-10)`, async (t) => {
    const { page, own, base } = await startTargetStage(t, mode);
    for (const [name, init] of Object.entries(refusedRequests)) {
      const call = `app.outcome(() => app.auth.fetch(${JSON.stringify(base)}, ${init}))`;
      const inRequest = `app.outcome(() => app.auth.fetch(new Request(${JSON.stringify(base)}, ${init})))`;
      for (const source of [call, inRequest]) {
        const { error } = await page.evaluate(source);
        assert.equal(error?.code, "TOKENKEEP_REQUEST_REFUSED", name);
      }
    }
    assert.equal(own.requests.length, 0);
  });

  test(`${mode}: a member of a request that is no string is refused by its name, whatever it would come to (USE-10, MSG-3)`, async (t) => {
    const { page, own, base } = await startTargetStage(t, mode);
    const refusals = await page.evaluate(askOddly, { base, members, transport: mode });
    assert.equal(refusals.length, members.length * (mode === "page" ? 6 : 5));
    for (const { member, code, message } of refusals) {
      assert.equal(code, "TOKENKEEP_REQUEST_REFUSED", member);
      assert.ok(message.startsWith(`${member} is not a string`), message);
    }
    assert.equal(own.requests.length, 0);
    assert.equal(
      await statusOf(page, base, { method: "GET", mode: "cors", cache: "no-store", credentials: "omit", priority: "high" }),
      200,
    );
  });

  test(`${mode}: a redirect is not followed, so the token goes nowhere else (USE-7)`, async (t) => {
    const foreign = await startProbe();
    t.after(foreign.close);
    const redirect = ({ response, url }) =>
      response.writeHead(Number(url.searchParams.get("status")), { location: url.searchParams.get("to") }).end();
    const stage = await startStage(t, { mode, probe: { answer: redirect } });
    const page = await stage.open();
    await signIn(page);
    for (const to of [`${foreign.origin}/x`, "/probe/elsewhere", "/unlisted", stage.v1("files")]) {
      for (const status of [301, 302, 303, 307, 308]) {
        stage.probe.requests.length = 0;
        const url = `${stage.probed("start")}?status=${status}&to=${encodeURIComponent(to)}`;
        const { error } = await page.evaluate((target) => app.send(target, { redirect: "follow" }), url);

        assert.equal(error?.code, "TOKENKEEP_REDIRECT_REFUSED", `${status} to ${to}`);
        assert.equal(stage.probe.requests.length, 1, `${status} to ${to}`);
      }
    }
    assert.deepEqual([foreign.requests, stage.api.requests], [[], []]);
  });

  test(`${mode}: the token travels in the header only, never in a URL or a body, and the ID token nowhere (USE-1, USE-2, IDT-21)`, async (t) => {
    const { stage, page, own, base } = await startTargetStage(t, mode);
    await page.evaluate((url) => app.send(url, { method: "POST", body: new URLSearchParams({ a: "1" }) }), `${base}?b=2`);
    const [accessToken] = stage.authorizationServer.issuedTokens();
    const [{ url, headers, body }] = own.requests;

    assert.equal(headers.authorization, `Bearer ${accessToken}`);
    const { authorization, ...others } = headers;
    for (const text of [url, body.toString(), JSON.stringify(others)]) {
      for (const token of stage.authorizationServer.issuedTokens()) assert.ok(!text.includes(token), text);
    }
  });
}

test("with an empty list nothing may have the token", async (t) => {
  const stage = await startStage(t, { config: { resourceServers: undefined } });
  const page = await stage.open();
  await signIn(page);

  for (const url of [stage.v1("files"), stage.app.origin, `${stage.authorizationServer.issuer}/token`]) {
    assert.equal(await codeOf(page, url), "TOKENKEEP_TARGET_REFUSED");
  }
  assert.equal(stage.api.requests.length, 0);
});
