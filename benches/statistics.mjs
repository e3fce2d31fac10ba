const draws = 1000;

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
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
