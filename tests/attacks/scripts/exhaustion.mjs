// Using up what the holder has room for. Each function runs in any document of the app's origin, and stands alone.

/**
 * Frames the holder's page `count` times, says hello on each port that it is lent, and asks each frame for outcomes that
 * never come. Resolves to how often each answer came.
 */
export async function exhaust(evil, { count }) {
  const said = {};
  const open = async () => {
    const { ask, port, error } = await evil.borrow();
    const answer = port ? await evil.asking(port)("hello") : { error };
    const word = answer.error?.code ?? "ok";
    said[word] = (said[word] ?? 0) + 1;
    for (let at = 0; at < 3; at += 1) void ask("outcome", { ticket: `${at}`.padStart(43, "x") });
    return port;
  };
  globalThis.kept = [];
  for (let at = 0; at < count; at += 20) kept.push(...(await Promise.all(Array.from({ length: 20 }, open))));
  return said;
}

/**
 * Takes the frame away that a port came from, and with it what the holder knows of this document's life by, and says hello
 * again and again. Resolves to whether it is answered at last, with nothing to tell of its end.
 */
export async function speakOn(evil) {
  const { port, frame } = await evil.borrow();
  const ask = evil.asking(port);
  await ask("hello");
  let answers = 0;
  const closed = new Promise((resolve) => port.addEventListener("close", () => resolve(true)));
  const pause = () => new Promise((resolve) => setTimeout(resolve, 100));
  frame.remove();
  for (let round = 0; round < 600; round += 1) {
    if (round === 590) answers = 0;
    void ask("hello").then(() => (answers += 1));
    if (await Promise.race([closed, pause()])) return false;
  }
  return answers > 0;
}
