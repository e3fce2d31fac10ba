import assert from "node:assert/strict";

import { endOfSend, events, explain, resume, send, session, startSend, stats } from "./support/calls.mjs";
import { passPages, signIn } from "./support/sign-in.mjs";
import { scope, startStage, transports } from "./support/stage.mjs";
import { sendJson } from "../../www/server/http.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

const narrow = "openid profile files:read";
const post = (tokenkeep) => ({ method: "POST", body: '{"n":0}', tokenkeep });
const stepUp = { stepUp: true };

/** What an API asks for: the call that meets it, the event's detail, and the page that the person sees. */
const demands = {
  "a wider scope": {
    call: ["effects", post(stepUp)],
    status: 403,
    detail: { reason: "scope", signIn: { scope: "files:write" } },
    error: "insufficient_scope",
    page: "#consent",
    asked: ["scope", scope],
    answer: 201,
  },
  "a stronger sign-in": {
    call: ["vault", { tokenkeep: stepUp }],
    status: 401,
    detail: { reason: "authentication", signIn: { acrValues: "gold" } },
    error: "insufficient_user_authentication",
    page: "#login",
    asked: ["acr_values", "gold"],
    answer: 200,
  },
  "a newer sign-in": {
    before: ({ authorizationServer }) => authorizationServer.ageSignIns(601),
    call: ["recent", { tokenkeep: stepUp }],
    status: 401,
    detail: { reason: "authentication", signIn: { maxAge: 600 } },
    error: "insufficient_user_authentication",
    page: "#login",
    asked: ["max_age", "600"],
    answer: 200,
  },
};

for (const [name, demand] of Object.entries(demands)) {
  for (const mode of transports) {
    test(`${mode}: an API that asks for ${name} is the answer, an explanation and an event (WWW-8)`, async (t) => {
      const { stage, page } = await startNarrow(t, { mode });
      const onlooker = mode === "shared" ? await openSignedIn(stage) : page;
      demand.before?.(stage);
      const [path, init] = demand.call;
      const { value } = await explain(page, stage.v1(path), { ...init, tokenkeep: {} });

      assert.equal(value.status, demand.status);
      const { kind, error, scope: wanted, acrValues, maxAge } = value.explanation;
      assert.deepEqual([kind, error], [demand.detail.reason, demand.error]);
      const told = { scope: wanted, acrValues, maxAge };
      for (const [option, given] of Object.entries(demand.detail.signIn)) assert.equal(told[option], given);
      for (const tab of new Set([page, onlooker])) {
        const [event] = await until(async () => (await stepUps(tab)).length && stepUps(tab), "the event");
        assert.deepEqual(event, { ...demand.detail, resource: `${stage.api.origin}/v1` });
      }
      assert.deepEqual([stage.counts.refreshes, statuses(stage)], [0, [demand.status]]);
    });
  }

  test(`a call that waits for ${name} is answered once the person gave it in another tab (WWW-9)`, async (t) => {
    const { stage, page } = await startNarrow(t);
    const other = await openSignedIn(stage);
    demand.before?.(stage);
    const [path, init] = demand.call;
    await startSend(page, stage.v1(path), init);
    await until(async () => (await stats(page)).steppingUp === 1, "the call to wait");
    const asked = await obey(other);
    await other.waitForSelector(demand.page);
    await passPages(other);
    await resume(other);

    const [parameter, given] = demand.asked;
    assert.equal(asked.get(parameter), given);
    assert.equal((await endOfSend(page)).value.status, demand.answer);
    assert.deepEqual(statuses(stage), [demand.status, demand.answer]);
    for (const tab of [page, other]) assert.equal((await session(tab)).scope, asked.get("scope"));
    assert.equal((await stepUps(page)).length, 1);
    assert.equal((await stats(page)).steppingUp, 0);
  });
}

test("the person refuses: the call that waits gets the answer that it had (WWW-13)", async (t) => {
  const { stage, page } = await startNarrow(t);
  const other = await openSignedIn(stage);
  await startSend(page, stage.v1("effects"), post(stepUp));
  await until(async () => (await stats(page)).steppingUp === 1, "the call to wait");
  await obey(other);
  await other.click("#consent button[name=refuse]");
  await other.waitForURL((url) => url.pathname === "/callback");

  assert.equal((await resume(other)).error.error, "access_denied");
  assert.equal((await endOfSend(page)).value.status, 403);
  assert.deepEqual([statuses(stage), stage.api.effects], [[403], []]);
  assert.equal((await session(page)).scope, narrow);
});

