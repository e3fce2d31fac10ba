import assert from "node:assert/strict";

import { resume } from "./support/calls.mjs";
import { pendingLogins } from "./support/records.mjs";
import { signIn } from "./support/sign-in.mjs";
import { startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";

test("the app's own state and return target come back after the sign-in (AUTHZ-11)", async (t) => {
  const stage = await startStage(t);
  const appState = { step: 2, name: "Ada Löwe 🗝", list: [1, null, { a: true }], big: 12345678901 };
  const page = await stage.open();
  await signIn(page, { returnTo: `${stage.app.origin}/inbox?x=1#y`, appState });
  assert.deepEqual(await page.evaluate(() => app.auth.arrival), { returnTo: "/inbox?x=1#y", appState });

  await page.reload();
  await resume(page);
  assert.equal(await page.evaluate(() => app.auth.arrival), null);
  await signIn(page);
  assert.deepEqual(await page.evaluate(() => app.auth.arrival), { returnTo: null, appState: null });
});

test("a return target that leaves the app is refused (AUTHZ-21)", async (t) => {
  const stage = await startStage(t);
  const page = await stage.open();
  const { origin } = stage.app;
  const hostile = [
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "javascript:app.hit=1",
    "data:text/html,x",
    "/\t/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/\n/evil.example",
    "https:evil.example",
    "http:/evil.example",
    "",
    "inbox",
    "?x",
    "#x",
    "///evil.example",
    `${origin}.evil.example/`,
    `${origin}@evil.example/`,
    `${origin}//evil.example`,
    `${origin}\\evil.example`,
    "//",
    5,
    ["/x"],
    { href: "/x" },
    true,
  ];
  const accepted = [];
  for (const returnTo of hostile) {
    const { error } = await page.evaluate((given) => app.outcome(() => app.auth.signIn({ returnTo: given })), returnTo);
    if (error?.code !== "TOKENKEEP_RETURN_TARGET_REFUSED") accepted.push([returnTo, error?.code]);
  }

  assert.deepEqual(accepted, []);
  assert.equal(page.url(), `${origin}/`);
  assert.deepEqual(await pendingLogins(page), []);
});

test("a parameter that belongs to the package can't be set (AUTHZ-1, AUTHZ-8, AUTHZ-24)", async (t) => {
  const stage = await startStage(t);
  const page = await stage.open();
  const owned = [
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "redirect_uri",
    "client_id",
    "response_type",
    "response_mode",
    "request",
    "request_uri",
    "dpop_jkt",
    "scope",
  ];
  const accepted = [];
  for (const name of owned) {
    const options = { extraParams: { [name]: "token" } };
    const { error } = await page.evaluate((given) => app.outcome(() => app.auth.signIn(given)), options);
    if (error?.code !== "TOKENKEEP_PARAMETER_REFUSED" || error.option !== name) accepted.push([name, error?.code, error?.option]);
  }
  for (const options of [{ unknown: "x" }, { maxAge: -1 }, { maxAge: "x" }, { scope: "a  b" }, { extraParams: "x" }]) {
    const { error } = await page.evaluate((given) => app.outcome(() => app.auth.signIn(given)), options);
    if (error?.code !== "TOKENKEEP_PARAMETER_REFUSED") accepted.push([options, error?.code]);
  }

  assert.deepEqual(accepted, []);
  assert.equal(page.url(), `${stage.app.origin}/`);
});
