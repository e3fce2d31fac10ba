// The search for secrets in whatever text somebody got hold of, in every form that a thief would give them.

const shortestPart = 16;

/**
 * Finds `secrets`, a list of `{ name, value }`, in `text`: plain, base64, base64url, hex, URL-encoded once or twice,
 * reversed, as UTF-16, and each part of a JWT by itself. What is binary is expected one character for each byte (latin1).
 * The answer has `{ name, value, form }` for each secret and form that was found.
 */
export function scan(text, secrets) {
  const texts = [...new Set(decodings(text))];
  const lower = texts.map((one) => one.toLowerCase());
  const found = [];
  for (const { name, value } of secrets) {
    for (const [form, needle, isHex] of forms(value)) {
      if ((isHex ? lower : texts).some((one) => one.includes(needle))) found.push({ name, value, form });
    }
  }
  return found;
}

/** The text itself, and what it says without its URL-encoding, twice. */
function decodings(text) {
  const once = decode(text);
  return [text, once, decode(once)];
}

const decode = (text) =>
  text.includes("%") ? text.replace(/%([0-9a-f]{2})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16))) : text;

/** Every `[form, needle, isHex]` of a secret. */
function forms(value) {
  const bytes = Buffer.from(value);
  const utf16 = Buffer.from(value, "utf16le");
  return [
    ["plain", value],
    ["reversed", [...value].reverse().join("")],
    ...base64Forms(bytes).flatMap((form) => [
      ["base64", form],
      ["base64url", form.replaceAll("+", "-").replaceAll("/", "_")],
    ]),
    ["hex", bytes.toString("hex"), true],
    ["UTF-16", utf16.toString("latin1")],
    ["UTF-16", Buffer.from(utf16).swap16().toString("latin1")],
    ...partsOf(value).map((part, index) => [`JWT part ${index + 1}`, part]),
  ];
}

/**
 * What base64 makes of the secret inside of something longer: one text for each place in a group of three bytes, without
 * the characters at its ends that have bits of what stands beside it.
 */
function base64Forms(bytes) {
  return [0, 1, 2].map((before) => {
    const first = Math.ceil((before * 8) / 6);
    const last = Math.floor(((before + bytes.length) * 8) / 6);
    return Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .slice(first, last);
  });
}

function partsOf(value) {
  const parts = value.split(".");
  return parts.length === 3 ? parts.filter((part) => part.length >= shortestPart) : [];
}

/** The found secrets in short: the name of each and the form in which it was found first, each line once. */
export function summaryOf(found) {
  const first = new Map();
  for (const { name, value, form } of found) if (!first.has(value)) first.set(value, `${name} (${form})`);
  return [...new Set(first.values())].sort();
}
