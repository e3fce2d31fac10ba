import assert from "node:assert/strict";
import { mkdtempSync, existsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { withLock } from "../lib/lock.mjs";
import { must, run, which } from "../lib/run.mjs";
import { hashOf, unlessFresh } from "../lib/stamp.mjs";

const folder = () => mkdtempSync(join(tmpdir(), "tokenkeep-scripts-"));

test("both streams and the exit status come back, and a missing program is a status too", async () => {
  const result = await run(process.execPath, ["-e", "console.log(1); console.error(2); process.exit(3)"]);
  assert.equal(result.code, 3);
  assert.match(result.output, /1/);
  assert.match(result.output, /2/);
  assert.equal((await run("no-such-program", [])).code, 127);
});

test("a program past its time limit is ended with its children", async () => {
  const script =
    "require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' }); setInterval(() => {}, 1000)";
  const result = await run(process.execPath, ["-e", script], { timeout: 500 });
  assert.deepEqual([result.code, result.timedOut], [124, true]);
});

test("a failure that must not be names the program, its output and the cure", async () => {
  const failing = must(process.execPath, ["-e", "console.log('why'); process.exit(1)"], { cure: "do this" });
  await assert.rejects(failing, (error) => /why/.test(error.message) && /cure: do this/.test(error.message));
});

test("which finds a program only where it can be run", () => {
  assert.ok(which("node", `${folder()}:${join(process.execPath, "..")}`) || process.platform === "win32");
  assert.equal(which("node", folder()), null);
});

test("work is left out until an input or an output changes", async () => {
  const place = folder();
  const [input, output] = [join(place, "in"), join(place, "out")];
  const work = () => writeFileSync(output, "made");
  const go = () => unlessFresh({ stamp: join(place, "stamp"), key: hashOf([input]), outputs: [output] }, work);
  writeFileSync(input, "1");
  assert.deepEqual([await go(), await go()], [true, false]);
  writeFileSync(input, "2");
  assert.deepEqual([await go(), await go()], [true, false]);
});

test("a failed piece of work leaves no stamp", async () => {
  const place = folder();
  const stamp = join(place, "stamp");
  await assert.rejects(unlessFresh({ stamp, key: "k" }, () => Promise.reject(new Error("no"))));
  assert.equal(existsSync(stamp), false);
});

test("the lock lets one in at a time and is free after a failure", async () => {
  const place = folder();
  const order = [];
  await assert.rejects(withLock("x", () => Promise.reject(new Error("no")), place));
  const first = withLock("x", async () => order.push("in", await new Promise((done) => setImmediate(done, "out"))), place);
  await Promise.all([first, withLock("x", () => order.push("second"), place)]);
  assert.deepEqual(order, ["in", "out", "second"]);
});

test("a lock whose process is gone is taken over", async () => {
  const place = folder();
  const { output } = await run(process.execPath, ["-p", "process.pid"]);
  writeFileSync(join(place, "x.lock"), output.trim());
  assert.equal(await withLock("x", () => "in", place), "in");
});
