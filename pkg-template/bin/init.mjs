// Puts the files of a set-up into a project, looks at those that are there, or renews the package's part of them.

import { failure, ok, warning } from "./findings.mjs";
import { answersFrom } from "./init/answers.mjs";
import { checkProject } from "./init/check.mjs";
import { filesOf, placesOf, renew, write } from "./init/files.mjs";
import { policiesFor } from "./init/headers.mjs";
import { readProject } from "./init/project.mjs";
import { entire, shown } from "./plain.mjs";

/** The findings; nothing is ever overwritten but the package's own part, by `--update`. */
export async function init(folder = ".", options) {
  const project = readProject(folder, options);
  if (options.check) return checkProject(project);
  if (options.update) return update(project, options["dry-run"]);
  const { stdin, stdout } = process;
  const answers = await answersFrom(options, stdin.isTTY ? { input: stdin, output: stdout } : undefined);
  const { written, left } = write(project, filesOf(project, answers), options["dry-run"]);
  return [
    ok("STACK")`${project.stack.name}${project.typescript ? " with TypeScript" : ""}; another one is chosen by --stack`,
    ...written.map((path) => ok("WROTE")`${path}${options["dry-run"] ? " would be written" : ""}`),
    ...left.map((path) => warning("LEFT")`${path} is there already, and was left as it is`),
    ...advice(project, answers),
  ];
}

function update(project, tried) {
  const { renewed, foreign } = renew(project, tried);
  if (foreign.length > 0)
    return foreign.map((path) => failure("HOLDER")`${path} has no part of tokenkeep's that could be renewed: run npx tokenkeep init`);
  if (renewed.length === 0) return [ok("HOLDER")`${placesOf(project).holder} is of the installed version`];
  return renewed.map((path) => ok("WROTE")`${path}${tried ? " would be renewed" : " is of the installed version now"}`);
}

const inline = "It writes script into its pages: list the hash of each in script-src (a browser's console names it), or give it a nonce.";
const styles = "It writes styles into its pages: style-src needs 'unsafe-inline', or the hash of each.";
const based = "Its pages have a <base>: base-uri needs 'self' in the place of 'none'.";

/** What is left to do by hand. */
function advice(project, { issuer, api, "redirect-uri": redirectUri }) {
  const { stack } = project;
  const { origin, pathname } = new URL(redirectUri, "https://app.example.com");
  const { pages, worker } = policiesFor({ app: origin, issuer, apis: api, types: stack.types });
  const isElsewhere = pathname !== "/callback" && stack.template !== "page.js";
  const texts = [
    ...stack.paste.map((text) => ["TODO", text]),
    ...(isElsewhere ? [["TODO", `Move ${placesOf(project).callback} to where it has the route ${shown(pathname)}.`]] : []),
    ...(stack.inline ? [["TODO", inline]] : []),
    ...(stack.based ? [["TODO", based]] : []),
    ...(stack.styles ? [["TODO", styles]] : []),
    ...(stack.fallback ? [["SERVE", `In development: ${stack.fallback}`]] : []),
    ["SERVE", `In production: answer ${shown(pathname)} with the page that has this script, without a redirect.`],
    ["PAGES", `Content-Security-Policy: ${pages}`],
    ["HOLDER", `Content-Security-Policy: ${worker}`],
    ["HEADER", "The other headers, and samples for nginx, Caddy and Express: docs/security/headers.md of the repository."],
    [
      "UPDATE",
      'Have "predev" and "prebuild" in package.json run `tokenkeep init --update`; `npx tokenkeep init --check` says what is missing.',
    ],
    ["SERVER", `npx tokenkeep check-server ${shown(issuer)} --client-id .. --redirect-uri .. asks the authorization server.`],
  ];
  return texts.map(([row, text]) => ok(row)`${entire(text)}`);
}
