/** Signs in as a person would: through the pages of the authorization server. Resolves to what `resume()` said. */
export async function signIn(page, options) {
  await arrive(page, options);
  return page.evaluate(() => app.auth.resume());
}

/** As `signIn`, up to the moment when the callback page has loaded and nothing has looked at its URL yet. */
export async function arrive(page, options) {
  await leave(page, options);
  await page.fill("#login input[name=login]", "ada");
  await page.click("#login button[type=submit]");
  await page.click("#consent button[name=consent]");
  await page.waitForURL(({ pathname }) => pathname === "/callback");
}

/** Starts a sign-in, up to the login page. Resolves to the parameters of the authorization request. */
export async function leave(page, options) {
  const navigation = page.waitForRequest((request) => request.isNavigationRequest());
  await page.evaluate((given) => void app.auth.signIn(given), options);
  const url = new URL((await navigation).url());
  await page.waitForSelector("#login");
  return { url, ...Object.fromEntries(url.searchParams) };
}
