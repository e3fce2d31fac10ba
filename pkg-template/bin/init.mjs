// Puts the files of a set-up into a project, looks at those that are there, or renews the package's part of them.

import { failure, ok, warning } from "./findings.mjs";
import { answersFrom } from "./init/answers.mjs";
import { checkProject } from "./init/check.mjs";
import { filesOf, placesOf, renew, write } from "./init/files.mjs";
import { policiesFor } from "./init/headers.mjs";
import { readProject } from "./init/project.mjs";
import { rustTodos } from "./init/rust.mjs";
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
    ...advice(project, answers, left),
  ];
}

function update(project, tried) {
  const { renewed, foreign } = renew(project, tried);
  if (foreign.length > 0)
    return foreign.map((path) => failure("HOLDER")`${path} has no part of tokenkeep's that could be renewed: run npx tokenkeep init`);
  if (renewed.length === 0) return [ok("HOLDER")`${placesOf(project).holder} is of the installed version`];
  return renewed.map((path) => ok("WROTE")`${path}${tried ? " would be renewed" : " is of the installed version now"}`);
}

const uses = (api) => `after await ready, auth.session or null; auth.signIn(); auth.fetch("${api}..").`;
const notes = {
  inline: "script into its pages: list the hash of each in script-src (a browser's console names it), or give it a nonce.",
  styles: "styles into its pages: style-src needs 'unsafe-inline', or the hash of each.",
  based: "a <base> into its pages: base-uri needs 'self' in the place of 'none'.",
};

/** Templates that are no routes of a framework's. */
const singlePages = ["page.js", "trunk.html"];

/** What is left to do by hand. */
function advice(project, { issuer, api, "client-id": clientId, "redirect-uri": redirectUri }, left) {
  const { stack } = project;
  const { href, origin, pathname } = new URL(redirectUri, "https://app.example.com");
  const { pages, worker } = policiesFor({ app: origin, issuer, apis: api, ...stack });
  const isElsewhere = pathname !== "/callback" && !singlePages.includes(stack.template);
  const texts = [
    ...(stack.rust ? [] : [["USE", `${placesOf(project).client} has auth and ready: ${uses(shown(api[0]))}`]]),
    ...(stack.rust ? rustTodos(project, left) : stack.paste).map((text) => ["TODO", text]),
    ...(isElsewhere ? [["TODO", `Move ${placesOf(project).callback} to where it has the route ${shown(pathname)}.`]] : []),
    ...Object.keys(notes).flatMap((name) => (stack[name] ? [["TODO", `${stack.name} writes ${notes[name]}`]] : [])),
    ...(stack.fallback ? [["SERVE", `In development: ${stack.fallback}`]] : []),
    ["SERVE", `In production: answer ${shown(pathname)} with the page that has this script, without a redirect.`],
    ["PAGES", `Content-Security-Policy: ${pages}`],
    ["HOLDER", `Content-Security-Policy: ${worker}`],
    ["HEADER", "The other headers, and samples for nginx, Caddy and Express: docs/security/headers.md of the package."],
    ["UPDATE", `${renewing(project)} keeps the holder's file up to date; \`npx tokenkeep init --check\` says what is missing.`],
    [
      "SERVER",
      `npx tokenkeep check-server ${shown(issuer)} --client-id ${shown(clientId)} --redirect-uri ${shown(href)} asks your server.`,
    ],
  ];
  return texts.map(([row, text]) => ok(row)`${entire(text)}`);
}

/** The command that has the scripts of package.json renew the holder's file before they start, or when to give one. */
function renewing({ scripts, stack }) {
  if (stack.rust) return "`npx tokenkeep@latest init --update` with each new version of tokenkeep-client";
  const names = [stack.name === "angular" ? "start" : "dev", "build"].filter((name) => name in scripts && !(`pre${name}` in scripts));
  if (names.length === 0) return "`tokenkeep init --update` before each build";
  return `\`npm pkg set ${names.map((name) => `"scripts.pre${name}=tokenkeep init --update"`).join(" ")}\``;
}
