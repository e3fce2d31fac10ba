import { scale } from "/config.js";

const leastRounds = 3;

/** How often something is done that `count` is enough for. */
export const scaled = (count) => Math.max(leastRounds, Math.round(count * scale));

/**
 * Runs every one of `works` (name -> async function) once a round, in another order each time, so that whatever disturbs
 * the machine disturbs all alike. The result has for each name its times in milliseconds, by round. On a machine too
 * busy to do all rounds in `seconds` there are fewer.
 */
export async function interleave(works, { rounds: wanted, seconds }) {
  const rounds = scaled(wanted);
  const times = Object.fromEntries(Object.keys(works).map((name) => [name, []]));
  const end = performance.now() + seconds * 1000;
  const warmUp = Math.ceil(rounds / 8);
  for (let round = -warmUp; round < rounds && (round < leastRounds || performance.now() < end); round += 1) {
    for (const name of shuffled(Object.keys(works))) {
      const started = performance.now();
      await works[name]();
      if (round >= 0) times[name].push(performance.now() - started);
    }
  }
  return times;
}

export function shuffled(items) {
  for (let i = items.length - 1; i > 0; i -= 1) {
    const j = Math.floor(Math.random() * (i + 1));
    [items[i], items[j]] = [items[j], items[i]];
  }
  return items;
}
