// Where sign-ins end and the holder lives: with the app, or on an origin of its own.

import { startHolderServer } from "../../browser/support/holder-server.mjs";

/**
 * Gives the rig's app its holder. Resolves to where that is: `{ origin, callback, bye, close }`, and in the mode "own" the
 * server of it. `apps` answers the origins that may use it, asked with the front; `headers` go with every answer.
 */
export async function startHome({ mode, front, origins, shown, files, apps, headers = {} }) {
  if (mode !== "own") return { origin: origins.app, callback: `${origins.app}/callback`, bye: `${origins.app}/bye`, close() {} };
  const home = await startHolderServer(shown, { apps: () => apps?.(front) ?? [origins.app], origin: origins.auth });
  front.routes[new URL(origins.auth).hostname] = home.plainOrigin;
  const [callback, bye] = [home.callback, home.bye].map((path) => `${origins.auth}${path}`);
  Object.assign(home.files, files);
  return Object.assign(home, { callback, bye, headers });
}

/** Resolves to what `work(page)` does, with a page of the holder's own origin, where no attacker is: to see what is there. */
export async function atHome(rig, work) {
  const page = await rig.context.newPage();
  try {
    await page.goto(`${rig.home.origin}/config.js`);
    return await work(page);
  } finally {
    await page.close();
  }
}
