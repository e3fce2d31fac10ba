// Whether a holder on an origin of its own can be tried: in some engines a frame and a tab of one origin share nothing.

import { listen, send } from "../../../www/server/http.mjs";
import { Profile } from "./session.mjs";

/** Whether a frame sees what a tab of its origin has stored, if the page around it is of the same site. */
export async function keepsSitesTogether(session) {
  const frames = await serve("");
  const pages = await serve(`<iframe src="${frames.origin}"></iframe>`);
  const profile = new Profile(session);
  const tab = await profile.newPage();
  await tab.goto(frames.origin);
  await tab.evaluate(() => void (localStorage.seen = "by the tab"));
  await tab.goto(pages.origin);
  const seen = await tab.evaluateInFrame(() => localStorage.seen);
  await profile.close();
  for (const { close } of [frames, pages]) await close();
  return seen === "by the tab";
}

async function serve(body) {
  const { port, close } = await listen((_, response) => send(response, 200, `<!doctype html>${body}`, { "content-type": "text/html" }));
  return { origin: `http://127.0.0.1:${port}`, close };
}
