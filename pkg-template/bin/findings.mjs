// What the checks come to: `{ kind: "ok" | "warning" | "failure", row, text }`. They are made of templates,
// failure("META")`${name} is missing`, and each value that is put in is made fit for a terminal here, so that none can be forgotten.

import { shown } from "./plain.mjs";

const mostAlike = 10;

const finding =
  (kind) =>
  (row) =>
  (words, ...values) => ({ kind, row, text: String.raw({ raw: words }, ...values.map(shown)) });
export const ok = finding("ok");
export const warning = finding("warning");
export const failure = finding("failure");

/** The problems, of many the first and how many more there are; or that all is well, which is `fine`. */
export function orOk(problems, fine) {
  const isWrong = problems.some(({ kind }) => kind === "failure");
  return isWrong ? few(problems) : [...few(problems), fine];
}

function few(problems) {
  if (problems.length <= mostAlike) return problems;
  const make = problems.some(({ kind }) => kind === "failure") ? failure : warning;
  return [...problems.slice(0, mostAlike), make(problems[0].row)`and ${problems.length - mostAlike} more like these`];
}
