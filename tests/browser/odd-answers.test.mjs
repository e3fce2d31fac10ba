// Answers that a network brings and no constructor would make, and bodies that take their time.

import assert from "node:assert/strict";

import { Gate } from "./support/gate.mjs";
import { signIn } from "./support/sign-in.mjs";
import { modes, startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { heldBack, until } from "./support/until.mjs";

const start = async (t, mode, answer) => {
  const stage = await startStage(t, { mode, probe: { answer } });
  const page = await stage.open();
  await signIn(page);
  return { stage, page };
};

/** Writes what no server of Node's would write. */
const raw =
  (statusLine) =>
  ({ request, response }) => {
    const fields = [`Access-Control-Allow-Origin: ${request.headers.origin}`, "Content-Length: 4", "Connection: close"];
    response.socket.end(`HTTP/1.1 ${statusLine}\r\n${fields.join("\r\n")}\r\n\r\nbody`);
  };

const lines = ["999 Odd", "600 Odd", "599 Odd", "1000 Odd", "99 Odd", "299", "200 a\u0001b\u007fc", "200 Grüße 🗝", "404 not here"];

/** Runs in the page: what a program can tell of each answer, and of its clone. */
async function tellAll([base, count, own]) {
  const told = [];
  for (let n = 0; n < count; n += 1) {
    const response = await (own ? app.auth.fetch : fetch)(base + n);
    const tell = async (one) => [one.status, one.statusText, one.ok, one.type, await one.text()];
    const copy = response.clone();
    told.push([await tell(response), await tell(copy)]);
  }
  return told;
}

for (const mode of modes) {
  test(`${mode}: whatever status and words an API answers with come through`, async (t) => {
    const { stage, page } = await start(t, mode, (exchange) => raw(lines[exchange.url.pathname.split("/").at(-1)])(exchange));
    const plain = await page.evaluate(tellAll, [`${stage.probe.origin}/open/`, lines.length, false]);
    const held = await page.evaluate(tellAll, [stage.probed(""), lines.length, true]);

    assert.deepEqual(
      plain.map(([[status]]) => status),
      [999, 600, 599, 1000, 99, 299, 200, 200, 404],
    );
    assert.deepEqual(held, plain);
  });

  test(`${mode}: an odd status is no good answer in a cache either`, async (t) => {
    const { stage, page } = await start(t, mode, raw("999 Odd"));
    const kept = await page.evaluate(async (url) => {
      const cache = await caches.open("own");
      await cache.put("/kept", await app.auth.fetch(url));
      return (await cache.match("/kept")).ok;
    }, stage.probed("x"));

    assert.equal(kept, false);
  });

  for (const [name, headers] of Object.entries({
    "of known length": { "content-length": "11" },
    "of unknown length": {},
    "of known length as JSON": { "content-length": "11", "content-type": "application/json" },
  })) {
    test(`${mode}: a small body ${name} that comes slowly: the promise resolves at the header, each part comes when it is there`, async (t) => {
      const [first, second] = [new Gate(), new Gate()];
      const { stage, page } = await start(t, mode, async ({ response }) => {
        response.writeHead(200, headers).flushHeaders();
        await first.passed;
        response.write("first");
        await second.passed;
        response.end("second");
      });
      t.after(() => [first, second].forEach((gate) => gate.open()));
      const status = await page.evaluate(async (url) => {
        globalThis.response = await app.auth.fetch(url);
        globalThis.reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
        return response.status;
      }, stage.probed("slow"));
      assert.equal(status, 200);
      const read = () => page.evaluate(async () => (await reader.read()).value ?? null);
      first.open();
      assert.equal(await read(), "first");
      second.open();
      assert.equal(await read(), "second");
      assert.equal(await read(), null);
    });
  }

  test(`${mode}: a small body that breaks off fails its reader, at once or later`, async (t) => {
    const gate = new Gate();
    const { stage, page } = await start(t, mode, async ({ response, url }) => {
      response.writeHead(200, { "content-length": "11" }).flushHeaders();
      response.write("first", async () => {
        if (url.pathname.endsWith("later")) await gate.passed;
        response.destroy();
      });
    });
    t.after(() => gate.open());
    for (const name of ["at-once", "later"]) {
      const told = await page.evaluate(
        async ([url]) => {
          const response = await app.auth.fetch(url);
          globalThis.reading = response.text().then(
            () => "read",
            ({ name }) => name,
          );
          return response.status;
        },
        [stage.probed(name)],
      );
      assert.equal(told, 200, name);
      gate.open();
      assert.equal(await page.evaluate(() => reading), "TypeError", name);
    }
  });

  test(`${mode}: a body is read into the reader's own bytes, streamed or not, a clone's too`, async (t) => {
    const answer = ({ response, url }) => {
      const body = Buffer.alloc(100_000, "0123456789").subarray(0, url.pathname.endsWith("small") ? 10 : 100_000);
      response.writeHead(200, url.pathname.endsWith("unknown") ? {} : { "content-length": body.length }).end(body);
    };
    const { stage, page } = await start(t, mode, answer);
    for (const [name, size] of Object.entries({ small: 10, large: 100_000, unknown: 100_000 })) {
      const seen = await page.evaluate(async (url) => {
        const response = await app.auth.fetch(url);
        const copy = response.clone();
        const readAll = async (body) => {
          const reader = body.getReader({ mode: "byob" });
          let text = "";
          for (let buffer = new ArrayBuffer(999); ; ) {
            const { done, value } = await reader.read(new Uint8Array(buffer));
            text += new TextDecoder().decode(value);
            if (done) return [text.length, value.length, text.startsWith("0123456789")];
            buffer = value.buffer;
          }
        };
        return Promise.all([readAll(response.body), readAll(copy.body)]);
      }, stage.probed(name));
      assert.deepEqual(seen, [
        [size, 0, true],
        [size, 0, true],
      ]);
    }
  });
}

for (const mode of ["shared", "worker"]) {
  test(`${mode}: a stream that was read for long is held back as one that was not`, async (t) => {
    let written = 0;
    const pour = ({ response }) => {
      while (!response.destroyed && written < 256) {
        written += 1;
        if (!response.write(Buffer.alloc(1024 * 1024))) return void response.once("drain", () => pour({ response }));
      }
      response.end();
    };
    const { stage, page } = await start(t, mode, pour);
    await page.evaluate(async (url) => {
      globalThis.reader = (await app.auth.fetch(url)).body.getReader();
      for (let size = 0; size < 32 * 1024 * 1024; ) size += (await reader.read()).value.length;
    }, stage.probed("flood"));
    await heldBack(page, () => written);

    assert.ok(written < 160, `${written} MB were taken from the API for nobody`);
  });

  test(`${mode}: whoever gives up a stream that waits to be read frees the API`, async (t) => {
    const { stage, page } = await start(t, mode, ({ response }) => {
      const pour = () => {
        while (!response.destroyed && response.write(Buffer.alloc(64 * 1024)));
        if (!response.destroyed) response.once("drain", pour);
      };
      pour();
    });
    for (const end of ["response.body.cancel()", "controller.abort()"]) {
      await page.evaluate(`(async () => {
        const controller = new AbortController();
        const response = await app.auth.fetch("${stage.probed("flood")}", { signal: controller.signal });
        await ${end};
      })()`);
      await until(() => stage.probe.requests.at(-1).closed, `the end by ${end}`);
    }
  });
}
