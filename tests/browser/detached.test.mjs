// Methods of `auth` on their own, as handlers and as what destructuring makes of them.

import assert from "node:assert/strict";

import { passPages, signIn } from "./support/sign-in.mjs";
import { startStage, transports } from "./support/stage.mjs";
import { test } from "./support/test.mjs";

for (const mode of transports) {
  test(`${mode}: every method may be detached, and none can be changed`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    await signIn(page);
    const [came, heard, changed] = await page.evaluate(async (url) => {
      const { fetch, resume, explain, stats, audit, unlock, subscribe, userinfo, addEventListener, signOut, close } = app.auth;
      const heard = [];
      addEventListener("signedout", ({ type }) => heard.push(type));
      subscribe(() => heard.push("changed"));
      const response = await fetch(url);
      const came = [response.status, explain(response), (await resume()).claims.sub, (await stats()).phase, (await audit()).length > 0];
      came.push((await userinfo()).sub, await unlock(), (await signOut()).revocation);
      const names = [app.auth, Object.getPrototypeOf(app.auth)].flatMap(Object.getOwnPropertyNames);
      const methods = names.filter((name) => name !== "constructor" && typeof app.auth[name] === "function");
      const changed = methods.filter((name) => Reflect.set(app.auth, name, 1) || Reflect.defineProperty(app.auth, name, { value: 1 }));
      close();
      return [came, heard.sort(), changed];
    }, stage.v1("files"));

    assert.deepEqual(came, [200, null, "ada", "active", true, "ada", undefined, "confirmed"]);
    assert.deepEqual(heard, ["changed", "signedout"]);
    assert.deepEqual(changed, []);
  });

  test(`${mode}: a method that handles a click takes no event for options`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    await page.evaluate(() => document.body.appendChild(document.createElement("button")).addEventListener("click", app.auth.signIn));
    await page.click("button");
    await passPages(page);
    const [resumed, signedOut] = await page.evaluate(async () => {
      const frame = document.body.appendChild(document.createElement("iframe")).contentWindow;
      const resumed = await app.outcome(() => app.auth.resume(new frame.Event("load")));
      // As React's, which is no Event.
      const event = { nativeEvent: new Event("click"), isTrusted: true, endSession: true, preventDefault() {} };
      return [resumed, await app.outcome(() => app.auth.signOut(event))];
    });

    assert.equal(resumed.value?.claims.sub, "ada", JSON.stringify(resumed));
    assert.deepEqual(signedOut, { value: { revocation: "confirmed" } });
  });

  test(`${mode}: what is no event is options still, and a mistake in them is told`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    const { error } = await page.evaluate(() => app.outcome(() => app.auth.signIn({ isTrusted: true })));

    assert.deepEqual([error.code, error.option], ["TOKENKEEP_PARAMETER_REFUSED", "isTrusted"]);
  });
}
