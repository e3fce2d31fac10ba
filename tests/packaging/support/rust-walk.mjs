// What somebody does with an app of examples/ in Rust: is asked to sign in, calls, reloads, has a second tab and a deployment, and signs out.

import assert from "node:assert/strict";
import { rm } from "node:fs/promises";

import { demoPages, passPages } from "../../browser/support/sign-in.mjs";
import { until } from "../../browser/support/until.mjs";
import { startRustProject } from "./rust-project.mjs";
import { startSite } from "./site.mjs";
import { develop } from "./develop.mjs";

const place = "/files/a%20b?sort=name#newest";

/** As `walk`. */
export async function walkRust(name, tool, { context, authorizationServer, api }) {
  const project = await startRustProject(name, tool, { authorizationServer, api });
  const site = await startSite({ stack: project.stack, tool, authorizationServer, api });
  const built = [];
  const deploy = async () => site.serve(built[built.push(await project.build()) - 1]);
  try {
    authorizationServer.allow({ redirectUris: [`${site.origin}/callback`], origins: [site.origin] });
    api.allow({ origins: [site.origin] });
    await deploy();
    const before = authorizationServer.counts.exchanges;
    const old = await signIn(context, site);
    await old.reload();
    await lists(old, "Files");
    await project.edit();
    await deploy();
    const fresh = await open(context, site, "/");
    await lists(fresh, "Papers");
    await lists(old, "Files");
    assert.equal(authorizationServer.counts.exchanges - before, 1, "one sign-in was enough");
    await signOut(fresh, old);
    assert.deepEqual([site.violations, old.uncaught, fresh.uncaught], [[], [], []]);
    const visit = (...given) => signIn(...given, "Papers");
    const developed = await develop(project, { context, authorizationServer, api }, visit);
    return { version: project.version, stack: project.stack, developed };
  } catch (error) {
    error.message += `\nforbidden: ${site.violations.slice(0, 5).join("; ") || "nothing"}`;
    throw error;
  } finally {
    await Promise.all([site.close(), project.end(), ...built.map((folder) => rm(folder, { recursive: true, force: true }))]);
  }
}

/** Opens `path`; what goes wrong in the page without anybody seeing it is kept in `uncaught`. */
async function open(context, { origin }, path) {
  const page = await context.newPage();
  page.uncaught = [];
  page.on("pageerror", ({ message }) => page.uncaught.push(message));
  page.on("console", (message) => message.type() === "error" && page.uncaught.push(message.text()));
  await page.goto(origin + path);
  return page;
}

/** The guard sends who comes to the authorization server, and there is the way back to where that was. */
async function signIn(context, site, heading = "Files") {
  const page = await open(context, site, place);
  await passPages(page, demoPages, async (url) => url.startsWith(site.origin) && (await isIn(page))).catch(telling(page));
  await until(() => page.url() === site.origin + place, "the place where it began");
  await lists(page, heading);
  return page;
}

const textOf = (page) => page.evaluate(() => document.body.textContent).catch(() => "");
const isIn = async (page) => (await textOf(page)).includes("Sign out");

/** Has the page call the API. */
async function lists(page, heading) {
  await says(page, `${heading} of ada`);
  await page.click("text=Look");
  await says(page, "bailey.txt");
}

async function signOut(page, other) {
  await page.click("text=Sign out");
  for (const one of [page, other]) {
    await says(one, "Sign in");
    assert.doesNotMatch(await textOf(one), /ada|bailey/);
  }
}

const says = (page, wanted) => until(async () => (await textOf(page)).includes(wanted), `the page to say ${wanted}`).catch(telling(page));

/** Adds to an error what there is to be seen. */
const telling = (page) => async (error) => {
  error.message += `: ${await textOf(page)} ${page.uncaught} ${page.url()}`.slice(0, 700);
  throw error;
};
