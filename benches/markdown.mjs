/** A table as Markdown that also reads well as text: numbers to the right, words to the left. */
export function markdownTable({ head, rows }) {
  const texts = [head, ...rows].map((cells) => cells.map(String));
  const widths = head.map((_, i) => Math.max(3, ...texts.map((cells) => cells[i].length)));
  const numeric = head.map((_, i) => rows.some((cells) => /^[\d.]+$/.test(String(cells[i]))));
  const line = (cells) => `| ${cells.map((cell, i) => (numeric[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join(" | ")} |`;
  const rule = widths.map((width, i) => (numeric[i] ? `${"-".repeat(width - 1)}:` : "-".repeat(width)));
  return [line(texts[0]), line(rule), ...texts.slice(1).map(line)].join("\n");
}
