const singles = 91;
const textAt = 512;
const moduleAt = 524_288;

/**
 * The module that `text` spells in printable ASCII without double quotes and backslashes: its first 91 characters stand for the
 * 91 bytes, in hexadecimal, that the text begins with; the last two begin a pair that stands for one of the rest. What the bytes
 * are knows `reader`, which is spelling.wat in hexadecimal. What compresses a file sees more in that than in the module, and far
 * more than in base64.
 */
export function decode(text, reader) {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytesOf(reader)));
  const memory = new Uint8Array(exports.memory.buffer);
  const codes = Array.from({ length: 127 }, (_, code) => code).filter((code) => code > 31 && code !== 34 && code !== 92);
  const bytes = new Set([...bytesOf(text.slice(0, 2 * singles)), ...Array(256).keys()]);
  [...bytes].forEach((byte, n) => {
    const pair = n - singles;
    memory[pair < 0 ? codes[n] : 128 * (pair < codes.length ? 1 : 2) + codes[pair % codes.length]] = byte;
  });
  const characters = new TextEncoder().encode(text.slice(2 * singles));
  memory.set(characters, textAt);
  return memory.subarray(moduleAt, exports.decode(textAt + characters.length));
}

const bytesOf = (hexadecimal) => new Uint8Array(hexadecimal.match(/../g).map((digits) => parseInt(digits, 16)));
