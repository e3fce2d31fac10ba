// The pace at which calls that waited are let out, and nothing else: what it costs not to flood an API that comes back.

const first = 16;
const most = 512;

/** `fetch`, so many at once: a tenth more with each round of answers. */
export function carefully(fetch) {
  const waiting = [];
  let [next, underWay, tenths] = [0, 0, first * 10];
  const hasRoom = () => underWay < Math.floor(tenths / 10);

  const leave = async (given) => {
    underWay += 1;
    try {
      return await fetch(...given);
    } finally {
      underWay -= 1;
      tenths = Math.min(tenths + 1, most * 10);
      while (next < waiting.length && hasRoom()) waiting[next++]();
    }
  };

  return (...given) => (hasRoom() ? leave(given) : new Promise((resolve) => waiting.push(() => resolve(leave(given)))));
}