for (const mode of transports) {
  test(`${mode}: nobody signs in: the call that waits gets the answer that it had`, async (t) => {
    const { stage, page } = await startNarrow(t, { mode, config: { stepUpTimeout: 300 } });
    const { value } = await send(page, stage.v1("effects"), post(stepUp));

    assert.deepEqual([value.status, JSON.parse(value.text)], [403, { error: "insufficient_scope" }]);
    assert.deepEqual(statuses(stage), [403]);
  });

  test(`${mode}: an abort and a sign-out end the wait for more rights`, async (t) => {
    const { stage, page } = await startNarrow(t, { mode });
    await page.evaluate((url) => {
      globalThis.controller = new AbortController();
      const more = (init) => app.send(url, { method: "POST", body: "{}", tokenkeep: { stepUp: true }, ...init });
      globalThis.sending = Promise.all([more({ signal: controller.signal }), more()]);
    }, stage.v1("effects"));
    const waiting = (count) => until(async () => (await stats(page)).steppingUp === count, `${count} to wait`);
    await waiting(2);
    await page.evaluate(() => controller.abort());
    await waiting(1);
    await page.evaluate(() => app.auth.signOut());

    const [aborted, ended] = await endOfSend(page);
    assert.deepEqual([aborted.error.name, ended.error.code], ["AbortError", "TOKENKEEP_LOGIN_REQUIRED"]);
    assert.deepEqual(statuses(stage), [403, 403]);
  });

  test(`${mode}: what the API does not let scripts read is explained with its cure`, async (t) => {
    const { stage, page } = await startNarrow(t, { mode });
    stage.api.allow({ exposed: "Retry-After" });
    const { value } = await explain(page, stage.v1("effects"), post(stepUp));

    assert.deepEqual([value.status, value.explanation.kind], [403, "forbidden"]);
    assert.match(value.explanation.message, /expose WWW-Authenticate \(Access-Control-Expose-Headers\)/);
    assert.deepEqual([await stepUps(page), statuses(stage)], [[], [403]]);
  });
}

test("an API that asks again after the sign-in has a call go once more, and no further (WWW-11)", async (t) => {
  const { stage, page } = await startNarrow(t, { probe: { answer: hostile(() => "files:write") } });
  const other = await openSignedIn(stage);
  await startSend(page, stage.probed("x"), { tokenkeep: stepUp });
  await until(async () => (await stats(page)).steppingUp === 1, "the call to wait");
  await obey(other);
  await passPages(other);
  await resume(other);

  assert.equal((await endOfSend(page)).value.status, 403);
  assert.equal(stage.probe.requests.length, 2);
  assert.equal((await stepUps(page)).length, 1);
  assert.equal((await stats(page)).steppingUp, 0);
});

test("an API that always asks for something else is told five times (WWW-11)", async (t) => {
  let demand = 0;
  const { stage, page } = await startNarrow(t, { probe: { answer: hostile(() => `scope-${(demand += 1)}`) } });
  for (let call = 0; call < 10; call += 1) assert.equal((await send(page, stage.probed("x"))).value.status, 403);
  const { value } = await send(page, stage.probed("x"), { tokenkeep: stepUp });

  assert.equal(value.status, 403, "nobody waits for a demand that nobody was told of");
  assert.deepEqual(
    (await stepUps(page)).map(({ signIn: { scope: wanted } }) => wanted),
    [1, 2, 3, 4, 5].map((n) => `scope-${n}`),
  );
  assert.equal(stage.probe.requests.length, 11);
  const ignored = (await page.evaluate(() => app.auth.audit())).filter(({ kind }) => kind === "step-up-ignored");
  assert.equal(
    ignored.reduce((sum, { count }) => sum + count, 0),
    6,
  );
});

/** A signed-in page whose session lacks `files:write`. */
async function startNarrow(t, { config, ...options } = {}) {
  const stage = await startStage(t, { config: { scope: narrow, ...config }, ...options });
  const page = await stage.open();
  await signIn(page);
  return { stage, page };
}

async function openSignedIn(stage) {
  const page = await stage.open();
  await resume(page);
  return page;
}

const stepUps = async (page) => (await events(page, "stepup")).map(({ detail }) => detail);

const statuses = ({ api }) => api.requests.map(({ status }) => status);

/** Has the page sign in as the last event says. Resolves to the parameters of the authorization request. */
async function obey(page) {
  await until(async () => (await stepUps(page)).length, "the event");
  const navigation = page.waitForRequest((request) => request.isNavigationRequest());
  await page.evaluate(() => {
    const { detail } = app.events.findLast(({ type }) => type === "stepup");
    void app.auth.signIn(detail.signIn);
  });
  return new URL((await navigation).url()).searchParams;
}

/** Refuses whatever the token, and asks for the scope that `wanted` says. */
function hostile(wanted) {
  return ({ response }) => {
    const challenge = `Bearer error="insufficient_scope", scope="${wanted()}"`;
    sendJson(response, 403, { error: "insufficient_scope" }, { "www-authenticate": challenge });
  };
}
