import { readFileSync } from "node:fs";
import { join } from "node:path";

import { root } from "./paths.mjs";
import { filesUnder } from "./stamp.mjs";

/** The enum of the Rust client, which has the codes of `ErrorCode` in `index.d.ts`. */
export const codesFile = join(root, "client", "src", "error", "codes.rs");

const read = (...path) => readFileSync(join(root, ...path), "utf8");
const readAll = (folder, ending) =>
  filesUnder(join(root, folder))
    .filter((file) => file.endsWith(ending))
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");

/** The codes, without `TOKENKEEP_`, in the order of the types. */
export function errorCodes() {
  const [, union] = read("pkg-template", "index.d.ts").match(/^export type ErrorCode =([^;]*);/m);
  return [...union.matchAll(/"TOKENKEEP_([A-Z_]+)"/g)].map(([, code]) => code);
}

/** What is said with each code where it is raised, as text with `%` for details; the first if there is more than one. */
function messages() {
  const rust = readAll("src", ".rs").replace(/\\\n\s*/g, "");
  const scripts = readAll("pkg-template/src", ".js");
  const found = [
    ...rust.matchAll(/"TOKENKEEP_([A-Z_]+)",\s*"((?:[^"\\]|\\.)*)"/g),
    ...scripts.matchAll(/"(?:TOKENKEEP_)?([A-Z]+(?:_[A-Z]+)+)",\s*["'`]([^\n]*?)["'`][,)\]]/g),
  ];
  const sentences = found.filter(([, , message]) => message.includes(" "));
  return new Map(sentences.reverse().map(([, code, message]) => [code, message]));
}

/** What is said in place of the message: it is put together by a script, or there are several, or it is about one of them only. */
const computed = {
  AUTH_MISSING: "an adapter was given no auth",
  CONFIG_INVALID: "an option is wrong; `option` names it, and the message the cure",
  CONNECT_BLOCKED: "the Content-Security-Policy forbids the call; add the server's origins to connect-src",
  COOKIES_BLOCKED: "the browser keeps no cookies for the authorization server; allow site data",
  FRAME_LOST: "the frame of the holder's origin was removed; leave it in the page",
  FRAME_SILENT: "the frame of the holder's origin doesn't answer; the message says what to look at",
  KEYS_BLOCKED: "the server's keys can't be read from this origin; allow it there by CORS",
  LOGIN_REQUIRED: "there is no session, and `reason` says why; sign in",
  METADATA_BLOCKED: "the server's metadata can't be read from this origin; allow it there by CORS",
  OBJECT_UNAVAILABLE: "the answer isn't a good one, so that there is nothing to make a URL of",
  POPUP_CLOSED: "the popup was closed before the sign-in was finished",
  POPUP_TIMEOUT: "the popup is open and didn't come back in time; sign in again, or raise popupTimeout",
  REDIRECT_URI_MOVED: "the authorization response arrived at another URL than redirectUri says; make them one",
  REDIRECT_URI_REFUSED: "the authorization server doesn't know the redirection URI; register it",
  REQUEST_REFUSED: "the request asks for what the holder doesn't send; the message says what to leave out",
  SHARED_WORKER_MISSING: "this browser has no SharedWorker; take a dedicated Worker there",
  STORAGE_BLOCKED: "the browser keeps no data for this site, which a sign-in needs; allow site data, or use a popup",
  TOKEN_ENDPOINT_BLOCKED: "the token endpoint can't be reached from this origin; allow it there by CORS",
  WORKER_BLOCKED: "the worker could not be made; the message says why",
};

const variantOf = (code) => code.toLowerCase().replace(/(?:^|_)(\w)/g, (_, letter) => letter.toUpperCase());
// What rustdoc would take for a link, markup or code.
const prose = (message) =>
  message
    .replace(/\\(.)/g, "$1")
    .replace(/\$\{[^}]*\}|%/g, "…")
    .replace(/[<>[\]*]/g, "\\$&");

/** A text as the doc comment of a member in Rust, in at most 140 columns. */
export const docComment = (text) => text.replace(/(.{1,128})(?: |$)/g, "    /// $1\n").trimEnd();

/** The text of the enum's file. */
export function rustErrorCodes() {
  const said = messages();
  const rows = errorCodes().map((code) => {
    const message = `\`TOKENKEEP_${code}\`: ${prose(computed[code] ?? said.get(code))}.`;
    return `${docComment(message)}\n    ${variantOf(code)} = "TOKENKEEP_${code}",`;
  });
  return `//! Made by scripts/rust-client.mjs from the table of errors: change that, and run it.\n\ncodes! {\n${rows.join("\n")}\n}\n`;
}
