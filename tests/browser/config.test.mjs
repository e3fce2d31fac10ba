import assert from "node:assert/strict";

import { codeOf, send, statusOf } from "./support/calls.mjs";
import { strictPolicy } from "./support/app-server.mjs";
import { signIn } from "./support/sign-in.mjs";
import { modes, startStage, workerModes } from "./support/stage.mjs";
import { test } from "./support/test.mjs";

/** Mistakes in a configuration, as source that comes after good options, and the option that the error must name. */
const mistakes = {
  'issuer: "http://as.example.com"': "issuer",
  'issuer: "https://as.example.com/?tenant=1"': "issuer",
  'issuer: "https://as.example.com/#x"': "issuer",
  'issuer: "https://user@as.example.com"': "issuer",
  'issuer: "as.example.com"': "issuer",
  'issuer: ""': "issuer",
  "issuer: 5": "issuer",
  "issuer: null": "issuer",
  "issuer: undefined": "issuer",
  'server: { issuer: "https://as.example.com" }': "server.issuer",
  'issuer: undefined, server: { issuer: "https://as.example.com" }': "server",
  "issuer: undefined, server: { ...whole, token_endpoint: undefined }": "server",
  'issuer: undefined, server: { ...whole, token_endpoint: "http://as.example.com/token" }': "server",
  "issuer: undefined, server: { ...whole, code_challenge_methods_supported: undefined }": "server",
  'issuer: undefined, server: { ...whole, issuer: "http://as.example.com" }': "server.issuer",
  'issuer: undefined, server: "https://as.example.com"': "server",
  'clientSecret: "s"': "clientSecret",
  'client_secret: "s"': "client_secret",
  'scopes: "openid"': "scopes",
  "onToken: () => {}": "onToken",
  "tokenStorage: localStorage": "tokenStorage",
  "clientId: undefined": "clientId",
  'clientId: ""': "clientId",
  "clientId: 5": "clientId",
  "redirectUri: undefined": "redirectUri",
  'redirectUri: "http://app.example.com/callback"': "redirectUri",
  'redirectUri: "https://app.example.com/callback#x"': "redirectUri",
  'redirectUri: "javascript:alert(1)"': "redirectUri",
  "redirectUri: 5": "redirectUri",
  'scope: "a  b"': "scope",
  'scope: ["a"]': "scope",
  'resourceServers: "https://api.example.com/"': "resourceServers",
  'resourceServers: ["http://api.example.com/"]': "resourceServers",
  'resourceServers: ["*"]': "resourceServers",
  'resourceServers: ["https://*/"]': "resourceServers",
  'resourceServers: ["https://api.example.com/?q"]': "resourceServers",
  'resourceServers: ["https://user@api.example.com/"]': "resourceServers",
  "resourceServers: [5]": "resourceServers",
  "extraParams: { a: 1 }": "extraParams",
  'extraParams: "a=1"': "extraParams",
  'exposeAccessToken: "yes"': "exposeAccessToken",
  "exposeAccessToken: 1": "exposeAccessToken",
  "queueLimit: 0": "queueLimit",
  "queueLimit: 1.5": "queueLimit",
  'queueLimit: "10"': "queueLimit",
  "queueLimit: Infinity": "queueLimit",
  "queueLimit: 10n": "queueLimit",
  "queueTimeout: -1": "queueTimeout",
  "requestTimeout: NaN": "requestTimeout",
  "drainConcurrency: 0": "drainConcurrency",
  "defaultLifetime: 0": "defaultLifetime",
  "earlyRefresh: -1": "earlyRefresh",
  "queueLimit: Symbol()": "queueLimit",
};

const good = `issuer: "https://as.example.com", clientId: "c", redirectUri: "https://app.example.com/callback"`;
const whole = `{ issuer: "https://as.example.com", authorization_endpoint: "https://as.example.com/auth",
  token_endpoint: "https://as.example.com/token", code_challenge_methods_supported: ["S256"] }`;
const withMistake = (source) => `(() => { const whole = ${whole}; return { ${good}, ${source} }; })()`;

