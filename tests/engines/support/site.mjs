// Whether a holder on an origin of its own can be tried: in some engines a frame and a tab of one origin share nothing.

import { once } from "node:events";
import { createServer } from "node:http";

import { Profile } from "./session.mjs";

/** Whether a frame sees what a tab of its origin has stored, if the page around it is of the same site. */
export async function keepsSitesTogether(session) {
  const frames = await serve(() => "");
  const pages = await serve(() => `<iframe src="${frames.origin}"></iframe>`);
  const profile = new Profile(session);
  const tab = await profile.newPage();
  await tab.goto(frames.origin);
  await tab.evaluate(() => void (localStorage.seen = "by the tab"));
  await tab.goto(pages.origin);
  const seen = await tab.evaluateInFrame(() => localStorage.seen);
  await profile.close();
  for (const { close } of [frames, pages]) close();
  return seen === "by the tab";
}

async function serve(body) {
  const server = createServer((_, response) => response.setHeader("content-type", "text/html").end(`<!doctype html>${body()}`));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { origin: `http://127.0.0.1:${server.address().port}`, close };
}
