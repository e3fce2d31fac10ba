import assert from "node:assert/strict";

import { codeOf, events, explain, resume, send, session, stats, statusOf } from "./support/calls.mjs";
import { startHunt } from "./support/leaks.mjs";
import { startStage, transports, workerModes } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

const none = { scope: "", expiresAt: null, claims: null };
const noServer = { issuer: undefined, clientId: undefined, redirectUri: undefined, scope: undefined };
const enter = (page, token) => page.evaluate((text) => app.outcome(() => app.auth.enterToken(text)), token);

for (const mode of transports) {
  test(`${mode}: hold({ token }) sends it with every request, to the listed servers only`, async (t) => {
    const { stage, token } = await startPersonal(t, { mode });
    const page = await stage.open();

    assert.deepEqual((await resume(page)).value, none);
    assert.equal(await statusOf(page, stage.probed("x")), 200);
    assert.equal(stage.probe.requests[0].headers.authorization, `Bearer ${token}`);
    assert.equal(await statusOf(page, stage.v1("effects"), { method: "POST", body: '{"n":1}' }), 403, "its own scope");
    assert.equal(await codeOf(page, `${stage.probe.origin}/elsewhere`), "TOKENKEEP_TARGET_REFUSED");
    assert.equal(await codeOf(page, stage.app.origin), "TOKENKEEP_TARGET_REFUSED");
    assert.equal(stage.probe.requests.length, 1);
    assert.equal(stage.counts.tokenRequests, 0);
  });

  test(`${mode}: hold({ acceptToken: true }) takes one at run time, and another one later`, async (t) => {
    const { stage, token } = await startEntering(t, { mode });
    const page = await stage.open();
    assert.equal((await resume(page)).value, null);
    assert.equal(await codeOf(page, stage.probed("x")), "TOKENKEEP_LOGIN_REQUIRED");
    assert.equal((await enter(page, token)).error, undefined);
    assert.deepEqual(await session(page), none);
    assert.equal(await statusOf(page, stage.probed("x")), 200);
    const another = await stage.authorizationServer.issuePersonalToken();
    await enter(page, another);
    assert.equal(await statusOf(page, stage.probed("x")), 200);

    const sent = stage.probe.requests.map(({ headers }) => headers.authorization);
    assert.deepEqual(sent, [`Bearer ${token}`, `Bearer ${another}`]);
    assert.deepEqual(await events(page), Array(2).fill({ type: "signedin", detail: none }));
  });

  test(`${mode}: a 401 ends it for good`, async (t) => {
    const { stage } = await startPersonal(t, { mode });
    const page = await stage.open();
    const other = mode === "shared" ? await stage.open() : page;
    for (const tab of [page, other]) assert.deepEqual((await resume(tab)).value, none);
    assert.equal(await statusOf(page, stage.v1("files")), 200);
    stage.authorizationServer.revokeGrants();
    const { value } = await explain(page, stage.v1("files"));

    assert.deepEqual([value.status, value.explanation.error], [401, "invalid_token"]);
    for (const tab of [page, other]) {
      await until(async () => (await session(tab)) === null, "the end of the session");
      assert.deepEqual(await events(tab), [{ type: "signedout", detail: { reason: "refused" } }]);
      const { error } = await send(tab, stage.v1("files"));
      assert.deepEqual([error.code, error.reason], ["TOKENKEEP_LOGIN_REQUIRED", "refused"]);
    }
    assert.equal(stage.api.requests.length, 2);
    const [server] = (await stats(page)).servers;
    assert.deepEqual([server.requests, server.unauthorized, server.replays], [4, 1, 0]);
  });

  test(`${mode}: what can't be a token is refused, and the message does not repeat it`, async (t) => {
    const { stage, token } = await startEntering(t, { mode });
    const page = await stage.open();
    await resume(page);
    for (const bad of ["", " ", `${token} `, `Bearer ${token}`, `${token}\n`, `${token}\u00e9`, "two words", "a,b"]) {
      const { error } = await enter(page, bad);
      assert.equal(error.code, "TOKENKEEP_TOKEN_MALFORMED", JSON.stringify(bad));
      assert.ok(!bad.trim() || !JSON.stringify(error).includes(bad.trim()), error.message);
      assert.ok(!JSON.stringify(error).includes(token), error.message);
    }
    assert.deepEqual([await session(page), await events(page)], [null, []]);
  });

  test(`${mode}: there is no sign-in, and a sign-out forgets the token`, async (t) => {
    const { stage, token } = await startEntering(t, { mode });
    const page = await stage.open();
    const signingIn = () => page.evaluate(() => app.outcome(() => app.auth.signIn()));
    assert.equal((await signingIn()).error.code, "TOKENKEEP_SIGN_IN_UNAVAILABLE");
    await enter(page, token);
    assert.equal((await signingIn()).error.code, "TOKENKEEP_SIGN_IN_UNAVAILABLE");
    assert.equal(page.url(), `${stage.app.origin}/`);
    assert.deepEqual(await page.evaluate(() => app.auth.signOut()), { revocation: "unsupported" });

    assert.equal(await session(page), null);
    assert.equal(await codeOf(page, stage.v1("files")), "TOKENKEEP_LOGIN_REQUIRED");
    assert.equal(stage.counts.revocations, 0);
  });
}

