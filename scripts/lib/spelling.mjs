import { commonest, lettered } from "./letters.mjs";

// Printable ASCII without double quotes and backslashes, so that it can stand in a script as it is.
const alphabet = Array.from({ length: 95 }, (_, n) => String.fromCharCode(32 + n)).filter((character) => !'"\\'.includes(character));
const single = alphabet.slice(0, 91);

/** The module `wasm` as pkg-template/src/kernel/spelling.js reads it. */
export function spell(wasm) {
  const bytes = lettered(wasm);
  const byCount = commonest(bytes);
  const common = placed(byCount.slice(0, single.length));
  const rest = [...Array(256).keys()].filter((byte) => !common.includes(byte));
  const spelt = new Map(common.map((byte, place) => [byte, single[place]]));
  rest.forEach((byte, n) => spelt.set(byte, alphabet[single.length + Math.floor(n / alphabet.length)] + alphabet[n % alphabet.length]));
  return Buffer.from(common).toString("hex") + Array.from(bytes, (byte) => spelt.get(byte)).join("");
}

/** Bytes that are characters of the alphabet stand for themselves: there is text in a module. */
function placed(bytes) {
  const isOwn = (byte) => single.includes(String.fromCharCode(byte));
  const others = bytes.filter((byte) => !isOwn(byte));
  return single.map((character) => {
    const own = character.charCodeAt(0);
    return bytes.includes(own) ? own : others.shift();
  });
}
