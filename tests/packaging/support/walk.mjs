// What somebody does with an app: signs in, calls, reloads, and has it open while it is deployed anew.

import assert from "node:assert/strict";
import { rm } from "node:fs/promises";

import { demoPages, passPages } from "../../browser/support/sign-in.mjs";
import { until } from "../../browser/support/until.mjs";
import { develop } from "./develop.mjs";
import { startProject } from "./project.mjs";
import { startSite } from "./site.mjs";

/** Goes all the way with one tool. Resolves to `{ version, stack, developed }`; rejects where something isn't as it should be. */
export async function walk(name, tool, { context, authorizationServer, api, linked }) {
  const project = await startProject(name, tool, { authorizationServer, api, linked });
  const site = await startSite({ stack: project.stack, tool, authorizationServer, api });
  const built = [];
  const deploy = async () => site.serve(built[built.push(await project.build()) - 1]);
  try {
    authorizationServer.allow({ redirectUris: [`${site.origin}/callback`], origins: [site.origin] });
    api.allow({ origins: [site.origin] });
    await deploy();
    const before = authorizationServer.counts.exchanges;
    const old = await signIn(context, site, tool);
    await old.reload();
    await call(old);
    await project.edit();
    await deploy();
    const fresh = await open(context, site);
    assert.match(await fresh.textContent("#build"), /second build/);
    for (const page of [fresh, old]) await call(page);
    assert.equal(authorizationServer.counts.exchanges - before, 1, "one sign-in was enough");
    assert.deepEqual(site.violations, [], "the policies have forbidden something");
    const developed = linked ? undefined : await develop(project, { context, authorizationServer, api }, (...at) => visit(...at, tool));
    return { version: project.version, stack: project.stack, developed };
  } catch (error) {
    error.message += `\nforbidden: ${site.violations.slice(0, 5).join("; ") || "nothing"}`;
    throw error;
  } finally {
    await Promise.all([site.close(), project.end(), ...built.map((folder) => rm(folder, { recursive: true, force: true }))]);
  }
}

/** Signs in and calls at the tool's own server. */
async function visit(context, site, tool) {
  const page = await signIn(context, site, tool);
  await page.reload();
  await call(page);
}

async function open(context, { origin }, path = "/") {
  const page = await context.newPage();
  page.on("pageerror", ({ message }) => (page.said = message));
  await page.goto(origin + path);
  return page;
}

/** By the button, or by a page that nobody sees who isn't signed in. */
async function signIn(context, site, { guarded }) {
  if (guarded) assert.match(await (await fetch(site.origin + guarded)).text(), /id="who"/, "the server has rendered it");
  const page = await open(context, site, guarded);
  if (!guarded) {
    await says(page, "#who", "nobody");
    await page.click("#sign-in");
  }
  const place = `${site.origin}${guarded ?? "/"}`;
  const isBack = async (url) => url === place && (await textAt(page, "#who")) === "somebody";
  await passPages(page, demoPages, isBack);
  await call(page);
  return page;
}

async function call(page) {
  await says(page, "#who", "somebody");
  await page.click("#call");
  await says(page, "#answer", "200");
}

/** The text there now, whatever page it is. */
const textAt = (page, place) => page.evaluate((wanted) => document.querySelector(wanted)?.textContent, place).catch(() => undefined);

const says = (page, place, text) =>
  until(async () => (await textAt(page, place)) === text, `${place} to say ${text}`).catch(async (error) => {
    error.message += `: ${await textAt(page, "body")} ${page.said ?? ""} ${page.url()}`.slice(0, 500);
    throw error;
  });
