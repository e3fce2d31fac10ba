// The few things that every view does with elements.

export const byId = (id) => document.getElementById(id);

/** Writes text where it differs, so that nothing is announced or selected anew without need. */
export function write(id, value) {
  const text = String(value);
  if (byId(id).textContent !== text) byId(id).textContent = text;
}

/** An element with properties (or data-* under `dataset`) and what is in it. */
export function element(name, { dataset = {}, ...properties } = {}, ...content) {
  const made = Object.assign(document.createElement(name), properties);
  Object.assign(made.dataset, dataset);
  made.append(...content);
  return made;
}

export const seconds = (milliseconds) => (milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`);

export const plural = (count, word, words = `${word}s`) => `${count} ${count === 1 ? word : words}`;
