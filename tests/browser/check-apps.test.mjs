// Whether a client whose holder has an origin of its own has a redirect URI on the application's, which would undo it (OWN-10).

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startAuthorizationServer } from "../../www/server/authorization-server.mjs";
import { asArguments, runCommand } from "./support/command.mjs";
import { empty, having, html, startOddServer } from "./support/odd-server.mjs";
import { startRawServer } from "./support/raw-server.mjs";
import { test } from "./support/test.mjs";

const holder = "https://auth.example.com";
const redirectUri = `${holder}/tokenkeep.html`;
const app = "https://app.example.com";
const other = "https://other.example.com";

/** A real server that knows the holder's redirect URI, and these besides. */
async function startReal(t, more = [], options) {
  const server = await startAuthorizationServer({ redirectUris: [redirectUri, ...more], origins: [holder], ...options });
  t.after(server.close);
  return server.issuer;
}

async function startOdd(t, odd) {
  const server = await startOddServer(odd);
  t.after(server.close);
  return server;
}

const check = (issuer, more) =>
  runCommand(["check-server", issuer, ...asArguments({ "client-id": "tokenkeep-demo", "redirect-uri": redirectUri, app, ...more })]);
const own = ({ lines }) => lines.filter((line) => /^(ok {2}|warn|FAIL) {2}OWN /.test(line));

const taken = (uri) => `FAIL  OWN     ${uri} is a redirect URI of tokenkeep-demo on the application's origin: `;

for (const par of [undefined, "announced", "required"]) {
  const how = par ? `pushed requests are ${par}` : "there are no pushed requests";
  test(`a redirect URI on the application's origin fails where ${how} (OWN-10)`, async (t) => {
    for (const uri of [app, `${app}/`, `${app}/callback`, `${app}/tokenkeep.html`]) {
      const answer = await check(await startReal(t, [uri], { par }));
      assert.equal(answer.code, 1);
      const [line, ...more] = own(answer);
      assert.ok(line.startsWith(taken(uri)), answer.text);
      assert.match(
        line,
        /script there could run a sign-in of its own and read the code.*Remove it from this client; what needs it gets a client of its own$/,
      );
      assert.deepEqual(more, []);
      assert.deepEqual(answer.wrong, [line]);
    }
  });

  test(`none on the application's origin passes where ${how}, and what isn't known is said (OWN-10)`, async (t) => {
    const issuer = await startReal(t, [`${other}/callback`, `${app}/somewhere/else`], { par });
    const answer = await check(issuer);
    assert.equal(answer.code, 0, answer.text);
    const [line, ...more] = own(answer);
    assert.match(
      line,
      /^ok {4}OWN {5}none of the 4 tried on https:\/\/app\.example\.com is taken \(.*\/callback.*\); what counts is the server's own list of redirect URIs/,
    );
    assert.deepEqual(more, []);

    const found = await check(issuer, { "app-redirect-uri": [`${app}/nowhere`, `${app}/somewhere/else`] });
    assert.deepEqual([found.code, own(found).length], [1, 1]);
    assert.ok(own(found)[0].startsWith(taken(`${app}/somewhere/else`)), found.text);
  });
}

test("each application is told of by itself (OWN-10)", async (t) => {
  const answer = await check(await startReal(t, [`${other}/callback`]), { app: [app, `${other}/start`] });
  assert.equal(answer.code, 1);
  const [first, second, ...more] = own(answer);
  assert.match(first, /^ok .*none of the 4 tried on https:\/\/app\.example\.com is taken/);
  assert.ok(second.startsWith(taken(`${other}/callback`)), answer.text);
  assert.deepEqual(more, []);
});

test("without an application nothing is said of it, and nothing more is asked", async (t) => {
  const server = await startOdd(t);
  const answer = await check(server.origin, { app: [] });
  assert.deepEqual(own(answer), []);
  assert.equal(server.count("authorize"), 2);
});

test("a server that takes any redirect URI fails (OWN-10)", async (t) => {
  const server = await startOdd(t);
  const answer = await check(server.origin);
  assert.equal(own(answer).length, 4, answer.text);
  for (const line of own(answer)) assert.match(line, /^FAIL/);
});

/** Servers that can't be told anything from: how they answer an authorization request. */
const riddles = {
  "shows the same page whatever is asked": () => html(200),
  "shows an error whatever is asked": () => html(400),
  "is busy": (reply, { params }) => (params.redirect_uri === redirectUri ? html(200) : html(429)),
  "is out of order for some": (reply, { params }) =>
    params.redirect_uri.startsWith(app) ? html(503) : html(params.redirect_uri === redirectUri ? 200 : 400),
  "hangs up on some": (reply, { params, response }) => {
    if (!params.redirect_uri.startsWith(app)) return html(params.redirect_uri === redirectUri ? 200 : 400);
    response.destroy();
    return null;
  },
};