test("page: hold() throws at every mistake and names the option (AUTHZ-3, AUTHZ-5, DISC-1, DISC-8)", async (t) => {
  const stage = await startStage(t, { mode: "page" });
  stage.shown.config = withMistake(Object.keys(mistakes)[0]);
  const page = await stage.open();
  const found = {};
  for (const source of Object.keys(mistakes)) {
    const { error } = await page.evaluate(`app.outcome(() => app.tokenkeep.hold(${withMistake(source)}))`);
    found[source] = error?.code === "TOKENKEEP_CONFIG_INVALID" && error.message.length > 20 ? error.option : error;
  }

  assert.deepEqual(found, mistakes);
  const circle = "(() => { const circle = {}; return (circle.circle = circle); })()";
  for (const source of ["", "undefined", "null", "5", "5n", '"x"', "[]", "() => {}", circle]) {
    const { error } = await page.evaluate(`app.outcome(() => app.tokenkeep.hold(${source}))`);
    assert.equal(error?.code, "TOKENKEEP_CONFIG_INVALID", `hold(${source})`);
  }
  assert.equal((await page.evaluate(`app.outcome(() => void app.tokenkeep.hold({ ${good} }))`)).error, undefined);
});

test("page: the error of hold() is thrown, not rejected", async (t) => {
  const stage = await startStage(t, { mode: "page" });
  stage.shown.config = withMistake('clientSecret: "s"');
  const page = await stage.open();
  const refusal = await page.evaluate(() => refusal);

  assert.deepEqual([refusal.name, refusal.code, refusal.option], ["TokenKeepError", "TOKENKEEP_CONFIG_INVALID", "clientSecret"]);
});

test("page: a second hold() is refused and changes nothing (STORE-6, MSG-1)", async (t) => {
  const stage = await startStage(t, { mode: "page" });
  const page = await stage.open();
  const { error } = await page.evaluate(`app.outcome(() => app.tokenkeep.hold({ ${good}, exposeAccessToken: true }))`);
  assert.equal(error.code, "TOKENKEEP_CONFIG_INVALID");

  await signIn(page);
  assert.equal((await page.evaluate(() => app.outcome(() => app.auth.accessToken()))).error.code, "TOKENKEEP_TOKEN_NOT_EXPOSED");
  assert.equal(await statusOf(page, stage.v1("files")), 200);
});

for (const mode of workerModes) {
  test(`${mode}: every call of the page learns of a mistake in the holder's configuration`, async (t) => {
    const stage = await startStage(t, { mode });
    const chosen = [
      'issuer: "http://as.example.com"',
      'clientSecret: "s"',
      'scopes: "openid"',
      'redirectUri: "http://app.example.com/callback"',
    ];
    for (const [index, source] of chosen.entries()) {
      stage.shown.config = withMistake(source);
      stage.shown.holder = `/holder.js?${index}`;
      const page = await stage.open();
      const errors = await page.evaluate(async (url) => {
        const calls = [
          () => app.auth.resume(),
          () => app.auth.fetch(url),
          () => app.auth.signIn(),
          () => app.auth.signOut(),
          () => app.auth.stats(),
          () => app.auth.accessToken(),
          () => app.auth.resume(),
        ];
        const errors = [];
        for (const call of calls) errors.push((await app.outcome(call)).error);
        return errors;
      }, stage.v1("files"));

      for (const error of errors) {
        assert.deepEqual([error?.name, error?.code, error?.option], ["TokenKeepError", "TOKENKEEP_CONFIG_INVALID", mistakes[source]]);
      }
    }
  });
}

