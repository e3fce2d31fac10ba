import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";

import Ajv from "ajv";
import addFormats from "ajv-formats";

import { linkedCrates, lockedCrates, parseTree } from "../lib/crates.mjs";
import { integrityOf } from "../lib/integrity.mjs";
import { differences } from "../lib/reproduce.mjs";
import { sbom } from "../lib/sbom.mjs";

const manifest = { name: "tokenkeep", license: "MIT OR Apache-2.0", description: "for a test" };
const tools = { rustc: "1.2.3", esbuild: "4.5.6" };
const tree =
  "warning: of something else\n0|own v0.1.0 (/somewhere)|MIT\n1|b v2.0.0|MIT\n2|c v3.0.0|MIT/Apache-2.0\n1|a v1.0.0|MIT\n2|c v3.0.0|MIT/Apache-2.0\n";
const crates = parseTree(tree).map((crate) => ({ ...crate, checksum: createHash("sha256").update(crate.name).digest("hex") }));

/** The schema that the standard's own library ships. */
function validator() {
  const folder = join(dirname(createRequire(import.meta.url).resolve("@cyclonedx/cyclonedx-library/package.json")), "res", "schema");
  const schema = (name) => JSON.parse(readFileSync(join(folder, `${name}.SNAPSHOT.schema.json`), "utf8"));
  const ajv = new Ajv({ strict: false });
  addFormats(ajv);
  // Addresses in other scripts than Latin; none is in ours.
  ajv.addFormat("idn-email", /^[^@\s]+@[^@\s]+$/);
  ajv.addFormat("iri-reference", /^[^\s<>"{}|\\^`]*$/);
  for (const name of ["spdx", "jsf-0.82", "cryptography-defs"])
    ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
  const isValid = ajv.compile(schema("bom-1.6"));
  return (bom) => (isValid(bom) ? null : isValid.errors);
}

const folderWith = (files) => {
  const folder = mkdtempSync(join(tmpdir(), "tokenkeep-contents-"));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
};

test("cargo's tree is read: each crate once, with what it wants", () => {
  assert.deepEqual(
    crates.map(({ name, version, dependsOn }) => [name, version, ...dependsOn]),
    [
      ["own", "0.1.0", "a@1.0.0", "b@2.0.0"],
      ["a", "1.0.0", "c@3.0.0"],
      ["b", "2.0.0", "c@3.0.0"],
      ["c", "3.0.0"],
    ],
  );
  assert.throws(() => parseTree("error: no such package\n"), /cargo tree said/);
});

test("a lock file is read, with and without a checksum", () => {
  const lock =
    '[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "registry+x"\nchecksum = "00"\n\n[[package]]\nname = "own"\nversion = "0.1.0"\n';
  assert.deepEqual(lockedCrates(lock), [
    { name: "a", version: "1.0.0", checksum: "00" },
    { name: "own", version: "0.1.0", checksum: null },
  ]);
});

test("the list of contents is CycloneDX, and the validator would know if it weren't", () => {
  const validate = validator();
  const bom = sbom({ manifest, version: "0.1.0", crates, tools });
  assert.equal(validate(bom), null);
  assert.notEqual(validate({ ...bom, bomFormat: "other" }), null);
  assert.notEqual(validate({ ...bom, components: [{ ...bom.components[0], hashes: [{ alg: "SHA-256", content: "xyz" }] }] }), null);
});

test("it names every crate in the real wasm with its checksum, version, licence and what it needs", async () => {
  const linked = await linkedCrates();
  const bom = sbom({ manifest, version: "0.1.0", crates: linked, tools });
  const known = lockedCrates();
  assert.equal(validator()(bom), null);
  for (const name of ["sha2", "zeroize", "wasm-bindgen", "talc", "getrandom"])
    assert.ok(
      linked.some((crate) => crate.name === name),
      name,
    );
  for (const macro of ["syn", "wasm-bindgen-macro"]) assert.ok(!linked.some((crate) => crate.name === macro), macro);
  for (const { name, version, hashes, licenses } of bom.components.filter((component) => component.name !== "rust-std")) {
    assert.equal(hashes[0].content, known.find((crate) => crate.name === name && crate.version === version).checksum);
    assert.ok(licenses[0].expression.length > 2, name);
  }
  const refs = bom.components.map((component) => component["bom-ref"]);
  assert.deepEqual(
    bom.dependencies.flatMap(({ ref, dependsOn = [] }) => [ref, ...dependsOn]).filter((ref) => !refs.includes(ref)),
    ["pkg:npm/tokenkeep@0.1.0"],
  );
});

test("the same contents make the same list: no time, no number of its own", () => {
  const text = () => JSON.stringify(sbom({ manifest, version: "0.1.0", crates, tools }));
  assert.equal(text(), text());
  assert.doesNotMatch(text(), /timestamp|serialNumber|urn:uuid/);
});

test("what browsers load has a hash, as Subresource Integrity writes it", () => {
  const folder = folderWith({ "b.js": "1", "a.wasm": "2", "c.d.ts": "3", "bin/d.mjs": "4", "e.json": "5" });
  const hash = (text) => `sha384-${createHash("sha384").update(text).digest("base64")}`;
  assert.deepEqual(Object.entries(integrityOf(folder)), [
    ["a.wasm", hash("2")],
    ["b.js", hash("1")],
  ]);
});

test("two packages are compared to the last byte, and what differs is told", async () => {
  const made = (files, tarball = "t") => ({ pkg: folderWith(files), tarball: join(folderWith({ t: tarball }), "t") });
  const files = { "a.wasm": "1234", "bin/b.mjs": "5" };
  const told = async (other, tarball = "u") => (await differences(made(files), made(other, tarball))).join("\n");
  assert.equal(await told(files, "t"), "");
  assert.match(await told({ ...files, "a.wasm": "1235" }), /tarballs differ\n.*a\.wasm/);
  assert.match(await told({ ...files, "bin/b.mjs": "55" }), /tarballs differ\n.*b\.mjs/);
  assert.match(await told({ ...files, c: "" }), /tarballs differ\n.*\/c}/);
  assert.match(await told(files), /tarballs differ/);
});
