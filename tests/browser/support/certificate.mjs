// A certificate of our own making, because browsers speak HTTP/2 over TLS only. It lives as long as this process.

import { createHash, generateKeyPairSync, sign } from "node:crypto";

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const subjectPublicKeyInfo = publicKey.export({ type: "spki", format: "der" });

export const key = privateKey.export({ type: "pkcs8", format: "pem" });
export const cert = selfSigned();

/** What Chromium wants to know of a certificate that it shall accept. */
export const fingerprint = createHash("sha256").update(subjectPublicKeyInfo).digest("base64");

/** An X.509 certificate for 127.0.0.1, as in RFC 5280 section 4.1. */
function selfSigned() {
  const signatureAlgorithm = sequence(objectIdentifier("2a8648ce3d040302"));
  const name = sequence(der(0x31, sequence(objectIdentifier("550403"), der(0x0c, "tokenkeep tests"))));
  const day = (offset) => new Date(Date.now() + offset * 86_400_000).toISOString().replace(/\D/g, "").slice(2, 14);
  const validity = sequence(der(0x17, `${day(-1)}Z`), der(0x17, `${day(1)}Z`));
  const alternativeNames = sequence(der(0x87, Buffer.from([127, 0, 0, 1])), der(0x82, "localhost"));
  const extension = sequence(objectIdentifier("551d11"), der(0x04, alternativeNames));
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    signatureAlgorithm,
    name,
    validity,
    name,
    subjectPublicKeyInfo,
    der(0xa3, sequence(extension)),
  );
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign("sha256", toBeSigned, privateKey)]));
  const base64 = sequence(toBeSigned, signatureAlgorithm, signature).toString("base64");
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`;
}

/** One value in the distinguished encoding rules of ASN.1. */
function der(tag, content) {
  const body = Buffer.from(content);
  const long = body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...(body.length < 128 ? [body.length] : long)]), body]);
}

function sequence(...parts) {
  return der(0x30, Buffer.concat(parts));
}

function objectIdentifier(hex) {
  return der(0x06, Buffer.from(hex, "hex"));
}
