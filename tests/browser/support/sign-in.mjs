import { until } from "./until.mjs";

/** Whether a response has arrived that nothing has looked at yet. */
const isCallback = (url) => new URL(url).pathname === "/callback" && new URL(url).searchParams.has("state");

// The authorization server of a browser's profile, where a test has but one.
const servers = new WeakMap();

/** From now on nobody is shown a page by `server` in this profile where a test doesn't look at the pages. */
export const hurry = (context, server) => void servers.set(context, server);

/** Carries out a sign-in in `page` for which nobody has to see a page. */
export async function hurried(page, work) {
  const server = servers.get(page.context());
  server?.allow({ person: "ada" });
  try {
    return await work();
  } finally {
    server?.allow({ person: undefined });
  }
}

/** Signs in as a person would. Resolves to what `resume()` said. */
export async function signIn(page, options) {
  await arrive(page, options);
  return page.evaluate(() => app.auth.resume());
}

/** As `signIn`, up to the moment when the callback page has loaded and nothing has looked at its URL yet. */
export function arrive(page, options, isBack = isCallback) {
  return hurried(page, async () => {
    await page.evaluate((given) => void app.auth.signIn(given), options);
    await passPages(page, demoPages, isBack);
  });
}

/** What a person does at each page of the demo's authorization server, by the form that tells it. */
export const demoPages = {
  "#login": async (page) => {
    await page.fill("#login input[name=login]", "ada");
    await page.click("#login button[type=submit]");
  },
  "#consent": (page) => page.click("#consent button[name=consent]"),
};

/**
 * Fills in whatever pages the authorization server shows: none, if it knows the person and the consent already. `isBack` tells
 * of a page's URL whether it has come back from there.
 */
export async function passPages(page, steps = demoPages, isBack = isCallback) {
  for (;;) {
    const shown = await until(() => nextStep(page, Object.keys(steps), isBack), "a page of the authorization server");
    if (shown === "callback") return isBack === isCallback ? page.waitForURL((url) => isCallback(url)) : undefined;
    await steps[shown](page);
    await page.waitForSelector(shown, { state: "detached" });
  }
}

async function nextStep(page, forms, isBack) {
  if (await isBack(await page.url(), page)) return "callback";
  for (const form of forms) if (await page.isVisible(form).catch(() => false)) return form;
  return null;
}

/** Starts a sign-in, up to the login page. Resolves to the parameters of the authorization request. */
export async function leave(page, options) {
  const navigation = page.waitForRequest((request) => request.isNavigationRequest());
  await page.evaluate((given) => void app.auth.signIn(given), options);
  const url = new URL((await navigation).url());
  await page.waitForSelector("#login");
  return { url, ...Object.fromEntries(url.searchParams) };
}
