// What was made in a frame of the same origin is as good as what the page makes.

import assert from "node:assert/strict";

import { signIn } from "./support/sign-in.mjs";
import { modes, startStage } from "./support/stage.mjs";
import { guarded, startProbe } from "./support/probe.mjs";
import { test } from "./support/test.mjs";

/** Bodies, as source that runs in the page: `frame` is the other realm. */
const bodies = {
  FormData: "form(frame)",
  "a Blob": `new frame.Blob(["<a/>"], { type: "text/xml" })`,
  "a Blob whose type looks like a form's": `new frame.Blob(["a=1"], { type: "application/x-www-form-urlencoded;charset=UTF-8" })`,
  "a Blob without a type": `new frame.Blob(["b"])`,
  "a File": `new frame.File(["file"], "f.txt", { type: "text/plain" })`,
  "an ArrayBuffer": "new frame.Uint8Array([1, 2, 3]).buffer",
  "a typed array": "new frame.Uint16Array([1, 2, 3, 4]).subarray(1, 3)",
  "a DataView": "new frame.DataView(new frame.Uint8Array([1, 2, 3, 4]).buffer, 1, 2)",
  URLSearchParams: `new frame.URLSearchParams({ a: "1 2", b: "ü&=" })`,
  "a String object": `new frame.String("made")`,
};

/** Runs in the page before a body is made. */
const inPage = `
  const frame = document.body.appendChild(document.createElement("iframe")).contentWindow;
  const form = ({ FormData, File }) => {
    const made = new FormData();
    made.append("name", "Ada");
    made.append("file", new File(["text"], "f.bin", { type: "application/x-test" }));
    return made;
  };
`;

const start = async (t, mode, options) => {
  const stage = await startStage(t, { mode, ...options });
  const page = await stage.open();
  await signIn(page);
  return { stage, page };
};

for (const mode of modes) {
  test(`${mode}: every body of another realm arrives as plain fetch sends it, in a Request of another realm too`, async (t) => {
    const { stage, page } = await start(t, mode);
    for (const [name, source] of Object.entries(bodies)) {
      for (const input of ["url", "new frame.URL(url)", "new frame.Request(url)"]) {
        stage.probe.requests.length = 0;
        const statuses = await page.evaluate(`(async () => { ${inPage}
          const url = ${JSON.stringify(stage.probed("body"))};
          const init = () => ({ method: "POST", body: ${source} });
          const of = (send, path) => send(${input}, init()).then(({ status }) => status, String);
          return [await of(fetch), await of(app.auth.fetch)];
        })()`);
        assert.deepEqual(statuses, [401, 200], `${name}, ${input}`);
        const [plain, held] = stage.probe.requests.map(content);
        assert.deepEqual(held, plain, `${name}, ${input}`);
      }
    }
  });

  test(`${mode}: a stream of another realm is sent as it is`, async (t) => {
    let authorizationServer;
    const api = await startProbe({ http2: true, answer: (exchange) => guarded({ authorizationServer })(exchange) });
    t.after(api.close);
    const { stage, page } = await start(t, mode, { config: { resourceServers: [`${api.origin}/probe/`] } });
    ({ authorizationServer } = stage);
    const status = await page.evaluate(`(async () => { ${inPage}
      const body = new frame.Blob(["one ", "two"]).stream();
      const init = { method: "POST", body, duplex: "half" };
      return (await app.auth.fetch("${api.origin}/probe/x", init)).status;
    })()`);

    assert.equal(status, 200);
    assert.deepEqual(
      api.requests.map(({ body }) => String(body)),
      ["one two"],
    );
  });
}

test("a Request whose body can't be looked at has it sent all the same", async (t) => {
  const { stage, page } = await start(t, "shared");
  const statuses = await page.evaluate(async (url) => {
    delete Request.prototype.body;
    const requests = [new Request(url, { method: "PUT", body: "put" }), new Request(url), new Request(url, { method: "DELETE" })];
    return Promise.all(requests.map(async (request) => (await app.auth.fetch(request)).status));
  }, stage.probed("x"));

  assert.deepEqual(statuses, [200, 200, 200]);
  const sent = stage.probe.requests.map(({ method, body }) => `${method} ${body}`).sort();
  assert.deepEqual(sent, ["DELETE ", "GET ", "PUT put"]);
});

test("isTokenKeepError knows an error of another realm, and takes nothing else for one", async (t) => {
  const { page } = await start(t, "shared");
  const told = await page.evaluate(async () => {
    const frame = document.body.appendChild(document.createElement("iframe")).contentWindow;
    const { isTokenKeepError } = app.tokenkeep;
    const made = await app.auth.fetch("https://elsewhere.example/").catch((error) => error);
    const foreign = frame.Object.create(frame.Object.prototype, { [Symbol.for("tokenkeep.error")]: { value: true } });
    return [made, foreign, {}, null, undefined, "x", 1, new frame.Error("x")].map(isTokenKeepError);
  });

  assert.deepEqual(told, [true, true, false, false, false, false, false, false]);
});

/** A request's body and content type; a form's boundary is chance, so it is the same for all here. */
function content({ method, headers, body }) {
  const type = headers["content-type"] ?? null;
  const boundary = /boundary=(.+)$/.exec(type ?? "")?.[1] ?? "no boundary";
  return [method, type?.replace(boundary, "B"), body.toString("latin1").replaceAll(boundary, "B")];
}
