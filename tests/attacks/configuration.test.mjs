// T15: change the configuration: the list of resource servers, the authorization server, what may be handed out.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { codeOf, statusOf } from "../browser/support/calls.mjs";
import { pkg } from "../../scripts/lib/paths.mjs";
import { attack } from "./support/attack.mjs";
import { configure, pollute } from "./scripts/configuring.mjs";

const tokens = ["access token", "refresh token", "ID token"];
const unexposed = { own: "TOKENKEEP_OPERATION_REFUSED" };
// They would change what every script does, before it comes to the library.
const everyday = new Set(["name", "message", "code", "type", "then", "url", "body", "method", "headers", "status"]);

/** What the attacker wants the configuration to be. */
const wishes = ({ origins: { evil } }) => ({
  issuer: evil,
  server: { issuer: evil, authorizationEndpoint: `${evil}/auth`, tokenEndpoint: `${evil}/token` },
  clientId: "evil",
  redirectUri: `${evil}/callback`,
  resourceServers: [`${evil}/`],
  exposeAccessToken: true,
  acceptToken: true,
  assumePkce: true,
  authorizationServers: [evil],
  extraParams: { redirect_uri: evil },
  auditSink: true,
});

/** Every name of an option that the package's declarations have, with the attacker's value for it. */
function allOptions(rig) {
  const declared = [...readFileSync(join(pkg, "holder.d.ts"), "utf8").matchAll(/^ {2}(?:readonly )?(\w+)\??: /gm)];
  const names = declared.map(([, name]) => name).filter((name) => !everyday.has(name));
  assert.ok(names.length > 40, `only ${names}`);
  return { ...Object.fromEntries(names.map((name) => [name, `${rig.origins.evil}/${name}`])), ...wishes(rig) };
}

attack(
  {
    id: "T15",
    threat: "S17",
    title: "pollute Object.prototype with the name of every option (SAFE-8)",
    when: ["late", "early"],
    outcome: "stopped",
  },
  async (rig) => {
    const page = await rig.signedInWith(pollute, { values: allOptions(rig) });
    assert.deepEqual(await page.evaluate(() => ({}).resourceServers), [`${rig.origins.evil}/`]);
    return stateOf(rig, page);
  },
);

attack(
  {
    id: "T15",
    threat: "S17",
    title: "have the running holder configured anew by messages (MSG-1)",
    modes: ["worker", "shared", "own"],
    outcome: "stopped",
  },
  async (rig) => {
    const page = await rig.signedIn();
    await rig.inject(page, configure, { config: wishes(rig) });
    return stateOf(rig, page);
  },
);

attack(
  {
    id: "T15",
    threat: "S17",
    title: "be the first to connect, from another document of the origin, and configure the holder (MSG-1)",
    modes: ["shared", "own"],
    outcome: "stopped",
  },
  async (rig) => {
    const first = await rig.open("/bare.html");
    await rig.inject(first, configure, { config: wishes(rig) });
    return stateOf(rig, await rig.signedIn());
  },
);

/**
 * Whether all is as the app wanted it: the list, the servers, and what is handed out. A host that the attacker wants on the
 * list must be as good as one that nobody named.
 */
async function stateOf(rig, page) {
  const moved = [];
  const expect = (what, seen, expected) => seen === expected || moved.push(`${what}: ${seen}`);
  const [wished, other] = [`${rig.origins.evil}/wished`, `${rig.origins.api.replace("api.", "other.")}/wished`];
  expect("the API", await statusOf(page, rig.v1("files")), 200);
  expect("the list", await codeOf(page, wished), await codeOf(page, other));
  expect(
    "the access token",
    await page.evaluate(async () => (await app.outcome(() => app.auth.accessToken())).error?.code),
    unexposed[rig.mode] ?? "TOKENKEEP_TOKEN_NOT_EXPOSED",
  );
  const { exchanges } = rig.as.counts;
  await page.evaluate(() => app.auth.signOut());
  await rig.signIn(page);
  expect("a new sign-in", rig.as.counts.exchanges, exchanges + 1);
  expect("the API after it", await statusOf(page, rig.v1("files")), 200);
  const strange = rig.evil.requests.filter(({ url }) => url !== "/wished");
  expect("requests to the attacker", strange.map(({ method, url }) => `${method} ${url}`).join(), "");
  expect("secrets", rig.found(JSON.stringify(strange), ...tokens).join(), "");
  return moved.length ? ["works", moved.join("; ")] : "stopped";
}
