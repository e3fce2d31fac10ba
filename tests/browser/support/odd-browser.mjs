// A Chromium with switches and settings of a test's own.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium } from "playwright-core";

import { args, executablePath } from "./browser.mjs";

/** What people set in the settings: no site may keep anything, cookies or else. */
export const blockingCookies = { profile: { default_content_setting_values: { cookies: 2 } } };

/** Starts one for test `t`, which ends it. Resolves to its only browser context. */
export async function startOddBrowser(t, { switches = [], preferences = {} }) {
  const profile = await mkdtemp(join(tmpdir(), "tokenkeep-"));
  await mkdir(join(profile, "Default"));
  await writeFile(join(profile, "Default", "Preferences"), JSON.stringify(preferences));
  const context = await chromium.launchPersistentContext(profile, { executablePath, args: [...args, ...switches] });
  t.after(async () => {
    await context.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  });
  return context;
}
