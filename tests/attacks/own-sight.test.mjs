// T56: everything that the app's origin sees of signing in, working and signing out, with the holder on an origin of its own.

import assert from "node:assert/strict";

import { resume, statusOf } from "../browser/support/calls.mjs";
import { readPlaces } from "../browser/support/leaks.mjs";
import { back, leave } from "../browser/support/own-origin.mjs";
import { clickSignIn, endOfSignIn } from "../browser/support/popup.mjs";
import { until } from "../browser/support/until.mjs";
import { hook } from "./scripts/hooks.mjs";
import { tellNews, watchAll } from "./scripts/own-sight.mjs";
import { attack } from "./support/attack.mjs";

const everything = ["state", "nonce", "code challenge", "code", "code verifier", "access token", "refresh token", "ID token"];
const rig = { as: { logout: true }, config: ({ home }) => ({ postLogoutRedirectUri: home.bye }) };

const sight = { id: "T56", threat: "S11", modes: ["own"], when: ["early"], rig, outcome: "stopped" };

// The first address of a popup is shown by the whole browser only.
attack(
  {
    ...sight,
    rig: { ...rig, whole: true },
    title: "watch every window, message, store, address and note of the browser, and what the app's server is asked (OWN-2)",
  },
  async (rig) => {
    await rig.plant(watchAll);
    const page = await signInAndOut(rig);
    const places = JSON.stringify([await page.evaluate(readPlaces), await rig.context.cookies(rig.origins.app)]);
    return verdict(rig, `${places}\n${rig.console.join("\n")}`, ["#start=", "tokenkeep-tab", "Failed to read", "/frame.html"]);
  },
);

attack({ ...sight, title: "the hooks of T2, through sign-ins and sign-outs (OWN-2)" }, async (rig) => {
  await rig.plant(hook);
  await rig.plant(tellNews);
  await signInAndOut(rig);
  return verdict(rig, "", ["bait-in-a-header-of-a-call"]);
});

/** Nothing of what was seen is a secret; what must be in it shows that it was watched. */
function verdict(rig, more, known) {
  const seen = `${rig.evil.text()}\n${more}`;
  for (const one of known) assert.ok(seen.includes(one), `it missed ${one}`);
  assert.ok(rig.secrets("state").length >= 4, "sign-ins");
  assert.deepEqual(rig.found(seen, ...everything), []);
  assert.ok(rig.front.passed("app.rig.test").includes("GET /app.js"), "it missed what the app's server is asked");
  return rig.verdict(...everything);
}

/** In and out in every way; the app's page at the end. */
async function signInAndOut(rig) {
  const page = await rig.signedIn();
  assert.equal(await statusOf(page, rig.v1("files")), 200);
  rig.as.expireAccessTokens();
  assert.equal(await statusOf(page, rig.v1("files"), { headers: { "x-bait": "bait-in-a-header-of-a-call" } }), 200);
  await page.evaluate(() => app.auth.userinfo());
  await page.evaluate(() => app.auth.signOut());
  const popup = await clickSignIn(page);
  await rig.finishIn(popup);
  assert.ok((await endOfSignIn(page)).value);
  for (const options of [{ prompt: "none" }, { scope: "openid profile files:read files:write files:delete" }])
    assert.ok(await rig.signIn(page, options));
  await leave(page, { endSession: true }, "signOut");
  await until(() => page.isVisible("#logout").catch(() => false), "the server's page");
  await page.click("#logout button[name=logout]");
  await back(page, rig.origins.app);
  assert.equal((await resume(page)).value, null);
  await rig.arrived(page);
  return page;
}