for (const [name, authorize] of Object.entries(riddles)) {
  test(`of a server that ${name} nothing is claimed (OWN-10)`, async (t) => {
    const server = await startOdd(t, { authorize });
    const [line, ...more] = own(await check(server.origin));
    assert.match(line, /^warn {2}OWN {5}whether 4 of the 4 tried on https:\/\/app\.example\.com are taken can't be told/);
    assert.deepEqual(more, []);
  });
}

test("of a client that a real server doesn't know nothing is claimed (OWN-10)", async (t) => {
  const [line] = own(await check(await startReal(t), { "client-id": "nobody" }));
  assert.match(line, /^warn .*can't be told/);
});

test("a server that sends people it refuses to the application takes nothing there (OWN-10)", async (t) => {
  const refused = { ...empty(302), headers: { location: `${app}/?error=invalid_request` } };
  const server = await startOdd(t, { authorize: (reply, { params }) => (params.redirect_uri === redirectUri ? reply : refused) });
  const [line, ...more] = own(await check(server.origin));
  assert.match(line, /^ok /);
  assert.deepEqual(more, []);
});

test("where the endpoint is not asked it can't be told (OWN-10)", async (t) => {
  for (const change of [{ authorization_endpoint: "https://login.example.com/" }, { require_pushed_authorization_requests: true }]) {
    const server = await startOdd(t, { oauth: having(change) });
    const answer = await check(server.origin);
    assert.match(
      own(answer).join(),
      /^warn {2}OWN {5}whether a redirect URI on https:\/\/app\.example\.com is taken can't be told: the endpoint for it is not asked$/,
    );
  }
});

test("the application itself is never asked (OWN-10)", async (t) => {
  const site = await startRawServer(() => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
  t.after(site.close);
  const answer = await check((await startOdd(t)).origin, { app: site.origin });
  assert.equal(own(answer).length, 4);
  assert.equal(site.asked(), 0);
});

const mistakes = {
  "an application that is no URL": [{ app: "app" }, /--app is "app", which is no absolute URL/],
  "the holder's own origin": [{ app: [app, `${holder}/start`] }, /--app is https:\/\/auth\.example\.com, where the redirect URI is too/],
  "another redirect URI elsewhere": [
    { "app-redirect-uri": `${other}/callback` },
    /--app-redirect-uri is https:\/\/other\.example\.com\/callback, which is on no origin that --app names/,
  ],
  "another redirect URI without an application": [{ app: [], "app-redirect-uri": `${app}/callback` }, /on no origin that --app names/],
  "an origin besides the holder's": [{ origin: app }, /on another origin than https:\/\/app\.example\.com/],
};

for (const [name, [options, word]] of Object.entries(mistakes)) {
  test(`${name} is told before anybody is asked (OWN-10)`, async () => {
    const { code, wrong } = await check("http://127.0.0.1:1", options);
    assert.deepEqual([code, wrong.length], [1, 1], wrong.join("\n"));
    assert.match(wrong[0], word);
  });
}

test("a document lists its redirect URIs: one on the application's origin fails (OWN-10)", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "tokenkeep-apps-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const url = `${holder}/client.json`;
  const checkClient = async (uris, options) => {
    const document = {
      client_id: url,
      client_name: "Files",
      application_type: "web",
      redirect_uris: uris,
      grant_types: ["authorization_code", "refresh_token"],
      token_endpoint_auth_method: "none",
    };
    await writeFile(join(folder, "client.json"), JSON.stringify(document));
    return runCommand(["check-client", url, ...asArguments({ at: join(folder, "client.json"), ...options })]);
  };

  const wrong = await checkClient([redirectUri, `${app}/deep/callback`], { app: [other, `${app}/start`] });
  assert.equal(wrong.code, 1);
  const [first, second, ...more] = own(wrong);
  assert.match(first, /^ok {4}OWN {5}no redirect URI of the document is on https:\/\/other\.example\.com$/);
  assert.match(
    second,
    /^FAIL {2}OWN {5}https:\/\/app\.example\.com\/deep\/callback is a redirect URI of https:\/\/auth\.example\.com\/client\.json on the application's origin: .*Remove it/,
  );
  assert.deepEqual(more, []);

  assert.equal((await checkClient([redirectUri], { app: [app, other] })).code, 0);
  assert.deepEqual(own(await checkClient([redirectUri, `${app}/callback`], {})), []);
  assert.deepEqual(own(await checkClient(5, { app })), []);
  assert.match((await checkClient([redirectUri], { app: "app" })).wrong.join(), /^FAIL {2}CALL {4}--app is "app"/);
});
