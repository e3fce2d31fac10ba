// Tells every story in one engine, one after the other in the same browser.

import { after, before } from "node:test";

import { ownMode, startStage } from "../../browser/support/stage.mjs";
import { test } from "../../browser/support/test.mjs";
import { stories } from "../stories/all.mjs";
import { titles } from "./modes.mjs";
import { Notes } from "./notes.mjs";
import { Profile, startSession } from "./session.mjs";
import { keepsSitesTogether } from "./site.mjs";

export function tellStories(engine) {
  const notes = new Notes(engine);
  let session;
  let together;
  before(async () => {
    session = await startSession(engine);
    together = await keepsSitesTogether(session);
    notes.version = await session.version();
  });
  after(async () => {
    await session?.close();
    notes.write();
  });
  const start = (t, story, mode) => startStage(t, { mode, context: new Profile(session), ...story.options });
  for (const story of stories)
    for (const mode of story.modes)
      test(`${titles[mode]}: ${story.name}`, async (t) => {
        if (mode === ownMode && !together) return t.skip("this engine keeps what frames store apart");
        const stage = await start(t, story, mode);
        return story.tell({ stage, mode, note: (outcome) => notes.add(story.event, mode, outcome) });
      });
}
