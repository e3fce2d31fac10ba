// What the kernel makes of the notes that browsers take of requests. The notes are made up here, as Chromium, Firefox and
// WebKit were seen to write them; in Chromium they are met for real in tests/attacks/service-workers.test.mjs.

import assert from "node:assert/strict";
import { beforeEach } from "node:test";

import { lookOut } from "../../pkg-template/src/kernel/lookout.js";
import { test } from "./support/test.mjs";

const url = "https://as.example/token";
const note = (more) => ({ name: url, workerStart: 0, responseStatus: 200, ...more });
let pending, deliver, told;

beforeEach(() => {
  pending = [];
  told = 0;
  globalThis.PerformanceObserver = class {
    constructor(receive) {
      deliver = (...entries) => receive({ getEntries: () => entries });
    }
    observe() {}
    takeRecords() {
      return pending.splice(0);
    }
  };
});

const start = () => lookOut(() => (told += 1));
const atOnce = (looking) => Promise.race([looking, turn().then(() => "not yet")]);
const turn = () => new Promise((resolve) => setTimeout(resolve));

test("nobody in between is nothing to tell (SW-1)", async () => {
  const look = start();
  pending.push(note());
  assert.deepEqual([look(), await look(url), told], [false, false, 0]);
});

test("the time that a service worker started is told once, at the next look or by itself (SW-1)", async () => {
  const look = start();
  pending.push(note({ workerStart: 1 }));
  assert.equal(look(), true);
  deliver(note({ workerStart: 2 }));
  await turn();
  assert.deepEqual([await look(url), told], [true, 1]);
});

test("routes that answer out of a cache count as one (SW-1)", () => {
  const look = start();
  pending.push(note({ workerRouterEvaluationStart: 3 }));
  assert.equal(look(), true);
});

test("a status that is left out tells where the origin's were told before, and the note may come late (SW-1)", async () => {
  const look = start();
  pending.push(note());
  assert.equal(await look(url), false);
  const looking = look(url);
  deliver(note({ responseStatus: 0 }));
  assert.equal(await looking, true);
  await turn();
  assert.equal(told, 1);
});

test("a note that comes before its answer was read is kept, of a request that was announced", async () => {
  const look = start();
  look.expect(url);
  deliver(note());
  assert.equal(await atOnce(look(url)), false);
  look.expect(url);
  deliver(note({ responseStatus: 0 }));
  assert.equal(await atOnce(look(url)), true);
  deliver(note());
  assert.equal(await atOnce(look(url)), "not yet");
});

test("a status that is left out tells nothing where none of that origin was told, nor of a request that may have failed", async () => {
  const look = start();
  deliver(note({ name: "https://app.example/holder.js" }), note({ name: "https://api.example/v1", responseStatus: 0 }));
  const looking = look(url);
  deliver(note({ responseStatus: 0 }));
  assert.deepEqual([await looking, look(), told], [false, false, 0]);
});

test("browsers without statuses, and notes that never come, keep nobody waiting", async () => {
  const look = start();
  deliver(note({ responseStatus: undefined }));
  const looking = look(url);
  deliver(note({ responseStatus: undefined }));
  assert.equal(await looking, false);
  assert.equal(await look("https://as.example"), false);
});

test("a realm that a service worker controls is behind it from the start (SW-1)", async (t) => {
  const { navigator } = globalThis;
  Object.defineProperty(globalThis, "navigator", { value: { serviceWorker: { controller: {} } }, configurable: true });
  t.after(() => Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true }));
  assert.equal(start()(), true);
});
