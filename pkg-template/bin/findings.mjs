// What the checks come to: `{ kind: "ok" | "warning" | "failure", row, text }`.

const finding = (kind) => (row, text) => ({ kind, row, text });
export const ok = finding("ok");
export const warning = finding("warning");
export const failure = finding("failure");

/** `[...problems]`, or that all is well. */
export const orOk = (problems, row, text) => (problems.some(({ kind }) => kind === "failure") ? problems : [...problems, ok(row, text)]);
