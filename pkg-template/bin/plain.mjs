// What others wrote, fit for a terminal: nothing in it acts, nothing in it is invisible, and it comes to an end.

const mostCharacters = 200;
// Control characters, format characters (those that turn the direction among them), line ends, lone surrogates.
const unseen = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

/** `value` as it may be printed: text as it is, anything else as JSON; what can't be seen as `\u{..}`; cut if it is long. */
export function shown(value) {
  if (value instanceof Entire) return Array.from(value.text, escaped).join("");
  const text = typeof value === "string" ? value : quoted(value);
  const pieces = Array.from(text.slice(0, mostCharacters + 1), escaped);
  let length = 0;
  const end = pieces.findIndex((piece) => (length += piece.length) > mostCharacters);
  return end < 0 ? pieces.join("") : `${pieces.slice(0, end).join("")}…[${text.length} characters]`;
}

class Entire {
  constructor(text) {
    this.text = text;
  }
}

/** Has `shown` leave text as long as it is, which is ours or comes to an end by itself. */
export const entire = (text) => new Entire(text);

const escaped = (character) => (unseen.test(character) ? `\\u{${character.codePointAt(0).toString(16)}}` : character);

/** `value` as JSON, whatever it is. */
export function quoted(value) {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return "nested too deep to be shown";
  }
}
