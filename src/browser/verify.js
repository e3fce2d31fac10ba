// What the core reads: whether a signature is its key's, or nobody here can tell.
const forged = 0;
const good = 1;
const unknown = 2;

const pkcs = "RSASSA-PKCS1-v1_5";
const kinds = { RS: pkcs, PS: "RSA-PSS", ES: "ECDSA" };
const curves = { 256: "P-256", 384: "P-384", 512: "P-521" };

function parameters(algorithm) {
  if (algorithm.startsWith("Ed")) return { name: "Ed25519" };
  const [kind, bits] = [algorithm.slice(0, 2), algorithm.slice(2)];
  return { name: kinds[kind], hash: `SHA-${bits}`, namedCurve: curves[bits], saltLength: bits / 8 };
}

/** Checks the signature of a JWS (RFC 7515, 5.2) with `key`, a public JWK as JSON text. Never rejects. */
export async function verify(key, algorithm, input, signature) {
  // It is a view of the wasm's memory, which will change.
  const bytes = signature.slice();
  // The wasm has to return before anything of the page's runs: see captured.js.
  await undefined;
  try {
    const { subtle } = crypto;
    const how = parameters(algorithm);
    const imported = await subtle.importKey("jwk", JSON.parse(key), how, false, ["verify"]);
    return (await subtle.verify(how, imported, bytes, new TextEncoder().encode(input))) ? good : forged;
  } catch {
    return unknown;
  }
}
