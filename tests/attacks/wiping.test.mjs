// What is left of tokens in the wasm's memory when they are of no use any more: nothing, for somebody who reads a dump.

import assert from "node:assert/strict";

import { statusOf } from "../browser/support/calls.mjs";
import { test } from "../browser/support/test.mjs";
import { modes } from "./support/attack.mjs";
import { debugHolder } from "./support/debugger.mjs";
import { startRig } from "./support/rig.mjs";

const kinds = ["access token", "refresh token", "ID token", "code", "code verifier"];
const variants = { bearer: {}, DPoP: { as: { dpop: true }, api: { dpop: true } } };

for (const mode of modes) {
  for (const [kind, options] of Object.entries(variants)) {
    test(`${mode}, ${kind}: the wasm's memory has the tokens in use, and none after a refresh or a sign-out (STORE-10)`, async (t) => {
      const rig = await startRig(t, { mode, ...options });
      const holder = await debugHolder(rig);
      const page = await rig.signedIn();
      const look = (secrets = rig.secrets(...kinds)) => search(holder.memory(page), secrets);
      assert.equal(await statusOf(page, rig.v1("files")), 200);
      const first = rig.secrets(...kinds);
      const begun = await look();
      for (const name of ["access token", "refresh token"]) assert.ok(begun.has(name), `the search misses the ${name}`);
      assert.deepEqual(leftOf(begun, "code", "code verifier"), [], "after the exchange");

      rig.as.expireAccessTokens();
      assert.equal(await statusOf(page, rig.v1("files")), 200);
      assert.equal(rig.secrets("refresh token").length, 2);
      assert.deepEqual(leftOf(await look(first)), [], "after a refresh");
      const renewed = await look();
      for (const name of ["access token", "refresh token"]) assert.ok(renewed.has(name), `the search misses the new ${name}`);

      await page.evaluate(() => app.auth.signOut());
      assert.deepEqual(leftOf(await look()), [], "after the sign-out");
    });
  }
}

/** Which of the secrets the memory has, whole or in part: what stands around each, by name. */
async function search(memory, secrets) {
  const text = await memory;
  const found = new Map();
  for (const { name, value } of secrets) {
    for (const needle of [value, ...pieces(value), ...swapped(value)]) {
      const at = text.indexOf(needle);
      if (at < 0) continue;
      const seen = text.slice(Math.max(0, at - 60), at + needle.length + 60).replace(/[^ -~]+/g, ".");
      found.set(name, [...(found.get(name) ?? []), seen]);
    }
  }
  return found;
}

/** What may be left where something else was written over the rest; the header of a JWT is no secret. */
function pieces(value) {
  const secret = value.slice(value.indexOf(".") + 1);
  const starts = Array.from({ length: Math.floor((secret.length - 12) / 12) }, (_, index) => index * 12);
  return starts.map((start) => secret.slice(start, start + 24)).filter(({ length }) => length === 24);
}

/** A text as hash functions have it in their registers: four bytes at a time, the other way round. */
function swapped(value) {
  return [0, 1, 2, 3].map((first) => {
    const whole = value.slice(first, first + 4 * Math.floor((Math.min(value.length, 40) - first) / 4));
    return whole.replace(/(.)(.)(.)(.)/gs, "$4$3$2$1");
  });
}

const leftOf = (found, ...names) => [...found].filter(([name]) => !names.length || names.includes(name));