test("a token can't be entered where the configuration does not say so", async (t) => {
  const { stage: given, token } = await startPersonal(t);
  const usual = await startStage(t);
  for (const stage of [given, usual]) {
    const page = await stage.open();
    const { error } = await enter(page, token);
    assert.equal(error.code, "TOKENKEEP_TOKEN_NOT_ACCEPTED");
    assert.ok(!JSON.stringify(error).includes(token), error.message);
  }
});

test("a token that makes no sense in the holder's file is told to the page, without it", async (t) => {
  const stage = await startStage(t, { config: { ...noServer, token: "se cret" } });
  const { error } = await resume(await stage.open());

  assert.deepEqual([error.code, error.option], ["TOKENKEEP_CONFIG_INVALID", "token"]);
  assert.ok(!error.message.includes("cret"), error.message);
});

for (const mode of workerModes) {
  test(`${mode}: page script finds a given token nowhere`, async (t) => {
    const { stage, token } = await startPersonal(t, { mode });
    const hunt = await startHunt(stage);
    const page = await stage.open();
    await live(stage, hunt, page);

    assert.deepEqual(hunt.placesOf(token), []);
  });

  test(`${mode}: an entered token is in the message to the holder and comes back in none`, async (t) => {
    const { stage, token } = await startEntering(t, { mode });
    const hunt = await startHunt(stage);
    const page = await stage.open();
    await enter(page, token);
    await live(stage, hunt, page);

    const post = mode === "shared" ? "MessagePort.postMessage" : "Worker.postMessage";
    assert.equal(hunt.sightings(post, token).length, 1);
    const elsewhere = new Set(hunt.placesOf(token).map((place) => place.replace(/^.*?: /, "")));
    // Whoever enters a token has it, and the debugger sees that.
    for (const place of [post, "heap of the page"]) elsewhere.delete(place);
    assert.deepEqual([...elsewhere], []);
  });
}

test("an entered token is nowhere in the other tabs, nor in its own after a reload", async (t) => {
  const { stage, token } = await startEntering(t);
  const first = await stage.open();
  await enter(first, token);
  await first.reload();
  const hunt = await startHunt(stage);
  const second = await stage.open();
  await first.reload();
  for (const page of [first, second]) await resume(page);
  await hunt.look(first, "after the reload");
  await live(stage, hunt, second);

  assert.deepEqual(hunt.placesOf(token), []);
});

/** Everything that can be done with a token, with a look around before and after it is refused. */
async function live(stage, hunt, page) {
  assert.equal(await statusOf(page, stage.v1("files")), 200);
  await send(page, `${stage.probe.origin}/elsewhere`);
  await send(page, stage.v1("effects"), { method: "POST", body: "{}" });
  await page.evaluate(() => app.outcome(() => app.auth.accessToken()));
  await page.evaluate(() => app.auth.audit());
  await stats(page);
  await hunt.look(page, "in use");
  stage.authorizationServer.revokeGrants();
  assert.equal((await explain(page, stage.v1("files"))).value.status, 401);
  await hunt.look(page, "refused");
}

/** A stage whose holder has a real token in its file. */
async function startPersonal(t, options) {
  const stage = await startStage(t, options);
  const token = await stage.authorizationServer.issuePersonalToken();
  stage.configure({ ...noServer, token });
  return { stage, token };
}

/** A stage whose holder takes a token, and a real one. */
async function startEntering(t, options) {
  const stage = await startStage(t, { config: { ...noServer, acceptToken: true }, ...options });
  return { stage, token: await stage.authorizationServer.issuePersonalToken() };
}
