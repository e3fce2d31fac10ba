// What WebKit was seen not to have, taken away from Chromium; tests/engines meets it for real where that is installed.

import assert from "node:assert/strict";

import { bodies, content, inPage } from "./support/body-kinds.mjs";
import { send } from "./support/calls.mjs";
import { signIn } from "./support/sign-in.mjs";
import { startStage, transports } from "./support/stage.mjs";
import { test } from "./support/test.mjs";

const large = "0123456789".repeat(30_000);
const forms = Object.entries(bodies).filter(([name]) => name.startsWith("FormData"));

/** In every page: forms with files can't be read, and no stream is one of bytes. */
function lessen() {
  const NativeStream = ReadableStream;
  globalThis.ReadableStream = class extends NativeStream {
    constructor(source, strategy) {
      if (source?.type === "bytes") throw new TypeError("not implemented");
      super(source, strategy);
    }
  };
  for (const { prototype } of [Request, Response]) {
    const { blob } = prototype;
    prototype.blob = async function () {
      const isForm = this.headers.get("content-type")?.startsWith("multipart/");
      if (isForm) throw new DOMException("unable to read form data", "InvalidStateError");
      return blob.call(this);
    };
  }
}

for (const mode of transports) {
  test(`${mode}: forms are sent, and answers streamed, where the browser has less to do it with`, async (t) => {
    const answer = ({ response, url }) => response.end(url.pathname.endsWith("large") ? large : "");
    const stage = await startStage(t, { mode, probe: { answer } });
    await stage.context.addInitScript(lessen);
    const page = await stage.open();
    await signIn(page);
    assert.equal((await send(page, stage.probed("large"))).value.text, large);
    for (const [name, source] of forms) {
      stage.probe.requests.length = 0;
      await page.evaluate(`(async () => { ${inPage}
        for (const send of [fetch, app.auth.fetch]) {
          const [method, body] = ${source};
          await send("${stage.probed("form")}", { method, body });
        }
      })()`);
      const [plain, sent, ...more] = stage.probe.requests;
      assert.deepEqual([sent.status, more], [200, []], name);
      assert.deepEqual(content(sent), content(plain), name);
    }
    const refused = await page.evaluate((url) => {
      const form = new FormData();
      form.append("file", new Blob(["x"]));
      return app.send(new Request(url, { method: "POST", body: form }));
    }, stage.probed("form"));
    assert.match(JSON.stringify(refused), /unable to read form data/);
  });
}
