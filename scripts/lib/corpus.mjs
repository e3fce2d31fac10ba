import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { root } from "./paths.mjs";

/** The committed inputs of a target, one a line: printable ASCII as it is, any other byte and the backslash as \xff. */
export function corpusFile(target) {
  return join(root, "tests", "fuzz", "corpus", `${target}.txt`);
}

export function readCorpus(target) {
  const file = corpusFile(target);
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1).map(decode) : [];
}

/** Writes a corpus anew, the shortest input first. */
export function writeCorpus(target, inputs) {
  const lines = [...new Set(inputs.map(encode))].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  writeFileSync(corpusFile(target), lines.map((line) => `${line}\n`).join(""));
  return lines.length;
}

/** Makes `folder` hold these inputs as files, as libFuzzer wants them. */
export function unpack(inputs, folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  inputs.forEach((input, index) => writeFileSync(join(folder, String(index)), input));
}

export function filesIn(folder) {
  return existsSync(folder) ? readdirSync(folder).map((name) => readFileSync(join(folder, name))) : [];
}

export function encode(bytes) {
  const plain = (byte) => byte >= 0x20 && byte <= 0x7e && byte !== 0x5c;
  return Array.from(bytes, (byte) => (plain(byte) ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`)).join("");
}

export function decode(line) {
  return Buffer.from(line.replace(/\\x([0-9a-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))), "latin1");
}
