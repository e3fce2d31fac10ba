import assert from "node:assert/strict";
import { test } from "node:test";

import { scan, summaryOf } from "./support/scanner.mjs";

const opaque = "kMzC_0Gd-9vR1xYbQ~w8uTtE2fJ4aLsPq7oN6iHcXyZ";
const jwt = ["eyJhbGciOiJFUzI1NiJ9xx", "eyJzdWIiOiJhZGEifQxxxx", "c2lnbmF0dXJlLW9mLWl0"].join(".");
const secrets = [
  { name: "access token", value: opaque },
  { name: "ID token", value: jwt },
];
const formsIn = (text) => scan(text, secrets).map(({ name, form }) => `${name}: ${form}`);
const bytes = (text, encoding) => Buffer.from(text, encoding);
const percent = (text) => [...text].map((character) => `%${character.charCodeAt(0).toString(16)}`).join("");

const disguises = {
  plain: `{"x":"${opaque}"}`,
  reversed: [...opaque].reverse().join(""),
  base64: bytes(opaque).toString("base64"),
  "base64, behind one byte": bytes(`?${opaque}&more`).toString("base64"),
  "base64, behind two bytes": bytes(`??${opaque}&`).toString("base64"),
  base64url: bytes(`{"token":"${opaque}"}`).toString("base64url"),
  hex: bytes(opaque).toString("hex"),
  "hex in capitals": bytes(`a${opaque}`).toString("hex").toUpperCase(),
  "URL-encoded": percent(opaque),
  "URL-encoded twice": encodeURIComponent(percent(opaque)),
  "base64 and URL-encoded": encodeURIComponent(bytes(`é?${opaque}`).toString("base64")),
  "UTF-16": bytes(opaque, "utf16le").toString("latin1"),
  "UTF-16, big endian": bytes(opaque, "utf16le").swap16().toString("latin1"),
};
for (const [name, text] of Object.entries(disguises)) {
  test(`the scanner finds a token: ${name}`, () => {
    const found = scan(`before ${text} after`, secrets);
    assert.deepEqual([...new Set(found.map(({ value }) => value))], [opaque]);
    assert.ok(
      found.every(({ form }) => name.startsWith(form) || name.startsWith("URL") || name.startsWith("base64")),
      name,
    );
  });
}

test("the scanner finds each part of a JWT on its own", () => {
  const parts = jwt.split(".");
  for (const [index, part] of parts.entries()) {
    assert.ok(formsIn(`x${part}y`).includes(`ID token: JWT part ${index + 1}`), part);
  }
  assert.equal(scan(parts[0].slice(1), secrets).length, 0);
});

test("the scanner finds nothing in what only looks similar", () => {
  const similar = [opaque.slice(1), opaque.toUpperCase(), opaque.replace("_", "-"), bytes(opaque.slice(2)).toString("hex"), "", "%", "%zz"];
  for (const text of similar) assert.deepEqual(scan(text, secrets), [], text);
});

test("a secret in many forms is told once", () => {
  const found = scan(`${opaque} ${bytes(opaque).toString("hex")} ${jwt}`, secrets);
  assert.ok(found.length > 3);
  assert.deepEqual(summaryOf(found), ["ID token (plain)", "access token (plain)"]);
});
