const draws = 1000;
const tick = 0.1;

/**
 * The median of times in milliseconds that a page's clock, which only tells tenths, has put into classes: the class in
 * the middle is taken to be filled evenly.
 */
export function median(times) {
  const ticks = times.map((time) => Math.round(time / tick)).sort((a, b) => a - b);
  const middle = ticks[ticks.length >> 1];
  const below = ticks.indexOf(middle);
  const within = ticks.lastIndexOf(middle) + 1 - below;
  return tick * (middle - 0.5 + (ticks.length / 2 - below) / within);
}

/**
 * The ratio of two medians, and how far it could be off: over several runs the middle, the least and the most of their ratios; in
 * one the range that holds 90 % of the ratios of rounds drawn again at random. Both lists are by run, and there by round.
 */
export function ratioOf(times, base) {
  const ratios = times.map((run, i) => median(run) / median(base[i])).sort((a, b) => a - b);
  const value = (ratios[(ratios.length - 1) >> 1] + ratios[ratios.length >> 1]) / 2;
  const others = ratios.length > 1 ? ratios : drawnAgain(times[0], base[0]);
  return { value, low: Math.min(...others), high: Math.max(...others) };
}

/** Ratios by chance, without the lowest and the highest twentieth. A round is drawn as a whole. */
function drawnAgain(times, base) {
  const drawn = Array.from({ length: draws }, () => {
    const rounds = base.map(() => Math.floor(Math.random() * base.length));
    return median(rounds.map((i) => times[i])) / median(rounds.map((i) => base[i]));
  });
  return drawn.sort((a, b) => a - b).slice(draws * 0.05, draws * 0.95 + 1);
}

/** The results of several runs as one, in which each list has its place in a list of runs. */
export function gather(runs) {
  const [first] = runs;
  if (Array.isArray(first)) return runs;
  if (typeof first !== "object") return first;
  return Object.fromEntries(Object.keys(first).map((key) => [key, gather(runs.map((run) => run[key]))]));
}
