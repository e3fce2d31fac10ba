// What there is to know of WebAssembly's binary format to tell operators from operands: section 5 of its specification.

const codeSection = 10;
// Operators with one number behind them, by what that is.
const operands = new Map([
  ...entries("block", 0x02, 0x04),
  ...entries("branch", 0x0c, 0x0d),
  [0x10, "call"],
  ...["get", "set", "tee"].map((name, n) => [0x20 + n, name]),
  ...entries("global", 0x23, 0x24),
  [0x41, "i32"],
  [0x42, "i64"],
]);
// These have two: an alignment, which nearly always follows from the operator, and an offset.
const memory = new Map([...entries("load", 0x28, 0x35), ...entries("store", 0x36, 0x3e)]);
// How many numbers are behind the operators that begin with 0xfc.
const behindPrefix = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1, 2, 1, 2, 1, 1, 1];
// What is rare, by how to get past its operands.
const others = new Map([
  [0x0e, (reader) => reader.numbers(reader.number() + 1)],
  [0x1c, (reader) => reader.numbers(reader.number())],
  [0x11, (reader) => reader.numbers(2)],
  ...[0x25, 0x26, 0x3f, 0x40, 0xd0, 0xd2].map((code) => [code, (reader) => reader.numbers(1)]),
  [0x43, (reader) => reader.skip(4)],
  [0x44, (reader) => reader.skip(8)],
  [0xfc, (reader) => reader.numbers(behindPrefix[reader.number()])],
]);
const plain = (code) =>
  code <= 0x01 || code === 0x05 || code === 0x0b || code === 0x0f || code === 0x1a || code === 0x1b || code === 0xd1 || isNumeric(code);
const isNumeric = (code) => code >= 0x45 && code <= 0xc4;

function entries(name, from, to) {
  return Array.from({ length: to - from + 1 }, (_, n) => [from + n, name]);
}

/** The parts of a module: the bodies of its functions without their sizes, and the bytes before and behind. */
export function taken(wasm) {
  const reader = new Reader(wasm, 8);
  for (let id = reader.byte(); id !== codeSection; id = reader.byte()) reader.skip(reader.number());
  const end = reader.number() + reader.at;
  const count = reader.number();
  const before = wasm.subarray(0, reader.at);
  const bodies = Array.from({ length: count }, () => reader.skip(reader.shortest()));
  if (reader.at !== end) throw new Error("the code section is longer than its functions");
  return { before, bodies, after: wasm.subarray(end) };
}

/**
 * A function's body as `{ operator, kind, operand }`, bytes and a word; `operator` has the alignment with it. Without a `kind` the
 * bytes in `operand` are whatever they are.
 */
export function instructions(body) {
  const reader = new Reader(body, 0);
  const list = [{ operator: body.subarray(0, 0), operand: locals(reader) }];
  while (reader.at < body.length) list.push(instruction(reader));
  return list;
}

function locals(reader) {
  for (let count = reader.number(); count > 0; count -= 1) {
    reader.number();
    reader.byte();
  }
  return reader.since(0);
}

function instruction(reader) {
  const from = reader.at;
  const code = reader.byte();
  if (memory.has(code)) reader.number();
  const operator = reader.since(from);
  const kind = operands.get(code) ?? memory.get(code);
  if (kind) return { operator, kind, operand: reader.coded() };
  if (plain(code)) return { operator, kind: "none", operand: reader.skip(0) };
  const pass = others.get(code);
  if (!pass) throw new Error(`the operator ${code} is not known: see section 5.4 of the WebAssembly specification`);
  pass(reader);
  return { operator: operator.subarray(0, 0), operand: reader.since(from) };
}

class Reader {
  #bytes;
  at;

  constructor(bytes, at) {
    this.#bytes = bytes;
    this.at = at;
  }

  left() {
    return this.#bytes.length - this.at;
  }

  byte() {
    if (this.left() <= 0) throw new Error("the module ends too soon");
    return this.#bytes[this.at++];
  }

  /** The bytes of a number in LEB128. */
  coded() {
    const from = this.at;
    while (this.byte() > 127);
    return this.since(from);
  }

  number() {
    return this.coded().reduceRight((value, byte) => value * 128 + (byte & 127), 0);
  }

  /** A number that could not be written in fewer bytes: the reader of the spelling writes it anew. */
  shortest() {
    const from = this.at;
    const value = this.number();
    if (this.at - from > 1 && this.#bytes[this.at - 1] === 0) throw new Error("a function's size is written in more bytes than it needs");
    return value;
  }

  numbers(count) {
    if (count === undefined) throw new Error("an operator behind 0xfc is not known: see section 5.4 of the WebAssembly specification");
    for (let left = count; left > 0; left -= 1) this.coded();
  }

  skip(length) {
    this.at += length;
    return this.since(this.at - length);
  }

  since(from) {
    return this.#bytes.subarray(from, this.at);
  }
}
