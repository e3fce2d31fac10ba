import { instructions, taken } from "./instructions.mjs";

// pkg-template/src/kernel/spelling.wat reads this: the letters and 31 streams of operands, the first two of them verbatim.
const base = 512;
const most = 524_288 - base;
const streamCount = 32;
const letterCount = 256;
const verbatim = ["raw", "locals"];
const none = 255;
const longest = 254;
const add = 0x6a;
// What is rarer is not worth a letter.
const fewest = 6;
const runs = [longest, 64, 16, 4, 2, 1];
// Of all letters these may be for pieces with a kind; the rest is for bytes of some length.
const kindLetters = 200;

/**
 * The bytes that `wasm` is written in: where each stream begins, what the letters stand for, the streams, and at the end the
 * letters. Operands of one kind and length are a stream, since what is alike is best kept together for compressors.
 */
export function lettered(wasm) {
  const list = frequent(joined(pieces(wasm)));
  const streams = streamsOf(list);
  const alphabet = alphabetOf(list, streams);
  const text = Uint8Array.from(list, (piece) => alphabet.get(keyOf(piece)).letter);
  const bytes = [...streams.values()].map((operands) => Buffer.concat(operands));
  const tables = letterTables([...alphabet.values()], [...streams.keys()]);
  const image = Buffer.concat([pointers([...bytes, text], tables.length), tables, ...bytes, text]);
  if (Math.max(image.length, wasm.length) > most) throw new Error(`the module has more than ${most} bytes: give spelling.wat more memory`);
  return image;
}

const begin = { operator: [], kind: "function", operand: [] };

/** What a letter stands for, piece by piece: `{ operator, kind, operand, behind }`. A piece without a kind is bytes as they are. */
function pieces(wasm) {
  const { before, bodies, after } = taken(wasm);
  const plain = (operand) => ({ operator: [], operand });
  return [plain(before), ...bodies.flatMap((body) => [begin, ...fused(instructions(body))]), begin, plain(after)];
}

/** Numbers that are added to what is there are mostly addresses: these are a kind of their own. */
function fused([locals, ...list]) {
  const found = [{ ...locals, kind: "locals" }];
  for (let n = 0; n < list.length; n += 1) {
    const isAdded = list[n].kind === "i32" && list[n + 1]?.operator[0] === add;
    found.push(isAdded ? { ...list[n], kind: "added", behind: add } : list[n]);
    if (isAdded) n += 1;
  }
  return found;
}

const keyOf = ({ operator, kind, operand, behind }) => [...operator, kind, operand.length, behind].join();

/** The stream that a piece's operand is in: of numbers there is one for each kind and length. */
function streamOf({ kind = "raw", operand }) {
  if (!operand.length) return undefined;
  return verbatim.includes(kind) ? kind : `${kind} ${operand.length}`;
}

/** Whether a piece's operand is a number, which is not kept as it is. */
const isNumber = (piece) => Boolean(streamOf(piece)) && !verbatim.includes(streamOf(piece));

function counted(list) {
  const counts = new Map();
  for (const piece of list) counts.set(keyOf(piece), (counts.get(keyOf(piece)) ?? 0) + 1);
  return counts;
}

/** `list` with what has no letter as bytes, as few pieces of them as possible. */
function joined(list) {
  const worthy = worthyOf(list);
  const result = [];
  for (const piece of list) {
    const last = result.at(-1);
    if (worthy.has(keyOf(piece))) result.push(piece);
    else if (last && !last.kind) last.operand = Buffer.concat([last.operand, whole(piece)]);
    else result.push({ operator: [], operand: whole(piece) });
  }
  return result;
}

/** The keys of the pieces that get a letter: the commonest that are in the fullest streams. */
function worthyOf(list) {
  const fits = ({ kind, operator, operand }) => kind && operator.length <= 2 && operand.length <= longest;
  const fitting = list.filter(fits);
  const counts = counted(fitting);
  const common = fitting.filter((piece) => counts.get(keyOf(piece)) >= fewest);
  const sizes = new Map();
  for (const piece of common.filter(isNumber)) sizes.set(streamOf(piece), (sizes.get(streamOf(piece)) ?? 0) + piece.operand.length);
  const kept = new Set(largest(sizes, streamCount - 1 - verbatim.length));
  const worthy = counted(common.filter((piece) => !isNumber(piece) || kept.has(streamOf(piece))));
  // Without its letter no function's size is written, however few there are.
  return new Set([keyOf(begin), ...largest(worthy, kindLetters - 1)]);
}

/** The keys with the largest numbers. */
const largest = (numbers, count) =>
  [...numbers]
    .sort(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([key]) => key);

const whole = ({ operator, operand, behind }) => Buffer.from([...operator, ...operand, ...(behind ? [behind] : [])]);

/** `list` with bytes in pieces of few different lengths. */
function frequent(list) {
  const plain = list.filter(({ kind, operand }) => !kind && operand.length <= longest);
  const common = [...counted(plain)].filter(([, count]) => count >= fewest);
  const lengths = new Set(largest(common, letterCount - kindLetters - runs.length));
  return list.flatMap((piece) => (piece.kind || lengths.has(keyOf(piece)) ? [piece] : cut(piece.operand)));
}

function cut(bytes) {
  const found = [];
  for (let at = 0; at < bytes.length; at += found.at(-1).operand.length) {
    const length = runs.find((run) => run <= bytes.length - at);
    found.push({ operator: [], operand: bytes.subarray(at, at + length) });
  }
  return found;
}

function streamsOf(list) {
  const streams = new Map(verbatim.map((name) => [name, []]));
  for (const piece of list.filter(streamOf)) {
    const name = streamOf(piece);
    if (!streams.has(name)) streams.set(name, []);
    streams.get(name).push(isNumber(piece) ? piece.operand.map(withoutMore) : piece.operand);
  }
  return streams;
}

/** A byte of a number without the bit that says whether there are more. */
const withoutMore = (byte) => byte & 127;

/** A letter for every piece: for the commonest piece the byte that is the commonest elsewhere. */
function alphabetOf(list, streams) {
  const found = new Map(list.map((piece) => [keyOf(piece), piece]));
  const bytes = commonest(Buffer.concat([...streams.values()].flat()));
  return new Map(largest(counted(list), letterCount).map((key, n) => [key, { ...found.get(key), letter: bytes[n] }]));
}

/** All bytes, those that are the most in `text` first. */
export function commonest(text) {
  const counts = new Uint32Array(256);
  for (const byte of text) counts[byte] += 1;
  return largest(counts.entries(), counts.length);
}

/** What spelling.wat knows of each letter. */
function letterTables(alphabet, names) {
  const tables = Array.from({ length: 5 }, () => new Uint8Array(letterCount));
  const [first, second, behind, lengths, streams] = tables;
  for (const piece of alphabet) {
    const { letter, operator, operand } = piece;
    first[letter] = operator[0] ?? none;
    second[letter] = operator[1] ?? none;
    behind[letter] = piece.behind ?? none;
    lengths[letter] = operand.length;
    // The first stream is the letters', which no operand is from: that marks a function's begin.
    streams[letter] = piece.kind === "function" ? 0 : 1 + Math.max(0, names.indexOf(streamOf(piece)));
  }
  return Buffer.concat(tables);
}

/** Where the letters begin, and then each stream, as spelling.wat has them in its memory. */
function pointers(parts, tables) {
  const places = new Uint32Array(streamCount);
  let at = base + places.byteLength + tables;
  for (const [n, { length }] of parts.entries()) {
    places[(n + 1) % parts.length] = at;
    at += length;
  }
  return Buffer.from(places.buffer);
}
