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
 * The ratio of two medians, and the range that holds 90 % of the ratios of rounds drawn again at random: how far the
 * figure could be off by chance. Both lists are by round, and a round is drawn as a whole.
 */
export function ratioOf(times, base) {
  const drawn = Array.from({ length: draws }, () => {
    const rounds = base.map(() => Math.floor(Math.random() * base.length));
    return median(rounds.map((i) => times[i])) / median(rounds.map((i) => base[i]));
  }).sort((a, b) => a - b);
  return { value: median(times) / median(base), low: drawn[draws * 0.05], high: drawn[draws * 0.95] };
}
