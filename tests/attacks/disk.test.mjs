// T45: somebody who reads the disk, once the browser is closed.

import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium } from "playwright-core";

import { args, executablePath } from "../browser/support/browser.mjs";
import { statusOf } from "../browser/support/calls.mjs";
import { attack } from "./support/attack.mjs";
import { redeem } from "./support/own-flow.mjs";

const tokens = ["access token", "refresh token", "ID token"];

/** A browser of its own, whose profile is in `folder`. */
async function context() {
  const folder = await mkdtemp(join(tmpdir(), "tokenkeep-profile-"));
  return Object.assign(await chromium.launchPersistentContext(folder, { executablePath, args }), { folder });
}

attack(
  {
    id: "T45",
    threat: "S19",
    title: "search the folder of the browser's profile (STORE-1, STORE-3)",
    rig: { context },
    outcome: "stopped",
  },
  async (rig, { t }) => {
    const { folder } = rig.context;
    t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
    const page = await rig.signedIn();
    assert.equal(await statusOf(page, rig.v1("files")), 200);
    rig.as.expireAccessTokens();
    assert.equal(await statusOf(page, rig.v1("files")), 200);
    await page.evaluate(() => localStorage.setItem("bait", "bait-on-disk"));
    await rig.context.close();
    const text = await textOf(folder);
    assert.ok(text.includes("bait-on-disk"), "the search missed what is there");
    assert.deepEqual(rig.found(text, ...tokens), []);
    const [code, verifier] = ["code", "code verifier"].map((name) => rig.secrets(name)[0].value);
    assert.ok(text.includes(code) && text.includes(verifier), "what the note says of these");
    assert.equal(await redeem(rig, `${rig.home.callback}?code=${code}`, { verifier }), undefined);
    return ["stopped", "the code of the last sign-in and its verifier are there, used up"];
  },
);

/** All bytes of the files in a folder, as latin1 text. */
async function textOf(path) {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return (await Promise.all(files.map((file) => readFile(file, "latin1")))).join("\n");
}
