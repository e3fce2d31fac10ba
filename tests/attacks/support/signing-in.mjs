// Signing in as a person does, wherever the holder is.

import { arrive as arriveThere, passPopup } from "../../browser/support/own-origin.mjs";
import { finishIn } from "../../browser/support/popup.mjs";
import { arrive, demoPages, passPages } from "../../browser/support/sign-in.mjs";

/** In one way of running: `arrive(page, options)` up to where nothing has been finished yet, `finish(popup)` to its end. */
export const waysOf = (mode) => (mode === "own" ? elsewhere : here);

const here = { arrive, finish: finishIn };

const elsewhere = { arrive: arriveThere, finish: passPopup };

/** Passes the pages of the server up to the response, which nothing gets to see; resolves to its URL. */
export async function keepResponse(rig, page, pages = demoPages) {
  const { callback, files = {} } = rig.home;
  const { pathname } = new URL(callback);
  // What starts there has left already.
  await page.waitForURL((url) => url.href.startsWith(rig.as.issuer) || url.href.startsWith(`${callback}?`));
  files[pathname] = () => ["text/html", "<!doctype html><title>a page that keeps what comes</title>"];
  await passPages(page, pages, (url) => url.startsWith(`${callback}?`));
  delete files[pathname];
  return page.url();
}
