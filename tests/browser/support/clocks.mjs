// The clocks of a holder, moved by the test: its file puts others in their place before it calls hold().

/** To be called before the holder's file is asked for. */
export function dialClocks({ shown }) {
  shown.config = `((${replaceClocks})(), ${shown.config})`;
}

/** Moves the clocks of the holder of `page` on, both by `milliseconds` unless told otherwise. Then they stand still. */
export function moveClocks(page, milliseconds, wall = milliseconds) {
  return page.evaluate(
    (steps) =>
      new Promise((resolve) => {
        const channel = new BroadcastChannel("clocks");
        channel.onmessage = () => (channel.close(), resolve());
        channel.postMessage(steps);
      }),
    { monotonic: milliseconds, wall },
  );
}

/** Runs in the holder. */
function replaceClocks() {
  const now = { monotonic: performance.now.bind(performance), wall: Date.now };
  performance.now = () => now.monotonic();
  Date.now = () => now.wall();
  const channel = new BroadcastChannel("clocks");
  channel.onmessage = ({ data }) => {
    for (const [name, step] of Object.entries(data)) {
      const then = now[name]() + step;
      now[name] = () => then;
    }
    channel.postMessage("done");
  };
}
