// Whom a server's metadata may have asked: its own host, and others only if whoever checks it says so. Else it could lead
// the machine of a developer to whatever that reaches.

import { BlockList, isIP } from "node:net";

import { warning } from "./findings.mjs";
import { endpoints } from "./server-metadata.mjs";

const privateAddresses = new BlockList();
for (const subnet of [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "224.0.0.0/3",
])
  add(subnet, "ipv4");
// With those that stand for an IPv4 address: which one doesn't matter.
for (const subnet of ["::/96", "::ffff:0:0/96", "64:ff9b::/96", "fc00::/7", "fe80::/9", "ff00::/8"]) add(subnet, "ipv6");
const privateNames = /(^|\.)(localhost|local|internal|intranet|lan|home\.arpa)$|^[^.]*$/;

function add(subnet, family) {
  const [address, length] = subnet.split("/");
  privateAddresses.addSubnet(address, Number(length), family);
}

/**
 * `{ asked, findings }`: the metadata with those endpoints only that may be asked, and a warning for each host that is left
 * out. `named` are the origins that somebody named, the issuer's first; `follows` is whether others may be asked by https.
 */
export function keepToHosts(metadata, { named, follows }) {
  const asked = { ...metadata };
  const left = new Map();
  for (const name of endpoints) {
    const url = webUrl(metadata[name]);
    const isAsked = url && (named.includes(url.origin) || (follows && canFollow(url, named[0])));
    asked[name] = isAsked ? url.href : undefined;
    if (url && !isAsked) left.set(url.origin, [...(left.get(url.origin) ?? []), name]);
  }
  return { asked, findings: [...left].map(([origin, names]) => leftOut(origin, names, named[0])) };
}

function webUrl(href) {
  const url = typeof href === "string" && URL.canParse(href) ? new URL(href) : null;
  return /^https?:$/.test(url?.protocol) ? url : null;
}

// That a public name stands for a private address needn't be looked for: over TLS it would have to show a certificate for
// that name before it is sent anything.
const canFollow = ({ protocol, hostname }, issuer) =>
  protocol === "https:" && (!isPrivate(hostname) || isPrivate(new URL(issuer).hostname));

function isPrivate(hostname) {
  const host = hostname.replace(/^\[|\]$|\.$/g, "");
  const family = isIP(host);
  return family ? privateAddresses.check(host, `ipv${family}`) : privateNames.test(host);
}

function leftOut(origin, names, issuer) {
  const what = names.join(", ");
  if (canFollow(new URL(origin), issuer))
    return warning(
      "HOSTS",
    )`${origin} is not asked: the metadata names it for ${what}, and you didn't; --also-ask ${origin} or --follow-hosts has it asked`;
  return warning(
    "HOSTS",
  )`${origin} is not asked: the metadata names it for ${what}, and you didn't; only --also-ask ${origin} has it asked, since it is private or without TLS`;
}
