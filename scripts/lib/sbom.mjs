// What the package is made of, as CycloneDX 1.6 (ECMA-424): the crates in the wasm, and the programs that made it.
// The same sources and tools give the same text: no time, no serial number.

const rustLicense = "MIT OR Apache-2.0";

/** `crates` as `linkedCrates()` has them, our own first; `tools` are versions by name. */
export function sbom({ manifest, version, crates, tools }) {
  const [own, ...linked] = crates;
  const subject = component({ ...manifest, version }, `pkg:npm/${manifest.name}@${version}`);
  const std = component({ name: "rust-std", version: tools.rustc, license: rustLicense }, `pkg:generic/rust-std@${tools.rustc}`);
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      lifecycles: [{ phase: "build" }],
      tools: { components: Object.entries(tools).map(([name, made]) => ({ type: "application", name, version: made })) },
      component: { ...subject, description: manifest.description },
    },
    components: [...linked.map((crate) => component(crate, purl(crate))), std],
    dependencies: [
      { ref: subject["bom-ref"], dependsOn: [...own.dependsOn.map(cargoRef), std["bom-ref"]] },
      ...linked.map((crate) => ({ ref: purl(crate), dependsOn: crate.dependsOn.map(cargoRef) })),
      { ref: std["bom-ref"] },
    ],
  };
}

const purl = ({ name, version }) => `pkg:cargo/${name}@${version}`;
const cargoRef = (key) => `pkg:cargo/${key}`;

function component({ name, version, license, checksum }, ref) {
  const hashes = checksum ? { hashes: [{ alg: "SHA-256", content: checksum }] } : {};
  return { type: "library", "bom-ref": ref, name, version, ...hashes, licenses: [{ expression: license }], purl: ref };
}
