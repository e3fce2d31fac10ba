import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";

import { root } from "./paths.mjs";
import { filesUnder } from "./stamp.mjs";

const docs = join(root, "docs");
const template = join(root, "pkg-template");
/** What is for those who work on the project. */
const ours = ["conformance.md", "mutants.md"];

/** The pages for those who use the package, and their pictures. */
export const documents = filesUnder(docs).filter((file) => !ours.includes(relative(docs, file)));

/** Writes them to `<to>/docs`. */
export function copyDocuments(to) {
  for (const file of documents) {
    const place = join(to, relative(root, file));
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, file.endsWith(".md") ? inPackage(file) : readFileSync(file));
  }
}

/** What a page says of the repository, to whom hasn't got that. */
const note = "*`npm run …`, `npm test`, `tests`, `src/proto` and `examples` are the repository's, where this page is kept.*";
const isOfRepository = /`(?:npm (?:run|test)|tests|src\/proto|examples)\b/;

// What is beside pkg-template/ in the repository is beside docs/ in the package; what only the repository has is named without a link.
function inPackage(file) {
  const page = readFileSync(file, "utf8");
  const noted = isOfRepository.test(page) ? page.replace(/^# .*$/m, `$&\n\n${note}`) : page;
  return noted.replace(/\[([^\]]+)\]\((?!https?:|#)([^)#\s]+)(#[^)\s]*)?\)/g, (link, text, path, anchor = "") => {
    const target = normalize(join(dirname(file), path));
    if (documents.includes(target)) return link;
    if (!target.startsWith(template)) return `${text} of the repository`;
    const place = join(root, relative(template, target));
    return `[${text}](${relative(dirname(file), place).replaceAll("\\", "/")}${anchor})`;
  });
}