for (const mode of modes) {
  test(`${mode}: a policy that forbids WebAssembly is named in the error`, async (t) => {
    const stage = await startStage(t, { mode, policy: strictPolicy.replace(" 'wasm-unsafe-eval'", "") });
    const page = await stage.open();
    const error = await page.evaluate(() => globalThis.refusal ?? app.outcome(() => app.auth.resume()).then((end) => end.error));

    assert.equal(error.code, "TOKENKEEP_WASM_BLOCKED");
    assert.match(error.message, /wasm-unsafe-eval/);
  });

  test(`${mode}: without a secure context signing in is refused (AUTHZ-22)`, async (t) => {
    const stage = await startStage(t, { mode });
    stage.shown.config = `{ ${good} }`;
    const page = await stage.context.newPage();
    await page.goto(stage.app.origin.replace("127.0.0.1", "app.test"));
    assert.equal(await page.evaluate(() => isSecureContext), false);
    const { error } = await page.evaluate(() => app.outcome(() => app.auth.signIn()));

    assert.equal(error.code, "TOKENKEEP_INSECURE_CONTEXT");
    assert.match(error.message, /^http:\/\/app\.test:\d+ is neither https nor loopback/);
    assert.match(page.url(), /^http:\/\/app\.test:\d+\/$/);
  });

  test(`${mode}: the access token is handed out if the configuration says so, the refresh token never`, async (t) => {
    const stage = await startStage(t, { mode, config: { exposeAccessToken: true } });
    const page = await stage.open();
    await signIn(page);
    const [first] = stage.authorizationServer.issuedTokens();
    assert.equal(await page.evaluate(() => app.auth.accessToken()), first);

    stage.authorizationServer.expireAccessTokens();
    await send(page, stage.v1("files"));
    assert.equal(await page.evaluate(() => app.auth.accessToken()), stage.authorizationServer.issuedTokens()[3]);
  });
}

for (const mode of modes) {
  test(`${mode}: where isSecureContext is missing this is no browser, and that is said`, async (t) => {
    const stage = await startStage(t, { mode });
    await stage.context.addInitScript(() => Object.defineProperty(globalThis, "isSecureContext", { value: undefined }));
    const page = await stage.open();
    const { error } = await page.evaluate(() => app.outcome(() => app.auth.signIn()));
    assert.equal(error.code, "TOKENKEEP_INSECURE_CONTEXT");
    assert.match(error.message, /no browser's page.*jsdom/);
    assert.doesNotMatch(error.message, /https/);
  });

  test(`${mode}: paths in the configuration are of the holder's own origin`, async (t) => {
    const files = { "/api/files": () => ["application/json", "[]"] };
    const stage = await startStage(t, { mode, files, config: { redirectUri: "/callback", resourceServers: ["/api/"] } });
    const page = await stage.open();
    assert.ok(await signIn(page));
    assert.equal((await send(page, `${stage.app.origin}/api/files`)).value.status, 200);
    assert.equal((await send(page, `${stage.app.origin}/other`)).error.code, "TOKENKEEP_TARGET_REFUSED");
  });
}

test("a revocation endpoint that the metadata leaves out is added to the issuer", async (t) => {
  const added = (stage) => ({ server: { revocation_endpoint: `${stage.authorizationServer.issuer}/token/revocation` } });
  const stage = await startStage(t, { config: added });
  await stage.context.route(/\.well-known/, async (route) => {
    const response = await route.fetch();
    const { revocation_endpoint: _, ...json } = await response.json();
    await route.fulfill({ response, json });
  });
  const page = await stage.open();
  await signIn(page);
  assert.deepEqual(await page.evaluate(() => app.auth.signOut()), { revocation: "confirmed" });
});

test("the page can't smuggle options in by polluting prototypes (SAFE-8)", async (t) => {
  const stage = await startStage(t, { mode: "page" });
  await stage.context.addInitScript(() => {
    const pollution = {
      exposeAccessToken: true,
      resourceServers: ["https://evil.example/"],
      clientSecret: "s",
      redirect: "follow",
    };
    for (const [name, value] of Object.entries(pollution)) Object.defineProperty(Object.prototype, name, { value, configurable: true });
  });
  const page = await stage.open();
  await signIn(page);

  assert.equal((await page.evaluate(() => app.outcome(() => app.auth.accessToken()))).error.code, "TOKENKEEP_TOKEN_NOT_EXPOSED");
  assert.equal(await codeOf(page, "https://evil.example/"), "TOKENKEEP_TARGET_REFUSED");
});
