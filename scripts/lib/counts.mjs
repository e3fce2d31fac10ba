import { stripVTControlCharacters } from "node:util";

/** How a test runner's closing lines are read, by runner; each answers `{ passed, failed }` over all its suites. */
export const counts = { cargo, node };

// cargo test and wasm-bindgen-test: `test result: ok. 3 passed; 0 failed; 0 ignored; ...`, once per target.
function cargo(output) {
  const lines = [...plain(output).matchAll(/^test result: .*?(\d+) passed; (\d+) failed/gm)];
  return total(lines.map(([, passed, failed]) => ({ passed: Number(passed), failed: Number(failed) })));
}

// node --test closes with `# pass 3` and `# fail 0`, or with another mark in front where it draws for people.
function node(output) {
  const closing = plain(output);
  const last = (word) => Number([...closing.matchAll(new RegExp(`^\\S+ ${word} (\\d+)$`, "gm"))].at(-1)?.[1] ?? 0);
  return { passed: last("pass"), failed: last("fail") + last("cancelled") };
}

export function total(parts) {
  return parts.reduce((sum, part) => ({ passed: sum.passed + part.passed, failed: sum.failed + part.failed }), { passed: 0, failed: 0 });
}

function plain(output) {
  return stripVTControlCharacters(output).replaceAll("\r", "");
}
