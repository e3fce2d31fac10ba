// Runs the stories, one at a time, from their buttons.

import { stories } from "./stories.js";
import { showFigures, showOutcome, showProgress } from "./view.js";

export function wireStories({ stage, board, after, failed }) {
  const buttons = [...document.querySelectorAll("[data-story] button")];
  let running = null;
  board.onChange = ({ sent, ok, lost }) => {
    if (!running || sent === 0) return;
    showProgress(running, `${sent} waiting, ${ok} answered, ${lost} lost`);
    showFigures([
      ["waiting", sent],
      ["answered", ok, true],
      ["lost", lost, lost === 0],
    ]);
  };

  // Marked as disabled rather than disabled, so that a keyboard user keeps the place.
  const block = (isBlocked) => {
    for (const button of buttons) button.ariaDisabled = isBlocked ? "true" : null;
  };

  const run = async (name) => {
    if (running) return;
    running = name;
    block(true);
    showProgress(name, "Under way.");
    try {
      const outcome = await stories[name](stage);
      showOutcome(name, outcome);
      await after(outcome);
    } catch (error) {
      showProgress(name, error.message);
      failed("The story stopped", error);
    }
    block(false);
    running = null;
  };

  for (const button of buttons) {
    const { story } = button.closest("[data-story]").dataset;
    button.addEventListener("click", () => run(story));
  }
}
