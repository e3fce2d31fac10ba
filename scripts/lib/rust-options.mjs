import { readFileSync } from "node:fs";
import { join } from "node:path";

import { docComment } from "./error-codes.mjs";
import { root } from "./paths.mjs";

/** The methods of the Rust client's `HolderConfig`, which are the options of `hold()` in `holder.d.ts`. */
export const optionsFile = join(root, "client", "src", "config", "options.rs");

// The types whose members are options, in the order that they are told in.
const sources = ["ByIssuer", "ByMcp", "OpenMcpClient", "RegisteredClient", "SignInConfig", "Options", "EnteredToken"];

/** Not here: it puts a secret into a file for everybody, which is for a developer's own machine. */
export const leftOut = ["token"];

const kinds = [
  [/^string( \||$)/, "Text"],
  [/^(boolean|true)$/, "Flag"],
  [/^number$/, "Number"],
  [/^readonly \[?string(\[\]|,)/, "Texts"],
  [/^Readonly<Record<string, string>>$/, "Params"],
];

/** The options, as `{ name, type, comment }`; the first that says something counts. */
export function holderOptions() {
  const types = readFileSync(join(root, "pkg-template", "holder.d.ts"), "utf8");
  const found = new Map();
  for (const source of sources) {
    const [, body] = types.match(new RegExp(`^export interface ${source}\\b[^{]*\\{\\n([^]*?)^\\}`, "m"));
    for (const [, comment, name, type] of body.matchAll(/(?:^ {2}\/\*\*([^]*?)\*\/\n)?^ {2}(\w+)\??: ([^]*?);\n/gm))
      if (type !== "undefined" && !leftOut.includes(name) && !(found.get(name)?.comment ?? ""))
        found.set(name, { name, type, comment: comment ?? "" });
  }
  return [...found.values()].map(({ comment, ...option }) => ({ ...option, comment: prose(comment) + onlyText(option.type) }));
}

const prose = (comment) =>
  comment
    .replace(/\s*\n\s*\*\s*/g, " ")
    .replace(/\{@link (\w+)\}/g, "`$1`")
    .trim();

/** A configuration that is written down has no functions. */
const onlyText = (type) => (type.includes("=>") ? " Here only the URL." : "");

const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const kindOf = (type) => kinds.find(([pattern]) => pattern.test(type))?.[1] ?? "Json";

/** The text of the file with the methods. */
export function rustOptions() {
  const rows = holderOptions().map(({ name, type, comment }) => {
    if (!comment) throw new Error(`holder.d.ts says nothing of ${name}`);
    return `${docComment(comment)}\n    ${kindOf(type)} ${snake(name)} "${name}";`;
  });
  return `//! Made by scripts/rust-client.mjs from pkg-template/holder.d.ts: change that, and run it.\n\nuse super::HolderConfig;\n\noptions! {\n${rows.join("\n")}\n}\n`;
}
